import { deepStrictEqual as expectEqual, ok as expectTrue } from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeleteStackCommand } from '@aws-sdk/client-cloudformation'
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import canonicalize from 'canonicalize'
import pMap from 'p-map'
import type { StatusRecord } from '../functions/domain/status.ts'
import { deploy } from './cdk.ts'
import { commandLine } from './command-line.ts'
import { callWidget, chooseAction, readWidgets } from './dashboard.ts'
import { compareDeliveries, expectInVain, lookUp } from './deliveries.ts'
import { extractMetrics } from './differences.ts'
import { pauseEndpoint, readQueue, readWebhooks, subscribeQueue } from './events.ts'
import { type Case, cases, providers, sendAll } from './provider-traffic.ts'
import { eventually, outcomesOf, query, readCounts, recordsOf, type Scene, settled, wordsOf } from './scene.ts'

/** One step of the rehearsal; gives what was observed, throws where that is not as expected. */
type Step = (scene: Scene) => Promise<string>

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
const only = (id: string) => cases.filter(({ provider }) => provider === id)

const refuseForgers: Step = async ({ deployment, keys }) => {
  const unknown = providers
    .flatMap(({ id }) => only(id).slice(0, 1))
    .map((callback) => ({ ...callback, sender: 'unknown' as const }))
  const forgers = cases.map((callback) => ({ ...callback, sender: 'forger' as const }))
  const statuses = await sendAll(deployment, [...forgers, ...unknown], keys)
  expectEqual(new Set(statuses), new Set([401]))
  const wrongMethod = providers
    .flatMap(({ id }) => only(id).slice(0, 1))
    .map((callback) => ({ ...callback, method: 'DELETE' }))
  expectEqual(new Set(await sendAll(deployment, wrongMethod, keys)), new Set([405]))
  return `${statuses.length} × 401, ${wrongMethod.length} × 405`
}

const takeCallbacks: Step = async ({ deployment, keys }) => {
  expectEqual(new Set(await sendAll(deployment, cases, keys)), new Set([200]))
  const counts = await settled(deployment, cases.length)
  for (const { id } of providers) {
    const own = await readCounts(deployment, id)
    expectEqual(own.accepted, only(id).length)
    expectEqual(outcomesOf(own), only(id).length)
    expectEqual(own.quarantined, only(id).filter(({ problems }) => problems.length > 0).length)
    expectEqual(
      own.ignored,
      only(id).filter(({ records, ignored, problems }) => ignored.length > 0 && records.length + problems.length === 0)
        .length,
    )
  }
  return `${counts.accepted} accepted = ${wordsOf(counts)}`
}

const readHistories: Step = async ({ deployment }) => {
  const expected = Map.groupBy(
    cases.flatMap(({ records }) => records),
    ({ provider, messageId }) => JSON.stringify([provider, messageId]),
  )
  const rows = await pMap(
    expected,
    async ([message, records]) => {
      const [provider, messageId] = JSON.parse(message)
      const kept = await recordsOf(deployment, provider, messageId)
      expectEqual(factsOf(kept), [...new Set(factsOf(records))])
      return kept.length
    },
    { concurrency: 8 },
  )
  return `${sum(rows)} records of ${rows.length} messages, each as its fixture says`
}

/** The records without `receivedAt`, sorted. */
const factsOf = (records: readonly StatusRecord[]): string[] =>
  records.map(({ receivedAt, ...fact }) => canonicalize(fact) ?? '').sort()

/** A delivery report without a recipient. */
const broken: Case = (() => {
  const [sms] = cases.filter(({ provider, name }) => provider === 'octopush' && name === 'document-sms')
  if (sms === undefined) throw new Error('expected the fixture octopush/document-sms')
  const { number, ...payload } = JSON.parse(sms.body.toString())
  return { ...sms, body: Buffer.from(JSON.stringify({ ...payload, message_id: 'rehearsal' })) }
})()

interface Quarantined {
  id: string
  reason: string
  body: string
}

const findBroken = async ({ deployment }: Scene): Promise<Quarantined | undefined> => {
  const page = await query<{ items: Quarantined[] }>(deployment, '/quarantine?provider=octopush&limit=1000')
  return page?.items.find(({ body }) => body === broken.body.toString())
}

const quarantineBroken: Step = async (scene) => {
  expectEqual(await sendAll(scene.deployment, [broken], scene.keys), [200])
  const { reason } = await eventually('the callback in quarantine', () => findBroken(scene))
  expectEqual(reason, 'number: expected text')
  return reason
}

const setPoisonAside: Step = async ({ deployment: { sqs, idOf } }) => {
  const MessageBody = 'no callback'
  await sqs.send(new SendMessageCommand({ QueueUrl: idOf('AWS::SQS::Queue', 'PipelineCallbacks'), MessageBody }))
  const deadLetters = idOf('AWS::SQS::Queue', 'PipelineDeadLetters')
  const message = await eventually('the message in the dead-letter queue', async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: deadLetters, VisibilityTimeout: 0 }))
    return Messages[0]
  })
  expectEqual(message.Body, MessageBody)
  return 'in the dead-letter queue'
}

const findOperations: Step = async ({ deployment }) => {
  const { cloudWatch, idsOf } = deployment
  const widgets = await readWidgets(deployment)
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ MaxRecords: 100 }))
  expectEqual(MetricAlarms.map(({ AlarmName }) => AlarmName).sort(), idsOf('AWS::CloudWatch::Alarm').sort())
  for (const { AlarmActions, OKActions } of MetricAlarms)
    expectTrue(AlarmActions?.length === 1 && OKActions?.length === 1)
  return `${widgets.length} widgets, ${MetricAlarms.length} alarms, each with its two actions`
}

/** What an operator does there: finds a message, reads the outcomes of all, and drops what is in quarantine. */
const useDashboard: Step = async ({ deployment }) => {
  const [known] = cases.flatMap(({ records }) => records)
  const message = await callWidget(deployment, 'message', { find: known?.messageId ?? '' })
  expectTrue(message.includes('<svg') && message.includes(known?.providerStatus ?? ''))
  const now = await callWidget(deployment, 'now')
  expectTrue(now.includes('TELEPORTED'))
  const before = await callWidget(deployment, 'quarantine')
  const after = await chooseAction(deployment, before, 'drop')
  expectTrue(after.includes('1 deleted.'))
  return 'a message is found, an item dropped'
}

const turnAlarms: Step = async ({ deployment }) => {
  const metrics = await extractMetrics(deployment)
  const expected = providers.flatMap(({ id }) => {
    const name = id.charAt(0).toUpperCase() + id.slice(1)
    return ['Quarantined', 'Unmapped'].map((cause) =>
      deployment.idOf('AWS::CloudWatch::Alarm', `Operations${name}${cause}`),
    )
  })
  await eventually(`${expected.join(', ')} in alarm`, async () => {
    const { MetricAlarms = [] } = await deployment.cloudWatch.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }))
    return expected.every((id) => MetricAlarms.some(({ AlarmName }) => AlarmName === id))
  })
  return `${expected.length}, by ${metrics} metrics`
}

const deployChange: Step = async ({ folder, emulator }) => {
  const file = join(folder, 'functions/providers/octopush/normalizer.ts')
  const source = readFileSync(file, 'utf8')
  const fixed = source.replace('number: word }', 'number: optionalWord }')
  expectTrue(fixed !== source)
  writeFileSync(file, fixed)
  await deploy(folder, emulator)
  return 'octopush: number is optional'
}

const replayBroken: Step = async (scene) => {
  const { id } = (await findBroken(scene)) ?? { id: 'nothing' }
  await query(scene.deployment, `/quarantine/${id}/replay`, 'POST')
  const [record] = await eventually('its record', async () => {
    const records = await recordsOf(scene.deployment, 'octopush', 'rehearsal')
    return records.length > 0 && records
  })
  await eventually('it out of quarantine', async () => (await findBroken(scene)) === undefined)
  return `${record?.status}, and out of quarantine`
}

const sendAgain: Step = async (scene) => {
  const { deployment, keys } = scene
  const before = await readCounts(deployment)
  const recorded = cases.filter(({ problems, records }) => problems.length === 0 && records.length > 0)
  expectEqual(new Set(await sendAll(deployment, recorded, keys)), new Set([200]))
  const after = await settled(deployment, outcomesOf(before) + recorded.length)
  expectEqual((after.duplicate ?? 0) - (before.duplicate ?? 0), recorded.length)
  expectEqual(after.recorded, before.recorded)
  await readHistories(scene)
  return `${recorded.length} duplicates, and every history as before`
}

/** A rotation that refuses no callback, a callback with the new key, and what is in quarantine and the dead-letter queue, by the operators' command line. */
const operate: Step = async (scene) => {
  const { deployment, folder, keys } = scene
  const ledger = commandLine(scene)
  const callback = {
    ...JSON.parse(String(only('octopush').find(({ name }) => name === 'document-sms')?.body)),
    message_id: 'by-hand',
  }
  const file = join(folder, 'callback.json')
  writeFileSync(file, JSON.stringify(callback))
  const [{ key }] = await ledger('rotate', 'octopush')
  expectTrue(key !== keys.octopush?.current)
  // A receiver that has just read the secret reads it again after ten seconds.
  await eventually(
    'the new key to be accepted',
    async () => (await ledger('send', 'octopush', file).catch(() => [])).length > 0,
  )
  expectEqual(new Set(await sendAll(deployment, only('octopush').slice(0, 1), keys)), new Set([200]))
  await eventually('a record', async () => (await ledger('show', 'octopush', 'by-hand').catch(() => [])).length > 0)
  expectEqual((await ledger('dead-letters', 'list')).length, 1)
  await ledger('rotate', 'octopush', '--finish')
  return 'rotate, send, show, dead-letters'
}

const removeStack: Step = async ({ deployment }) => {
  const { name, cloudFormation, dynamoDb } = deployment
  await cloudFormation.send(new DeleteStackCommand({ StackName: name }))
  await eventually('no table', async () => {
    const { TableNames = [] } = await dynamoDb.send(new ListTablesCommand())
    return TableNames.length === 0
  })
  return 'no table is left'
}

/** The rehearsal of a deployed stack, step by step. */
export const STEPS: Record<string, Step> = {
  'callbacks without the right key are refused': refuseForgers,
  'callbacks become records': takeCallbacks,
  'histories are read back': readHistories,
  'a queue subscribes to the topic': subscribeQueue,
  'deliveries follow the ledger': compareDeliveries,
  'events reach the queue': readQueue,
  'events reach the endpoint': readWebhooks,
  'deliveries are looked up': lookUp,
  'what never comes is overdue': expectInVain,
  'a broken callback is quarantined': quarantineBroken,
  'a poison message goes to the dead-letter queue': setPoisonAside,
  'dashboard and alarms exist': findOperations,
  'alarms go into ALARM': turnAlarms,
  'the dashboard is used': useDashboard,
  'a change is deployed in place': deployChange,
  'the fixed callback is replayed': replayBroken,
  'all is sent again': sendAgain,
  'deliveries are as before': compareDeliveries,
  'the endpoint is paused and resumed': pauseEndpoint,
  'it is operated by command line': operate,
  'the stack is taken down': removeStack,
}
