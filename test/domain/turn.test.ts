import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { historyOf } from '../../functions/domain/history.ts'
import { standsAt } from '../../functions/domain/standing.ts'
import { STATUSES, type Status } from '../../functions/domain/status.ts'
import { isElsewhere, lastTurn } from '../../functions/domain/turn.ts'
import { rowOf, statusRecord } from './records.ts'

const arrived = (status: Status, second: number, at = second) => ({
  ...rowOf(statusRecord(status, second)),
  record: statusRecord(status, second, { receivedAt: new Date(at * 1_000).toISOString() }),
})

describe('the last turn of a delivery', () => {
  test('is its first arrival, where nothing else came', () => {
    const row = arrived('sent', 1)
    expect(lastTurn([row])).toEqual({ rows: [row], previousStatus: null })
  })

  test('does not depend on what came later and changed nothing', () => {
    const [sent, delivered, late] = [arrived('sent', 1), arrived('delivered', 5), arrived('queued', 0, 9)]
    expect(lastTurn([late, sent, delivered])).toEqual({ rows: [sent, delivered], previousStatus: 'sent' })
  })

  test('is a function of the set of rows, after which each prefix of arrivals stands where the delivery does', () => {
    const row = fc.record({
      status: fc.constantFrom(...(Object.keys(STATUSES) as Status[])),
      second: fc.nat(20),
      at: fc.nat(20),
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), fc.integer(), (specs, seed) => {
        const rows = specs.map(({ status, second, at }) => arrived(status, second, at))
        const shuffled = rows.toSorted(
          (a, b) => ((a.record.order * 31 + seed) % 7) - ((b.record.order * 31 + seed) % 7),
        )
        const turn = lastTurn(rows)
        const stand = (some: typeof rows) => standsAt(historyOf(some))
        const last = turn.rows
          .map(({ record }) => record.receivedAt)
          .toSorted()
          .at(-1) as string
        for (const { record } of rows.filter(({ record }) => record.receivedAt >= last)) {
          const prefix = rows.filter((other) => other.record.receivedAt <= record.receivedAt)
          expect(stand(prefix)?.status).toBe(stand(rows)?.status)
        }
        const before = stand(rows.filter(({ record }) => record.receivedAt < last))
        expect(turn.previousStatus).toBe(before?.status ?? null)
        if (before) expect(isElsewhere(before, stand(rows) as never)).toBe(true)
        expect(new Set(lastTurn(shuffled).rows)).toEqual(new Set(turn.rows))
      }),
    )
  })
})
