import canonicalize from 'canonicalize'
import {
  bodyContentOf,
  compareInHistory,
  contentOf,
  inHistoryOrder,
  isFinal,
  rankOf,
  type Standing,
  standingOf,
  type Word,
} from './contract.ts'
import type { Attempt, ExpectedRecord, Fate } from './lives.ts'
import { toldViolations } from './told-oracle.ts'
import type { Told } from './topic.ts'
import { differences, some } from './violations.ts'

/** A record as the ledger has it, and as the query API shows it, where `pk` and `sk` are not. */
interface Kept extends Omit<ExpectedRecord, 'means' | 'providerOrder'> {
  status: Word
  final: boolean
  order: number
  receivedAt: string
  normalizer: number
}

export type KeptRow = Kept & { pk: string; sk: string }

/** A delivery as the query API shows it. */
export interface ShownDelivery extends Pick<Kept, 'recipient' | 'part' | 'channel' | 'status' | 'final'> {
  statusAt: string
  history: Kept[]
}

/** A row of the table of deliveries. */
export interface KeptDelivery extends Omit<ShownDelivery, 'history'> {
  pk: string
  records: number
}

/** What a run did and left, as observed from outside. */
export interface Evidence {
  /** Every callback that was answered 2xx, once or more often. */
  accepted: readonly Attempt[]
  /** Answers that no callback should have got. */
  wrongAnswers: readonly string[]
  /** Queue messages that were sent, by id, and ids of those that were acknowledged, or dead letters that were sent again. */
  sent: ReadonlyMap<string, { provider: string; isReplay: boolean }>
  acknowledged: ReadonlySet<string>
  redriven: ReadonlySet<string>
  deadLetters: number
  /** The contents of callbacks, with the outcomes that the worker reported for each. */
  outcomes: ReadonlyMap<string, ReadonlySet<string>>
  /** How many messages the workers were given, by provider. */
  given: ReadonlyMap<string, number>
  rows: readonly KeptRow[]
  /** What the query API shows of each message, by partition key. */
  shown: ReadonlyMap<string, readonly ShownDelivery[]>
  deliveries: readonly KeptDelivery[]
  /** What a consumer of the topic has received. */
  told: readonly Told[]
  quarantined: readonly { provider: string; body: string; reason: string }[]
  /** The contents of callbacks that an operator dropped from quarantine. */
  dropped: ReadonlySet<string>
  /** All lines that the processes printed, and the keys that were used. */
  printed: readonly string[]
  keys: readonly string[]
  /** Milliseconds since 1970. */
  startedAt: number
  endedAt: number
}

/** The violated guarantees, in words; empty where there are none. */
export function judge(evidence: Evidence): string[] {
  const expected = new Map(
    evidence.accepted.flatMap((attempt) => attempt.expected).map((record) => [identityOf(record), record]),
  )
  return [
    ...evidence.wrongAnswers,
    ...ledgerViolations(evidence, expected),
    ...keyViolations(evidence, expected),
    ...deliveryViolations(evidence, expected),
    ...foldViolations(evidence, expected),
    ...toldViolations(evidence),
    ...quarantineViolations(evidence),
    ...outcomeViolations(evidence),
    ...countViolations(evidence),
    ...leaks(evidence),
    ...queueViolations(evidence),
  ]
}

/** The identity of a fact: all that was reported of it, nothing that a mapping decides. */
function identityOf(record: ExpectedRecord | Kept): string {
  const known = identities.get(record)
  if (known !== undefined) return known
  const { means, providerOrder, status, final, order, receivedAt, normalizer, pk, sk, ...fact } =
    record as ExpectedRecord & KeptRow
  // A fixture names an account only where it has one.
  const identity = canonicalize({ ...fact, account: fact.account ?? null }) as string
  identities.set(record, identity)
  return identity
}

const identities = new WeakMap<object, string>()

function ledgerViolations(
  { rows, startedAt, endedAt }: Evidence,
  expected: ReadonlyMap<string, ExpectedRecord>,
): string[] {
  const facts = rows.map(identityOf)
  const misread = rows.filter((row, index) => {
    const record = expected.get(facts[index] as string)
    if (record === undefined) return false
    const isRight = record.means.includes(row.status) && row.final === isFinal(row.status)
    return !isRight || row.order !== (record.providerOrder ?? rankOf(row.status))
  })
  const outside = rows.filter(
    ({ receivedAt }) => !(Date.parse(receivedAt) >= startedAt && Date.parse(receivedAt) <= endedAt),
  )
  return [
    ...differences('ledger', new Set(facts), new Set(expected.keys())),
    ...(facts.length === new Set(facts).size ? [] : ['ledger: holds a fact twice']),
    ...some(
      'ledger: status, final or order wrong',
      misread.map(({ status, final, order, sk }) => `${status} ${final} ${order} ${sk}`),
    ),
    ...some(
      'ledger: received outside of the run',
      outside.map(({ receivedAt }) => receivedAt),
    ),
  ]
}

/** Key order is history order: the partition is the message, a delivery's rows stand together, by time and then by order. */
function keyViolations({ rows }: Evidence, expected: ReadonlyMap<string, ExpectedRecord>): string[] {
  const wrongPartition = rows.filter(({ pk, provider, messageId }) => pk !== `${provider}#${messageId}`)
  const wrong = [...Map.groupBy(rows, ({ pk }) => pk).values()].flatMap((message) => {
    const sorted = message.toSorted((a, b) => (a.sk < b.sk ? -1 : 1))
    const deliveries = sorted.map(deliveryOf)
    const starts = deliveries.filter((delivery, index) => delivery !== deliveries[index - 1])
    const isTogether = new Set(starts).size === starts.length
    return sorted.filter((row, index) => {
      const before = sorted[index - 1]
      if (before === undefined || deliveryOf(before) !== deliveryOf(row)) return !isTogether
      const [a, b] = [before, row].map((one) => ({
        at: one.occurredAt ?? '',
        order: expected.get(identityOf(one))?.providerOrder ?? 0,
      }))
      return a !== undefined && b !== undefined && (a.at > b.at || (a.at === b.at && a.order > b.order))
    })
  })
  return some(
    'ledger: key out of order',
    [...wrongPartition, ...wrong].map(({ pk, sk }) => `${pk} ${sk}`),
  )
}

const deliveryOf = ({ recipient, part }: Pick<Kept, 'recipient' | 'part'>): string => JSON.stringify([recipient, part])

/** What the query API shows: the rows, in history order, and where each delivery stands. */
function deliveryViolations({ rows, shown }: Evidence, expected: ReadonlyMap<string, ExpectedRecord>): string[] {
  const place = (record: Kept): Kept & Standing => ({
    ...record,
    providerOrder: expected.get(identityOf(record))?.providerOrder ?? null,
  })
  const wrong = [...Map.groupBy(rows, ({ pk }) => pk)].flatMap(([pk, kept]) => {
    const deliveries = shown.get(pk) ?? []
    const records = deliveries.flatMap(({ history }) => history)
    const isAll = new Set(records.map(identityOf)).size === kept.length && records.length === kept.length
    const isOnce = new Set(deliveries.map(deliveryOf)).size === deliveries.length
    return [
      ...(isAll && isOnce ? [] : [`${pk}: ${records.length} records of ${kept.length}`]),
      ...deliveries.flatMap((delivery) => {
        const history = delivery.history.map(place)
        const unordered = history.find(
          (record, index) => index > 0 && compareInHistory(history[index - 1] as Standing, record) > 0,
        )
        const stands = standingOf(history)
        const isRight =
          stands !== undefined &&
          delivery.status === stands.status &&
          delivery.final === isFinal(stands.status) &&
          delivery.channel === stands.channel &&
          delivery.statusAt === (stands.occurredAt ?? stands.receivedAt)
        return [
          ...(unordered === undefined ? [] : [`${pk}: ${unordered.providerStatus} out of order`]),
          ...(isRight ? [] : [`${pk}: stands at ${delivery.status}, not at ${stands?.status}`]),
        ]
      }),
    ]
  })
  return some('delivery', wrong)
}

/** The table of deliveries says of each recipient and part of a message where it stands, and of how many rows, and nothing else. */
function foldViolations({ rows, deliveries }: Evidence, expected: ReadonlyMap<string, ExpectedRecord>): string[] {
  const groups = Map.groupBy(rows, (row) => `${row.pk} ${deliveryOf(row)}`)
  const right = [...groups].map(([name, kept]) => {
    const history = inHistoryOrder(
      kept.map((record) => ({ ...record, providerOrder: expected.get(identityOf(record))?.providerOrder ?? null })),
    )
    const { status, channel, occurredAt, receivedAt } = standingOf(history) as Kept & Standing
    return [name, status, isFinal(status), channel, occurredAt ?? receivedAt, kept.length].join(' ')
  })
  const found = deliveries.map(
    ({ pk, recipient = null, part = null, status, final, channel = null, statusAt, records }) =>
      [`${pk} ${deliveryOf({ recipient, part })}`, status, final, channel, statusAt, records].join(' '),
  )
  return [
    ...differences('deliveries', new Set(found), new Set(right)),
    ...(found.length === new Set(found).size ? [] : ['deliveries: holds one twice']),
  ]
}

/** `path: expectation`, several joined. */
const REASON = /^[\w.[\]-]+: expected ./

function queueViolations({ sent, acknowledged, redriven, deadLetters }: Evidence): string[] {
  return [
    ...some('queue: never acknowledged', [...new Set(sent.keys()).difference(acknowledged).difference(redriven)]),
    ...some('queue: acknowledged, and never sent', [...acknowledged.difference(sent)]),
    ...(deadLetters === 0 ? [] : [`dead-letter queue: ${deadLetters} messages`]),
  ]
}

function quarantineViolations({ accepted, quarantined, dropped }: Evidence): string[] {
  const expected = accepted.filter(({ fates }) => fates.includes('quarantined')).map(bodyContentOf)
  const unreasonable = quarantined.filter(({ reason }) => !REASON.test(reason))
  return [
    ...differences('quarantine', new Set(quarantined.map(bodyContentOf)), new Set(expected).difference(dropped)),
    ...some(
      'quarantine: reason',
      unreasonable.map(({ reason }) => reason),
    ),
  ]
}

const RESULTS: Record<Fate, readonly string[]> = {
  stored: ['recorded', 'duplicate'],
  released: ['recorded', 'duplicate', 'quarantined'],
  quarantined: ['quarantined'],
  ignored: ['ignored'],
  refused: [],
}

/** Each accepted callback came to one kind of end, and to the right one; where some entries are bad, quarantine it is. */
function outcomeViolations({ accepted, outcomes }: Evidence): string[] {
  const expected = new Map(
    accepted.map((attempt) => [
      contentOf({ ...attempt, query: attempt.target.split('?')[1] ?? '' }),
      attempt.fates.includes('quarantined') ? 'quarantined' : attempt.fates[0],
    ]),
  )
  const wrong = [...expected].flatMap(([content, fate = 'refused']) => {
    const seen = [...(outcomes.get(content) ?? [])]
    const isRight = seen.length > 0 && seen.every((result) => RESULTS[fate].includes(result))
    return isRight ? [] : [`${fate}, but the worker said ${seen.join(' and ') || 'nothing'}: ${content.slice(0, 200)}`]
  })
  const surplus = [...outcomes.keys()].filter((content) => !expected.has(content))
  return [...some('outcome: expected', wrong), ...some('outcome: never accepted', surplus)]
}

/**
 * The four outcomes sum to what was accepted, which is no less than what came through the queue and no more than what workers
 * were given of it.
 */
function countViolations({ printed, sent, redriven, given }: Evidence): string[] {
  const lines = printed.filter((line) => line.includes('"_aws"')).map((line) => JSON.parse(line))
  const messages = [...sent].flatMap(([id, message]) => (message.isReplay || redriven.has(id) ? [] : message))
  return [...new Set(messages.map(({ provider }) => provider))].flatMap((provider) => {
    const own = lines.filter((line) => line.provider === provider && line.channel === undefined)
    const total = (name: string) => own.reduce((sum, line) => sum + Number(line[name] ?? 0), 0)
    const accepted = total('accepted')
    const ends = ['recorded', 'duplicate', 'ignored', 'quarantined'].map(total).reduce((a, b) => a + b)
    const least = messages.filter((message) => message.provider === provider).length
    const most = given.get(provider) ?? 0
    return accepted === ends && accepted >= least && accepted <= most
      ? []
      : [`counts: ${provider}: ${accepted} accepted, ${ends} ends, of ${least} to ${most} messages`]
  })
}

/** Ids, numbers, addresses and signatures of the traffic, by their shape. */
const PRIVATE = /(?:id|alien)-\d{6}|\+?336\d{8}|@example\.com|(?:424242|737373)\d{5}|[A-Za-z0-9+/]{43}=/

function leaks({ printed, keys }: Evidence): string[] {
  const text = printed.join('\n')
  const words = [...keys.filter((key) => text.includes(key)), ...(PRIVATE.exec(text) ?? [])]
  return words.map((word) => `log: holds ${word}`)
}
