import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from './account.ts'
import { type Call, type Disturb, errorAnswer } from './fault-proxy.ts'
import type { Faults } from './faults.ts'
import type { Mortals } from './mortals.ts'
import type { Random } from './random.ts'
import { forwardRows, type RowFaults } from './row-faults.ts'

/** How often a call is disturbed, as a share of calls of its kind. */
const SHARE = { throttle: 0.02, failure: 0.02, reset: 0.02, lost: 0.02, late: 0.01, death: 0.01 }

/** Longer than any client waits for an answer, in milliseconds. */
const TOO_LATE = 6_000

/** What disturbs calls to AWS, and whom it may kill. */
export interface Chaos {
  random: Random
  faults: Faults
  mortals: Mortals
  rows: RowFaults
  account: Account
  isQueueDown: boolean
  isTopicDown: boolean
  /** Which version of the mappings a worker has, that is given a batch now. */
  version: () => 'today' | 'next'
}

/** Disturbs the worker's and the follower's calls to DynamoDB. */
export const disturbTables =
  (chaos: Chaos): Disturb =>
  async (call, forward) => {
    const { faults } = chaos
    const [role = ''] = call.caller.split('-', 1)
    if (role !== 'worker' && role !== 'follower') return forward()
    if (faults.happens(`${role} killed before a write`, SHARE.death)) return kill(chaos, call)
    if (faults.happens('DynamoDB throttles', SHARE.throttle))
      return errorAnswer(400, 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException')
    if (faults.happens('DynamoDB answers 500', SHARE.failure))
      return errorAnswer(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError')
    if (faults.happens('DynamoDB connection reset before the write', SHARE.reset)) return undefined
    const answer = await forwardRows(chaos.rows, call, forward)
    if (faults.happens(`${role} killed after a write`, SHARE.death)) return kill(chaos, call)
    if (faults.happens('DynamoDB answers after the time-out', SHARE.late)) await sleep(TOO_LATE)
    return faults.happens('DynamoDB answer lost after the write', SHARE.lost) ? undefined : answer
  }

/** Disturbs the receivers' and the event source's calls to SQS. */
export const disturbQueue =
  (chaos: Chaos): Disturb =>
  async (call, forward) => {
    const { faults } = chaos
    if (chaos.isQueueDown) {
      faults.count('SQS out of reach for a while')
      return undefined
    }
    const isReceiver = call.caller.startsWith('receivers')
    if (isReceiver && faults.happens('receiver killed before the send', SHARE.death / 4)) return kill(chaos, call)
    if (faults.happens('SQS answers 500', SHARE.failure)) return errorAnswer(500, 'com.amazonaws.sqs#InternalError')
    if (faults.happens('SQS connection reset before the send', SHARE.reset)) return undefined
    const answer = await forward()
    if (isReceiver && faults.happens('receiver killed between send and answer', SHARE.death / 4))
      return kill(chaos, call)
    if (isReceiver && faults.happens('SQS answers after the time-out', SHARE.late / 4)) await sleep(TOO_LATE)
    return faults.happens('SQS answer lost after the send', SHARE.lost) ? undefined : answer
  }

function kill({ mortals }: Chaos, { caller }: Call): undefined {
  mortals.kill(caller)
}
