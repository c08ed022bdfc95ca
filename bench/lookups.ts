import { messageKey } from '../functions/domain/key.ts'
import type { Projection } from '../functions/domain/summary.ts'
import { INDEXES, indexKeysOf, overdueKeyOf } from '../functions/platform/delivery-indexes.ts'
import { type Deliveries, deliverySortKey } from '../functions/platform/delivery-table.ts'
import { findDeliveries, type Question } from '../functions/platform/lookups.ts'
import { deliveriesOn } from '../local/deliveries.ts'
import { createTable } from '../local/resources.ts'
import { fillTable } from './fill-ledger.ts'
import { besideItself, milliseconds } from './growth.ts'
import type { Finding } from './measurement.ts'

const START = Date.UTC(2026, 0, 1)
const PAGE = 100
const PROVIDER = 'octopush'
const CAMPAIGN = 'spring'

/** Deliveries of one day, all failed and all in one campaign, each with a recipient and reference of its own. */
const projectionOf = (index: number): Projection => {
  const at = new Date(START + index * 80).toISOString()
  return {
    provider: PROVIDER,
    account: null,
    messageId: `message-${index}`,
    recipient: `+336${String(index).padStart(8, '0')}`,
    part: null,
    channel: 'sms',
    status: 'failed',
    final: true,
    statusAt: at,
    error: { code: '30003', message: 'Unreachable destination handset' },
    price: null,
    reference: `order-${index}`,
    campaign: CAMPAIGN,
    firstAt: at,
    sentAt: at,
    deliveredAt: null,
    readAt: null,
    records: 2,
    dueAt: at,
  }
}

/** A page of each look-up, in tables that hold more and more deliveries, all of which answer the questions that many can answer. */
export function growthOfDeliveries(sizes: readonly number[], rounds: number): Promise<Finding> {
  const unit = `Deliveries in the table; milliseconds of a page of ${PAGE}; DynamoDB emulator`
  return besideItself('Growth of the deliveries', unit, sizes, rounds, async (client, size) => {
    // Without a stream, which makes each write of the emulator slow.
    const deliveries = deliveriesOn(await createTable(client, `deliveries-${size}`, { indexes: INDEXES }))
    await fill(deliveries, size)
    const { recipient, reference } = projectionOf(size >> 1)
    const questions: Record<string, Question> = {
      recipient: { recipient: recipient ?? '' },
      reference: { reference: reference ?? '' },
      campaign: { campaign: CAMPAIGN },
      failed: { provider: PROVIDER, status: 'failed', day: new Date(START).toISOString().slice(0, 10) },
      overdue: { provider: PROVIDER, overdue: true },
    }
    const measure = async () => {
      const cells: Record<string, number> = {}
      for (const [name, question] of Object.entries(questions))
        cells[name] = await milliseconds(() => findDeliveries(deliveries, question, PAGE))
      return cells
    }
    return { name: size.toLocaleString('en'), measure }
  })
}

async function fill(deliveries: Deliveries, size: number): Promise<void> {
  const hashKey = await deliveries.hashKey()
  await fillTable(deliveries, size, (index) => {
    const projection = projectionOf(index)
    const pk = messageKey(PROVIDER, projection.messageId)
    const key = { pk, sk: deliverySortKey(hashKey, projection) }
    const indexKeys = indexKeysOf(key, projection, { hashKey, lookups: deliveries.lookups })
    return {
      ...key,
      ...Object.fromEntries(Object.entries({ ...projection, ...indexKeys }).filter(([, value]) => value !== null)),
      overdueSince: projection.dueAt,
      overdueKey: overdueKeyOf(key),
    }
  })
}
