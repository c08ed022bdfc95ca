import { beforeAll, describe, expect, test } from 'vitest'
import type { LedgerEvent } from '../functions/domain/event.ts'
import { providers } from '../functions/providers/index.ts'
import { tryEndpoints } from '../laboratory/endpoints.ts'
import { type Report, runLaboratory } from '../laboratory/laboratory.ts'
import { type Evidence, judge, type KeptRow, type ShownDelivery } from '../laboratory/oracle.ts'
import type { Told } from '../laboratory/topic.ts'

/** Short: `npm run faults` meets every fault, `npm run mutants` sees that it finds what is broken. */
let report: Report

beforeAll(async () => {
  report = await runLaboratory({ seed: 1, rate: 150, callbacks: 400, seconds: 0 })
}, 300_000)

test('under faults the ledger, the quarantine and the counts are what they must be', () => {
  expect(report.violations).toEqual([])
  expect(report.counts.rows).toBeGreaterThan(500)
  expect(report.counts.accepted).toBeGreaterThanOrEqual(360)
  expect(Object.values(report.faults).filter((times) => times > 0).length).toBeGreaterThan(15)
})

test('callbacks of each provider are accepted, so each kind of proof and of body takes part', () => {
  const accepted = new Set(report.evidence.accepted.map(({ provider }) => provider))
  expect(providers.map(({ id }) => id).filter((id) => !accepted.has(id))).toEqual([])
})

test('an endpoint of each kind loses nothing, and the good one does not wait for the slow one', async () => {
  const events = [...new Map(report.evidence.told.map(({ event }) => [event.id, event])).values()].slice(0, 20)
  expect((await tryEndpoints(events)).violations).toEqual([])
}, 90_000)

describe('the oracle', () => {
  const withRows = (change: (rows: KeptRow[]) => KeptRow[]) => (evidence: Evidence) => ({
    ...evidence,
    rows: change([...evidence.rows]),
  })
  const withDeliveries = (change: (delivery: ShownDelivery) => ShownDelivery) => (evidence: Evidence) => ({
    ...evidence,
    shown: new Map([...evidence.shown].map(([pk, deliveries]) => [pk, deliveries.map(change)])),
  })
  const isPart = ({ part }: KeptRow) => part !== null

  const TAMPERED: Record<string, [finding: string, tamper: (evidence: Evidence) => Evidence]> = {
    'a row is lost': ['ledger: missing: 1', withRows((rows) => rows.slice(1))],
    'a row is of nobody': [
      'ledger: too many: 1',
      withRows(([row, ...rows]) => [{ ...row, messageId: 'x' } as KeptRow, ...rows]),
    ],
    'a row is there twice': [
      'ledger: holds a fact twice',
      withRows((rows) => [...rows, { ...rows[0], sk: 'other' } as KeptRow]),
    ],
    'a status is another': [
      'ledger: status, final or order wrong: 1',
      withRows(([row, ...rows]) => [{ ...row, status: 'rejected' } as KeptRow, ...rows]),
    ],
    'a final status is none': [
      'ledger: status, final or order wrong',
      withRows((rows) => rows.map((row) => ({ ...row, final: !row.final }))),
    ],
    'an order is another': [
      'ledger: status, final or order wrong',
      withRows((rows) => rows.map((row) => ({ ...row, order: row.order + 1 }))),
    ],
    'a partition is another': [
      'ledger: key out of order',
      withRows(([row, ...rows]) => [{ ...row, pk: 'octopush#other' } as KeptRow, ...rows]),
    ],
    'the order of the provider is not in the key': [
      'ledger: key out of order',
      withRows((rows) =>
        rows.map((row) =>
          isPart(row) ? { ...row, sk: row.sk.replace(/#0{9}(\d)#(?=[A-Z])/, (_, digit) => `#${9 - digit}#`) } : row,
        ),
      ),
    ],
    'an arrival is of yesterday': [
      'ledger: received outside of the run',
      withRows(([row, ...rows]) => [{ ...row, receivedAt: '2020-01-01T00:00:00.000Z' } as KeptRow, ...rows]),
    ],
    'a history is turned round': [
      'out of order',
      withDeliveries((delivery) => ({ ...delivery, history: delivery.history.toReversed() })),
    ],
    'a delivery goes backwards': [
      'stands at',
      withDeliveries(({ history, ...delivery }) => ({
        ...delivery,
        history,
        status: history[0]?.status ?? 'unknown',
      })),
    ],
    'a delivery is not final': ['stands at', withDeliveries((delivery) => ({ ...delivery, final: !delivery.final }))],
    'a record is not shown': [
      'records of',
      withDeliveries((delivery) => ({ ...delivery, history: delivery.history.slice(1) })),
    ],
    'a delivery is not kept': [
      'deliveries: missing: 1',
      (evidence) => ({ ...evidence, deliveries: evidence.deliveries.slice(1) }),
    ],
    'a delivery is kept twice': [
      'deliveries: holds one twice',
      (evidence) => ({ ...evidence, deliveries: [...evidence.deliveries, ...evidence.deliveries.slice(0, 1)] }),
    ],
    'a delivery is kept as it was before': [
      'deliveries: too many',
      (evidence) => ({ ...evidence, deliveries: evidence.deliveries.map((one) => ({ ...one, records: 1 })) }),
    ],
    'an event is lost': [
      'topic: facts: missing: 1',
      (evidence) => {
        const [lost] = evidence.told.filter(({ event }) => event.type.endsWith('recorded'))
        return { ...evidence, told: evidence.told.filter(({ event }) => event.id !== lost?.event.id) }
      },
    ],
    'an event is of no fact': [
      'topic: facts: too many: 1',
      (evidence) => {
        const [one] = evidence.told.filter(({ event }) => event.type.endsWith('recorded'))
        const event = { ...one?.event, id: 'other', data: { ...one?.event.data, messageId: 'other' } } as LedgerEvent
        return { ...evidence, told: [...evidence.told, { event, at: 0 }] }
      },
    ],
    'an id is of two events': [
      'topic: one id, two events: 1',
      (evidence) => {
        const [one] = evidence.told as [Told]
        return { ...evidence, told: [...evidence.told, { event: { ...one.event, recordedtime: 'other' }, at: 0 }] }
      },
    ],
    'the newest change of a delivery is not where it stands': [
      'topic: where deliveries stand: missing: 1',
      (evidence) => {
        const [one] = evidence.told.filter(({ event }) => event.type.endsWith('changed'))
        const event = { ...one?.event, sequence: '9', id: 'other', data: { ...one?.event.data, status: null } }
        return { ...evidence, told: [...evidence.told, { event: event as LedgerEvent, at: 0 }] }
      },
    ],
    'a callback left quarantine': ['quarantine: missing', (evidence) => ({ ...evidence, quarantined: [] })],
    'a good callback is in quarantine': [
      'quarantine: too many: 1',
      (evidence) => ({
        ...evidence,
        quarantined: [...evidence.quarantined, { provider: 'octopush', body: '{}', reason: 'body: expected x' }],
      }),
    ],
    'a reason is none': [
      'quarantine: reason',
      (evidence) => ({ ...evidence, quarantined: evidence.quarantined.map((item) => ({ ...item, reason: 'bad' })) }),
    ],
    'an outcome is missing': ['outcome: expected', (evidence) => ({ ...evidence, outcomes: new Map() })],
    'an outcome is of nobody': [
      'outcome: never accepted',
      (evidence) => ({ ...evidence, outcomes: new Map([...evidence.outcomes, ['{}', new Set(['recorded'])]]) }),
    ],
    'a duplicate is counted as quarantined': [
      'outcome: expected',
      (evidence) => ({
        ...evidence,
        outcomes: new Map([...evidence.outcomes].map(([body]) => [body, new Set(['quarantined'])])),
      }),
    ],
    'an outcome is counted twice': [
      'counts: ',
      (evidence) => ({
        ...evidence,
        printed: evidence.printed.map((line) => line.replace(/"recorded":\d+/, '"recorded":99')),
      }),
    ],
    'nothing is counted': ['counts: ', (evidence) => ({ ...evidence, printed: [] })],
    'a message stays in the queue': [
      'queue: never acknowledged',
      (evidence) => ({ ...evidence, acknowledged: new Set([...evidence.acknowledged].slice(1)), redriven: new Set() }),
    ],
    'a message is in the dead-letter queue': ['dead-letter queue: 1', (evidence) => ({ ...evidence, deadLetters: 1 })],
    'a key is printed': [
      'log: holds',
      (evidence) => ({ ...evidence, printed: [...evidence.printed, `${evidence.keys[0]}`] }),
    ],
    'an id is printed': [
      'log: holds id-',
      (evidence) => ({ ...evidence, printed: [...evidence.printed, 'id-123456789'] }),
    ],
  }

  test.each(Object.entries(TAMPERED))('complains where %s', (_, [finding, tamper]) => {
    expect(judge(tamper(report.evidence)).join('\n')).toContain(finding)
  })

  test('does not complain of what is right', () => {
    expect(judge(report.evidence)).toEqual([])
  })
})
