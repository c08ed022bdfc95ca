import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { DeleteMessageCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import pMap from 'p-map'
import { deliveryPrefixIn, type Key } from '../functions/domain/key.ts'
import { type Following, follow } from '../functions/platform/follow.ts'
import { itemOf } from '../functions/platform/item.ts'
import { parkedIn } from '../functions/platform/parking.ts'
import { countMessages } from '../functions/platform/queue.ts'
import { valuesOf } from '../functions/platform/values.ts'
import type { Output } from './output.ts'
import { scanAll } from './scan.ts'
import type { Target } from './target.ts'

/** Which rows of the ledger to follow again. */
export interface ProjectOptions {
  /** Those that were received since, in milliseconds since 1970. */
  since?: number
  /** The position that an earlier run printed. */
  after?: string
}

/** Messages of one request: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const BATCH = 10

/** A queue may return the same message again; after this many such answers in a row, or empty ones, it has nothing else. */
const MAX_REPEATED = 2

/** How long a message that is read is hidden from others, in seconds. */
const LOOK = 60

/**
 * Makes the deliveries again, of all rows of the ledger or of new ones; gives true where all of them could be made. It can be
 * interrupted at any time, and run again.
 */
export async function project(
  { ledger, deliveries }: Target,
  output: Output,
  { since, after }: ProjectOptions,
): Promise<boolean> {
  const { client, name: TableName } = ledger
  const tally = tallyOf(output)
  const isSince = since !== undefined && {
    FilterExpression: 'receivedAt >= :since',
    ExpressionAttributeValues: itemOf({ ':since': new Date(since).toISOString() }),
  }
  let last = ''
  const scanned = await scanAll(ledger, output, { after, soFar: tally.text }, async (position) => {
    const { Items, ScannedCount, LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName,
        ProjectionExpression: 'pk, sk',
        ...isSince,
        ExclusiveStartKey: position && itemOf(position),
      }),
    )
    const keys = (Items ?? []).map((item) => valuesOf(item) as Key)
    // The rows of a delivery follow each other, so one that began in the part before has been made.
    tally.add(
      await follow(
        deliveries,
        ledger,
        keys.filter((key) => deliveryIn(key) !== last),
      ),
    )
    last = keys.length > 0 ? deliveryIn(keys.at(-1) as Key) : last
    return { scanned: ScannedCount ?? 0, next: LastEvaluatedKey && (valuesOf(LastEvaluatedKey) as Key) }
  })
  output.print(`${scanned} rows read, ${tally.text()}`)
  return tally.isWhole()
}

/**
 * Makes the deliveries of parked rows, publishes parked events to the outlet that has not taken them, and takes both out of the queue;
 * gives true where all of it could be done.
 */
export async function projectParked({ ledger, deliveries, parked, events }: Target, output: Output): Promise<boolean> {
  const { client, url: QueueUrl } = parked
  const tally = tallyOf(output)
  const total = await countMessages(parked)
  const seen = new Set<string>()
  let published = 0
  const followParked = async (text: string): Promise<Following> => {
    let name = text
    try {
      const one = parkedIn(text)
      if ('key' in one) return await follow(deliveries, ledger, [one.key])
      name = `event ${one.event.id}`
      // One that was parked by an earlier version names none.
      const outlet = events?.outlets.find(({ arn }) => arn === (one.outlet ?? arn))
      if (outlet === undefined) throw new Error(`the stack no longer publishes to ${one.outlet ?? 'a topic'}`)
      const { left, refused } = await outlet.publish([one.event])
      if (left.length + refused.length > 0) throw new Error(`the event could not be published to ${outlet.arn}`)
      published++
      return { projected: [], failed: [] }
    } catch (cause) {
      return { projected: [], failed: [{ key: { pk: name, sk: '' }, cause: cause as Error }] }
    }
  }
  const followOne = async ({ Body = '', ReceiptHandle }: Message) => {
    const following = await followParked(Body)
    tally.add(following)
    if (following.failed.length === 0) await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  }
  const look = { QueueUrl, MaxNumberOfMessages: BATCH, VisibilityTimeout: LOOK }
  for (let repeated = 0; repeated < MAX_REPEATED; ) {
    // Long polling asks all of the queue's servers.
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ ...look, WaitTimeSeconds: 1 }))
    const fresh = Messages.filter(({ MessageId = '' }) => seen.size < seen.add(MessageId).size)
    await pMap(fresh, followOne)
    repeated = fresh.length > 0 ? 0 : repeated + 1
    output.progress(seen.size, Math.max(total, seen.size))
  }
  output.print(`${tally.text()}${published > 0 ? `, ${published} events published` : ''}`)
  return tally.isWhole()
}

/** Counts deliveries, and prints those that could not be made. */
function tallyOf({ print, printJson }: Output) {
  let [made, failures] = [0, 0]
  return {
    add({ projected, failed }: Following) {
      made += projected.length
      failures += failed.length
      for (const { key, cause } of failed) {
        printJson({ ...key, error: cause?.message })
        print(`failed: ${key.pk}: ${cause?.message}`)
      }
    },
    text: () => `${made} deliveries made${failures > 0 ? `, ${failures} failed` : ''}`,
    isWhole: () => failures === 0,
  }
}

const deliveryIn = ({ pk, sk }: Key): string => `${pk}\0${deliveryPrefixIn(sk)}`
