import { createPrivateKey, randomUUID, sign, verify, X509Certificate } from 'node:crypto'
import type { Request, Secret } from '../request.ts'
import { isIssuedBy, readCertificates } from './certificates.ts'
import { type FetchText, fetchText } from './fetch-text.ts'
import { isEqual, type Proof, requiredOf } from './proof.ts'

/** A message of SNS, as far as it is signed: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
const SIGNED = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const

const HASHES = new Map([
  ['1', 'RSA-SHA1'],
  ['2', 'RSA-SHA256'],
])

/** Who runs topics, and how its certificates are distinguished from everybody else's. */
export interface Publisher {
  /** The ARN of a topic. Without a region in it, no other host could be distinguished from the publisher's. */
  topic: RegExp
  /** The only place that certificates are taken from; its group is the region. */
  certificateUrl: RegExp
  /** Such a place, for a certificate that is not fetched. */
  certificateUrlIn(region: string): string
  /** Who alone issues the certificates, where their place proves nothing. */
  authority?: {
    /** PEM. */
    certificate: string
    /** Where the certificates between the authority's and those of signatures are. */
    chainUrlIn(region: string): string
  }
}

/** Other hosts of amazonaws.com serve what their users upload. */
const AWS: Publisher = {
  topic: /^arn:[^:]+:sns:[a-z0-9-]+:\d+:[^:]+$/,
  certificateUrl:
    /^https:\/\/sns\.([a-z0-9-]{3,})\.amazonaws\.com(?:\.cn)?\/SimpleNotificationService-[A-Za-z0-9]+\.pem$/,
  certificateUrlIn: (region) => `https://sns.${region}.amazonaws.com/SimpleNotificationService-0.pem`,
}

/**
 * The signature of SNS in the body, by a certificate that is fetched from the publisher (AWS unless said) and kept. It proves
 * that some topic sent it, so the secret names ours: `current` and `previous` are ARNs. A `certificate` (PEM) in the secret
 * stands in for the publisher's, and a `privateKey` signs as the publisher would: for tests and the local stack.
 */
export function snsSignature(fetchCertificate: FetchText = fetchText, publisher = AWS): Proof {
  const { topic, certificateUrl, certificateUrlIn, authority } = publisher
  const kept = new Map<string, X509Certificate>()

  async function certificateAt(url: string, region: string, time: number): Promise<X509Certificate | undefined> {
    const known = kept.get(url)
    if (known !== undefined) return known
    const certificate = await trustedAt(url, region, time)
    if (kept.size >= MAX_CERTIFICATES) kept.clear()
    if (certificate !== undefined) kept.set(url, certificate)
    return certificate
  }

  async function trustedAt(url: string, region: string, time: number): Promise<X509Certificate | undefined> {
    if (authority === undefined) return readCertificate(await fetchCertificate(url))
    const pems = await Promise.all([fetchCertificate(url), fetchCertificate(authority.chainUrlIn(region))])
    const [[certificate, ...others] = [], chain = []] = pems.map(readChain)
    const root = new X509Certificate(authority.certificate)
    return certificate && isIssuedBy(certificate, root, [...others, ...chain], time) ? certificate : undefined
  }

  return {
    title: 'signature of SNS, and the topic',
    isKey: (text) => topic.test(text),
    async verify({ body, receivedAt }, secret) {
      const message = readMessage(body)
      const { TopicArn = '', SignatureVersion = '', Signature = '', SigningCertURL = '' } = message
      const [hash, region] = [HASHES.get(SignatureVersion), certificateUrl.exec(SigningCertURL)?.[1]]
      if (!isOurs(secret, TopicArn) || hash === undefined || region === undefined) return 'refused'
      if (region !== TopicArn.split(':')[3]) return 'refused'
      const certificate = secret.certificate
        ? readCertificate(secret.certificate)
        : await certificateAt(SigningCertURL, region, receivedAt)
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
        SigningCertURL: certificateUrlIn(secret.current.split(':')[3] ?? ''),
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

function readCertificate(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem)
  } catch {
    return undefined
  }
}

function readChain(pem = ''): X509Certificate[] {
  try {
    return readCertificates(pem)
  } catch {
    return []
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
