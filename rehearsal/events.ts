import { deepStrictEqual as expectEqual, ok as expectTrue } from 'node:assert/strict'
import { GetEventSourceMappingCommand } from '@aws-sdk/client-lambda'
import { SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs'
import { Webhook } from 'standardwebhooks'
import type { DeliveryData, LedgerEvent, RecordData } from '../functions/domain/event.ts'
import { commandLine } from './command-line.ts'
import { readRows } from './deliveries.ts'
import { streamInserts } from './differences.ts'
import { cases, sendAll } from './provider-traffic.ts'
import { ENDPOINT, type Received } from './receiver.ts'
import { eventually, type Scene } from './scene.ts'

const QUEUE = 'rehearsal-subscriber'

/** A consumer inside AWS: a queue of its own that subscribes to the topic with a filter. */
export async function subscribeQueue({ deployment: { sqs, sns, outputOf } }: Scene): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: QUEUE }))
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
  const filter = { type: ['delivery-ledger.status.recorded'], final: ['true'] }
  await sns.send(
    new SubscribeCommand({
      TopicArn: outputOf('EventTopic'),
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn,
      Attributes: { RawMessageDelivery: 'true', FilterPolicy: JSON.stringify(filter) },
    }),
  )
  return `with the filter ${JSON.stringify(filter)}`
}

/** Waits until the queue has an event of each final record, and no other. */
export async function readQueue({ deployment: { sqs } }: Scene): Promise<string> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: QUEUE }))
  const told = new Map<string, string>()
  const expected = cases.flatMap(({ records }) => records.filter(({ final }) => final).map(factOf))
  await eventually('an event of each final record', async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    for (const { Body = '', ReceiptHandle } of Messages) {
      const event: LedgerEvent<RecordData> = JSON.parse(Body)
      expectEqual([event.specversion, event.type], ['1.0', 'delivery-ledger.status.recorded'])
      expectTrue(!/^\+?\d{9,}$/.test(event.data.recipient ?? ''))
      told.set(event.id, factOf(event.data))
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
    return Messages.length === 0 && new Set(told.values()).size >= new Set(expected).size
  }).catch((error: Error) => {
    expectEqual([...new Set(told.values())].sort(), [...new Set(expected)].sort())
    throw error
  })
  expectEqual([...new Set(told.values())].sort(), [...new Set(expected)].sort())
  return `${told.size} events`
}

const factOf = ({ provider, messageId, status, providerStatus }: RecordData): string =>
  [provider, messageId, status, providerStatus].join(' ')

/** Waits until what the endpoint was sent last of each delivery is where the delivery stands; every signature is verified. */
export async function readWebhooks(scene: Scene): Promise<string> {
  const { deployment, receiver } = scene
  const [{ secret }] = await commandLine(scene)('endpoints', 'secret', ENDPOINT.name)
  const verifier = new Webhook(secret)
  const wanted = async () =>
    (await readRows(deployment))
      .filter(({ status }) => status !== null)
      .map(standingOf)
      .sort()
  const read = () => [...newestIn(receiver.received, verifier).values()].map(({ data }) => standingOf(data)).sort()
  const isEqual = async () => JSON.stringify(read()) === JSON.stringify(await wanted())
  await eventually('the endpoint to know where deliveries stand', isEqual).catch(async (error: Error) => {
    expectEqual(read(), await wanted())
    throw error
  })
  return `${receiver.received.length} webhooks of ${read().length} deliveries, each signed`
}

// A channel that becomes known is no event of its own.
const standingOf = ({
  provider,
  messageId,
  part,
  status,
}: Pick<DeliveryData, 'provider' | 'messageId' | 'part' | 'status'>) => [provider, messageId, part, status].join(' ')

/** The newest event of each delivery among those that the endpoint was sent. */
function newestIn(received: readonly Received[], verifier: Webhook): Map<string, LedgerEvent<DeliveryData>> {
  const newest = new Map<string, LedgerEvent<DeliveryData>>()
  for (const { headers, body } of received) {
    const event = verifier.verify(body, headers as Record<string, string>) as LedgerEvent<DeliveryData>
    expectEqual([event.type, event.id], ['delivery-ledger.delivery.changed', headers['webhook-id']])
    expectTrue(event.data.recipient === null || /^[\w-]{20,}$/.test(event.data.recipient))
    const before = newest.get(event.subject)
    if (before === undefined || before.sequence < event.sequence) newest.set(event.subject, event)
  }
  return newest
}

/** An operator pauses the endpoint: what happens meanwhile waits, and is sent when it is resumed. */
export async function pauseEndpoint(scene: Scene): Promise<string> {
  const { deployment, receiver, keys } = scene
  const ledger = commandLine(scene)
  const [{ mapping }] = JSON.parse(deployment.outputOf('WebhooksSettings')).endpoints
  const isTurned = (state: string) => async () =>
    (await deployment.lambda.send(new GetEventSourceMappingCommand({ UUID: mapping }))).State === state
  await ledger('endpoints', 'pause', ENDPOINT.name)
  await eventually('the keeper to disable the mapping', isTurned('Disabled'))
  const [sms] = cases.filter(({ provider, name }) => provider === 'octopush' && name === 'document-sms')
  if (sms === undefined) throw new Error('expected the fixture octopush/document-sms')
  const body = JSON.stringify({ ...JSON.parse(sms.body.toString()), message_id: 'while-paused' })
  expectEqual(await sendAll(deployment, [{ ...sms, body: Buffer.from(body) }], keys), [200])
  await eventually('its row', async () => (await ledger('show', 'octopush', 'while-paused').catch(() => [])).length > 0)
  await streamInserts(deployment)
  await eventually('its event to wait', async () => (await ledger('endpoints'))[0].waiting > 0)
  const before = receiver.received.length
  expectEqual((await ledger('endpoints'))[0].state, 'paused')
  await ledger('endpoints', 'resume', ENDPOINT.name)
  await eventually('the event that waited', async () =>
    receiver.received.slice(before).some(({ body }) => body.includes('while-paused')),
  )
  const [{ state, lastAnswer }] = await ledger('endpoints')
  return `its event waited, and was sent when it was resumed: ${state}, ${lastAnswer}`
}
