import { createPrivateKey, randomUUID, sign, verify, X509Certificate } from 'node:crypto'
import type { Request, Secret } from '../request.ts'
import { isEqual, type Proof, requiredOf } from './proof.ts'

/** A message of SNS, as far as it is signed: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
const SIGNED = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const

const HASHES = new Map([
  ['1', 'RSA-SHA1'],
  ['2', 'RSA-SHA256'],
])

/** Without a region in it, no other host could be distinguished from SNS's. */
const TOPIC = /^arn:[^:]+:sns:[a-z0-9-]+:\d+:[^:]+$/

/** The only place that certificates are taken from: other hosts of amazonaws.com serve what their users upload. */
const CERTIFICATE_URL =
  /^https:\/\/sns\.([a-z0-9-]{3,})\.amazonaws\.com(?:\.cn)?\/SimpleNotificationService-[A-Za-z0-9]+\.pem$/

/** Gives the PEM at a URL, undefined where there is none. Rejects where the host cannot be reached. */
export type FetchCertificate = (url: string) => Promise<string | undefined>

/**
 * The signature of SNS in the body, by a certificate that is fetched from AWS and kept. It proves that some topic sent it, so
 * the secret names ours: `current` and `previous` are ARNs. A `certificate` (PEM) in the secret stands in for AWS's, and a
 * `privateKey` signs as AWS would: for tests and the local stack.
 */
export function snsSignature(fetchCertificate: FetchCertificate = fetchPem): Proof {
  const kept = new Map<string, X509Certificate>()

  async function certificateAt(url: string): Promise<X509Certificate | undefined> {
    const known = kept.get(url)
    if (known !== undefined) return known
    const certificate = readCertificate(await fetchCertificate(url))
    if (kept.size >= MAX_CERTIFICATES) kept.clear()
    if (certificate !== undefined) kept.set(url, certificate)
    return certificate
  }

  return {
    title: 'signature of SNS, and the topic',
    isKey: (text) => TOPIC.test(text),
    async verify({ body, receivedAt }, secret) {
      const message = readMessage(body)
      const { TopicArn = '', SignatureVersion = '', Signature = '', SigningCertURL = '' } = message
      const [hash, region] = [HASHES.get(SignatureVersion), CERTIFICATE_URL.exec(SigningCertURL)?.[1]]
      if (!isOurs(secret, TopicArn) || hash === undefined || region === undefined) return 'refused'
      if (region !== TopicArn.split(':')[3]) return 'refused'
      const certificate = secret.certificate ? readCertificate(secret.certificate) : await certificateAt(SigningCertURL)
      if (certificate === undefined || certificate.validToDate.getTime() < receivedAt) return 'refused'
      const isSigned = verify(hash, textOf(message), certificate.publicKey, Buffer.from(Signature, 'base64'))
      return isSigned ? 'authentic' : 'refused'
    },

    /** A body that is no message of SNS becomes the `Message` of a notification of the topic. */
    prove(request, secret) {
      const inner = readMessage(request.body)
      const message: Record<string, string> = {
        ...(inner.Type === undefined ? notificationOf(request) : inner),
        TopicArn: secret.current,
        SignatureVersion: '2',
        SigningCertURL: `https://sns.${secret.current.split(':')[3]}.amazonaws.com/SimpleNotificationService-0.pem`,
      }
      const Signature = sign('RSA-SHA256', textOf(message), createPrivateKey(requiredOf(secret, 'privateKey')))
      const body = Buffer.from(JSON.stringify({ ...message, Signature: Signature.toString('base64') }))
      return { ...request, body }
    },

    // The link ends the subscription.
    withheld: { json: /(?<="(?:Signature|UnsubscribeURL)"\s*:\s*")[^"\\]*(?=")/g },
  }
}

const MAX_CERTIFICATES = 20
const MAX_PEM_CHARACTERS = 20_000
const PATIENCE = 3_000

async function fetchPem(url: string): Promise<string | undefined> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) })
  if (response.ok) return (await response.text()).slice(0, MAX_PEM_CHARACTERS)
  if (response.status < 500 && response.status !== 429) return undefined
  throw new Error(`expected a certificate, got ${response.status}`)
}

function readCertificate(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem)
  } catch {
    return undefined
  }
}

const isOurs = ({ current, previous }: Secret, arn: string): boolean =>
  [current, previous].map((known) => Boolean(known) && isEqual(arn, `${known}`)).includes(true)

/** The members that are texts; none where the body is no JSON object. */
function readMessage(body: Buffer): Record<string, string> {
  try {
    const members = Object.entries(JSON.parse(body.toString())).filter(([, value]) => typeof value === 'string')
    return Object.fromEntries(members) as Record<string, string>
  } catch {
    return {}
  }
}

const textOf = (message: Record<string, string>): Buffer =>
  Buffer.from(SIGNED.map((name) => (message[name] === undefined ? '' : `${name}\n${message[name]}\n`)).join(''))

const notificationOf = ({ body, receivedAt }: Request) => ({
  Type: 'Notification',
  MessageId: randomUUID(),
  Message: body.toString(),
  Timestamp: new Date(receivedAt).toISOString(),
})
