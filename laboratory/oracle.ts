import canonicalize from 'canonicalize'
import type { Attempt, Fate, Told } from './lives.ts'

/** What a run did and left, as it was seen from outside. */
export interface Evidence {
  /** Every callback that was answered 2xx, once or more often. */
  accepted: readonly Attempt[]
  /** Answers that no callback should have got. */
  wrongAnswers: readonly string[]
  /** Ids of queue messages that were sent, and of those that were acknowledged. */
  sent: ReadonlySet<string>
  acknowledged: ReadonlySet<string>
  deadLetters: number
  /** Bodies of callbacks, with what the worker said of each. */
  outcomes: ReadonlyMap<string, ReadonlySet<string>>
  /** All rows of the ledger, and the bodies in quarantine. */
  rows: (Told & { receivedAt: string; pk: string; sk: string; normalizer: number })[]
  quarantined: readonly string[]
  /** All that the processes printed, and the keys that were used. */
  printed: string
  keys: readonly string[]
  /** Milliseconds since 1970. */
  startedAt: number
  endedAt: number
}

const EXAMPLES = 3

/** What of the promise is broken, in words; empty where it was kept. Computed from the accepted callbacks alone. */
export function judge(evidence: Evidence): string[] {
  const { accepted, rows, quarantined } = evidence
  const expectedRows = new Set(accepted.flatMap(({ told }) => told).map((told) => canonicalize(told) as string))
  const expectedQuarantine = accepted.filter(({ fates }) => fates.includes('quarantined')).map(({ body }) => body)
  const facts = rows.map(({ pk, sk, receivedAt, normalizer, ...told }) => canonicalize(told) as string)
  return [
    ...evidence.wrongAnswers,
    ...differences('ledger', new Set(facts), expectedRows),
    ...(facts.length === new Set(facts).size ? [] : ['ledger: holds a fact twice']),
    ...differences('quarantine', new Set(quarantined), new Set(expectedQuarantine)),
    ...outcomeViolations(evidence),
    ...arrivalViolations(evidence),
    ...leaks(evidence),
    ...differences('acknowledged messages', evidence.acknowledged, evidence.sent),
    ...(evidence.deadLetters === 0 ? [] : [`dead-letter queue: ${evidence.deadLetters} messages`]),
  ]
}

const differences = (where: string, found: ReadonlySet<string>, expected: ReadonlySet<string>): string[] => [
  ...some(`${where}: missing`, [...expected.difference(found)]),
  ...some(`${where}: too many`, [...found.difference(expected)]),
]

/** How many there are, and the first of them. */
const some = (what: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : [`${what}: ${items.length}, such as ${items.slice(0, EXAMPLES).join('  ')}`]

const RESULTS: Record<Fate, readonly string[]> = {
  stored: ['recorded', 'duplicate'],
  quarantined: ['quarantined'],
  ignored: ['ignored'],
  refused: [],
}

/** Each accepted callback came to one kind of end, and to the right one; where some entries are bad, quarantine it is. */
function outcomeViolations({ accepted, outcomes }: Evidence): string[] {
  const expected = new Map(
    accepted.map(({ body, fates }) => [body, fates.includes('quarantined') ? 'quarantined' : fates[0]]),
  )
  const wrong = [...expected].flatMap(([body, fate = 'refused']) => {
    const seen = [...(outcomes.get(body) ?? [])]
    const isRight = seen.length > 0 && seen.every((result) => RESULTS[fate].includes(result))
    return isRight ? [] : [`${fate}, but the worker said ${seen.join(' and ') || 'nothing'}: ${body.slice(0, 200)}`]
  })
  const surplus = [...outcomes.keys()].filter((body) => !expected.has(body))
  return [...some('outcome: expected', wrong), ...some('outcome: never accepted', surplus)]
}

const arrivalViolations = ({ rows, startedAt, endedAt }: Evidence): string[] => {
  const isInside = (time: number) => time >= startedAt && time <= endedAt
  const outside = rows.filter(({ receivedAt }) => !isInside(Date.parse(receivedAt))).map(({ receivedAt }) => receivedAt)
  return some('ledger: received outside of the run', outside)
}

/** Ids, numbers, addresses and signatures of the traffic, by their shape. */
const PRIVATE = /(?:id|alien)-\d{6}|\+?336\d{8}|@example\.com|[A-Za-z0-9+/]{43}=/

function leaks({ printed, keys }: Evidence): string[] {
  const words = [...keys.filter((key) => printed.includes(key)), ...(PRIVATE.exec(printed) ?? [])]
  return words.map((word) => `log: holds ${word}`)
}
