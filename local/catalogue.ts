import { readFileSync } from 'node:fs'
import { CHANNELS } from '../functions/domain/channels.ts'
import type { Provider } from '../functions/domain/provider.ts'
import { STATUSES, type StatusRecord } from '../functions/domain/status.ts'
import { readFixtures } from './fixtures.ts'

/** What a provider reports, according to its examples. */
export interface Description {
  id: string
  /** The known channels; empty where the provider does not name them. */
  channels: string[]
  /** Method and path. */
  callbacks: string[]
  proof: string
  /** In the order of the vocabulary. */
  statuses: string[]
  /** Whether one callback may report several messages or recipients. */
  isBatched: boolean
  /** Whether it passes the sender's own id through; else that is taken from the query parameter `reference`. */
  hasReference: boolean
  hasTime: boolean
  keyIssuer: Provider['keyIssuer']
  /** What its secret holds. */
  secret: Provider['secret']
  /** A: its own documents were read, B: code of an SDK or a peer, C: from memory. */
  evidence: string
  verified: Verified
}

/** What of a provider's mapping was checked against something that the provider published. */
interface Verified {
  /** Whether a fixture is the document's own example. */
  example: string
  /** Whether a published signature is one of our tests; `none` where it does not sign, or publishes none. */
  signature: string
  /** How much of the published list of error codes the mapping knows; `none` where none is published, or the words say enough. */
  errorCodes: string
}

/** A provider, as its definition, its table, its examples and its README have it. */
export async function describe(provider: Provider): Promise<Description> {
  const { id, routes, proof, keyIssuer, secret } = provider
  const { statuses } = await provider.loadNormalizer()
  const examples = readFixtures(id).map(({ target, expectation }) => ({
    urlReference: new URLSearchParams(target.split('?')[1]).get('reference'),
    records: (JSON.parse(readFileSync(expectation, 'utf8')).records ?? []) as StatusRecord[],
  }))
  const records = examples.flatMap(({ records }) => records)
  const covered = new Set(Object.values(statuses))
  return {
    id,
    channels: [...new Set(records.flatMap(({ channel }) => channel ?? []))].filter((name) => CHANNELS.has(name)).sort(),
    callbacks: routes.map(({ methods, path }) => `${methods.join(', ')} ${path}`),
    proof: proof.title,
    statuses: Object.keys(STATUSES).filter((status) => covered.has(status as keyof typeof STATUSES)),
    isBatched: examples.some(({ records }) => new Set(records.map(deliveryOf)).size > 1),
    hasReference: examples.some(({ records, urlReference }) =>
      records.some(({ reference }) => reference !== null && reference !== urlReference),
    ),
    hasTime: records.some(({ occurredAt }) => occurredAt !== null),
    keyIssuer,
    secret,
    evidence: readIn(id, 'Evidence: A, B or C', /Evidence\**:\s*\**([ABC])\b/)[0] as string,
    verified: verifiedOf(id),
  }
}

/** The catalogue as a table in Markdown. */
export const tableOf = (descriptions: readonly Description[]): string =>
  [
    '| provider | channels | callback | proof | key | statuses | several in one | own reference | time | evidence | example | signature | error codes |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...descriptions.map((one) =>
      [
        '',
        `[\`${one.id}\`](../functions/providers/${one.id}/README.md)`,
        one.channels.join(', ') || '—',
        one.callbacks.map((callback) => `\`${callback}\``).join('<br>'),
        one.proof,
        one.keyIssuer === 'ledger' ? 'yours' : secretOf(one.secret),
        one.statuses.join(', '),
        one.isBatched ? 'yes' : 'no',
        one.hasReference ? 'yes' : '`?reference=`',
        one.hasTime ? 'yes' : 'no',
        one.evidence,
        ...Object.values(one.verified),
        '',
      ]
        .join(' | ')
        .trim(),
    ),
  ].join('\n')

/** `the app secret; verifyToken: a text of your own` */
const secretOf = ({ current, ...others }: Provider['secret']): string =>
  [current, ...Object.entries(others).map(([name, words]) => `\`${name}\`: ${words}`)].join('; ')

const deliveryOf = ({ messageId, recipient }: StatusRecord): string => JSON.stringify([messageId, recipient])

function verifiedOf(id: string): Verified {
  const line = 'Verified: example yes, signature yes, error codes complete'
  const [example = '', signature = '', errorCodes = ''] = readIn(
    id,
    line,
    /Verified\**:\s*example (yes|no), signature (yes|no|none), error codes (complete|partial|none)\b/,
  )
  return { example, signature, errorCodes }
}

/** What a line of the provider's README says; throws where there is none. */
function readIn(id: string, expected: string, pattern: RegExp): string[] {
  const file = `functions/providers/${id}/README.md`
  const [, ...found] = pattern.exec(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')) ?? []
  if (found.length === 0) throw new Error(`${file}: expected "${expected}"`)
  return found
}
