import { X509Certificate } from 'node:crypto'
import { generate } from 'selfsigned'
import { beforeAll, describe, expect, test } from 'vitest'
import { isIssuedBy, readCertificates } from '../../functions/domain/proof/certificates.ts'
import { snsSignature } from '../../functions/domain/proof/sns.ts'
import type { Request } from '../../functions/domain/request.ts'
import { AUTHORITY } from '../../functions/providers/scaleway/authority.ts'
import { topicsAndEvents } from '../../functions/providers/scaleway/publisher.ts'
import { SCALEWAY_ISSUER } from './proof-vectors.ts'

const NOW = Date.parse('2026-01-02T03:04:05.678Z')
const [notBeforeDate, notAfterDate] = [new Date('2025-01-01'), new Date('2035-01-01')]

type Pair = Awaited<ReturnType<typeof generate>>

/** A certificate of that name, issued by another, or by itself. */
const issue = (name: string, by?: Pair, { cA = true, until = notAfterDate } = {}) =>
  generate([{ name: 'commonName', value: name }], {
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate: until,
    extensions: [
      { name: 'basicConstraints', cA, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: cA, critical: true },
    ],
    ...(by && { ca: { key: by.private, cert: by.cert } }),
  })

const pairs: Record<string, Pair> = {}
beforeAll(async () => {
  const root = await issue('root')
  const between = await issue('between', root)
  const ended = await issue('between', root, { until: new Date('2025-06-01') })
  const stranger = await issue('root')
  const leaf = await issue('leaf', between, { cA: false })
  Object.assign(pairs, { root, between, ended, stranger, leaf })
  Object.assign(pairs, {
    direct: await issue('leaf', root, { cA: false }),
    forged: await issue('leaf', stranger, { cA: false }),
    self: await issue('leaf', undefined, { cA: false }),
    ofLeaf: await issue('leaf of a leaf', leaf, { cA: false }),
    ofEnded: await issue('leaf', ended, { cA: false }),
  })
})

const read = (name: string) => new X509Certificate(`${pairs[name]?.cert}`)

describe('a certificate', () => {
  test.each([
    ['direct', [], true],
    ['leaf', ['between'], true],
    ['leaf', ['stranger', 'between'], true],
    ['leaf', [], false],
    ['forged', ['stranger', 'between'], false],
    ['self', ['self'], false],
    ['ofLeaf', ['leaf', 'between'], false],
    ['ofEnded', ['ended'], false],
  ])('of %s, with %j between, goes back to the authority: %s', (name, others, expected) => {
    expect(isIssuedBy(read(name), read('root'), others.map(read), NOW)).toBe(expected)
  })

  test('counts while it is valid, and no longer than its issuers', () => {
    const at = (date: string) => isIssuedBy(read('leaf'), read('root'), [read('between')], Date.parse(date))
    expect([at('2024-12-31'), at('2025-01-02'), at('2035-01-02')]).toEqual([false, true, false])
  })

  test('of Scaleway goes back to its authority until December 2027', () => {
    const [authority, issuer] = [AUTHORITY, SCALEWAY_ISSUER].map((pem) => new X509Certificate(pem))
    const at = (date: string) => issuer && authority && isIssuedBy(issuer, authority, [], Date.parse(date))
    expect([at('2026-01-01'), at('2027-12-01'), at('2028-01-01')]).toEqual([true, true, false])
  })

  test('is read from each block of a PEM text', () => {
    expect(readCertificates(`${SCALEWAY_ISSUER}\n\n${AUTHORITY}\n`).map(({ subject }) => subject)).toEqual([
      'CN=Scaleway MnQ',
      'CN=Scaleway MnQ Root',
    ])
    expect(readCertificates('-----BEGIN CERTIFICATE-----')).toEqual([])
  })
})

describe('a publisher whose certificates an authority issues', () => {
  const ARN = 'arn:scw:sns:fr-par:project-8c8bfa06:mailer-events'
  const certificateUrl = 'https://messaging.s3.fr-par.scw.cloud/fr-par/sns/sns_certificate_0.crt'
  const chainUrl = 'https://messaging.s3.fr-par.scw.cloud/fr-par/sns/sns-trust-chain.pem'

  /** What becomes of a message that the pair of that name has signed, and what was asked for. */
  async function verdictOn(name: string, chain: string[], change: Record<string, string> = {}, times = 1) {
    const asked: string[] = []
    const certificates: Record<string, string | undefined> = {
      [certificateUrl]: pairs[name]?.cert,
      [chainUrl]: chain.map((name) => pairs[name]?.cert).join('\n') || undefined,
    }
    const authority = { ...topicsAndEvents.authority, certificate: `${pairs.root?.cert}`, chainUrlIn: () => chainUrl }
    const proof = snsSignature(
      async (url) => {
        asked.push(url)
        return certificates[url]
      },
      { ...topicsAndEvents, authority },
    )
    const bare: Request = { method: 'POST', url: '', headers: {}, body: Buffer.from('{"type":"x"}'), receivedAt: NOW }
    const signed = proof.prove(bare, { current: ARN, privateKey: `${pairs[name]?.private}` })
    const body = Buffer.from(JSON.stringify({ ...JSON.parse(`${signed.body}`), ...change }))
    let verdict: unknown
    for (let i = 0; i < times; i++) verdict = await proof.verify({ ...signed, body }, { current: ARN })
    return { verdict, asked }
  }

  test('is believed where they go back to it; they are fetched once', async () => {
    const { verdict, asked } = await verdictOn('leaf', ['root', 'between'], {}, 2)
    expect(verdict).toBe('authentic')
    expect(asked).toEqual([certificateUrl, chainUrl])
  })

  test.each([
    ['another has issued it', 'forged', ['root', 'between', 'stranger']],
    ['it has issued itself', 'self', ['root', 'self']],
    ['what is between is missing', 'leaf', ['root']],
    ['there is no chain', 'leaf', []],
    ['there is none', 'nobody', ['root']],
  ])('is not believed where %s', async (_, name, chain) => {
    pairs.nobody = { ...(pairs.leaf as Pair), cert: '' }
    expect(await verdictOn(name, chain)).toMatchObject({ verdict: 'refused' })
  })

  test.each([
    ['http', 'http://messaging.s3.fr-par.scw.cloud/fr-par/sns/cert.pem'],
    ['another bucket', 'https://attacker.s3.fr-par.scw.cloud/fr-par/sns/cert.pem'],
    ['another host', 'https://messaging.s3.fr-par.scw.cloud.example.com/fr-par/sns/cert.pem'],
    ['credentials', 'https://messaging.s3.fr-par.scw.cloud@example.com/fr-par/sns/cert.pem'],
    ['a port', 'https://messaging.s3.fr-par.scw.cloud:8443/fr-par/sns/cert.pem'],
    ['another path', 'https://messaging.s3.fr-par.scw.cloud/fr-par/sns/../../x.pem'],
    ['the region of another topic', 'https://messaging.s3.fr-par.scw.cloud/nl-ams/sns/cert.pem'],
    ['a blank before it', ` ${certificateUrl}`],
  ])('is not asked at %s', async (_, SigningCertURL) => {
    expect(await verdictOn('leaf', ['root', 'between'], { SigningCertURL })).toEqual({ verdict: 'refused', asked: [] })
  })
})
