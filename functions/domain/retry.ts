import { readTimestamp } from './timestamp.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Seconds to the next attempt after the first, second, … that failed; the last stands for all that follow. */
const SCHEDULE = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 12 * HOUR] as const

/** A share of the delay by which it varies, so that what failed together does not come again together. */
const JITTER = 0.1

/**
 * SQS hides a message for 12 hours at most, counted from its receipt; a minute of them is for the attempt itself:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
 */
const LONGEST = 12 * HOUR - MINUTE

/**
 * The least that is waited for each attempt that was made, whatever an endpoint asks for, up to the longest of them: so a message is
 * received fewer than 1,000 times in 14 days, after which SQS would take it for poison.
 */
const LEAST_PER_ATTEMPT = 5
const LONGEST_LEAST = 30 * MINUTE

/** How long a queue keeps a message, in seconds: SQS's most. */
export const RETENTION = 14 * DAY

/** A message whose next attempt would come in the last hour of its 14 days is not tried again: SQS would delete it without a word. */
const MARGIN = HOUR

/** Above so many receipts an event waits by their number, however the endpoint was paused meanwhile: SQS takes one of 1,000 for poison. */
const MANY = 500

/**
 * How many attempts of an event count for the schedule: it was received that often, but while the endpoint was paused also to be looked
 * at. Of an event from before a pause that ended so many seconds ago, those count that the schedule has had time for since.
 */
export function attemptsOf(received: number, sincePause: number | undefined): number {
  if (sincePause === undefined || received > MANY) return received
  let [possible, after] = [1, 0]
  for (const delay of SCHEDULE) {
    after += delay * (1 - JITTER)
    if (after > sincePause) break
    possible++
  }
  return Math.min(received, possible)
}

/**
 * Seconds until an event is sent again, after so many attempts of which the last has failed: by the schedule, or by what the endpoint
 * asked for in `Retry-After` (seconds). `random` is at least 0 and below 1. For the schedule fewer may count (`attemptsOf`).
 */
export function retryDelay(
  attempts: number,
  retryAfter: number | undefined,
  random: number,
  counted = attempts,
): number {
  const index = Math.min(Math.max(counted, 1), SCHEDULE.length) - 1
  const planned = (SCHEDULE[index] as number) * (1 - JITTER + 2 * JITTER * random)
  const least = Math.min(LEAST_PER_ATTEMPT * Math.max(attempts, 1), LONGEST_LEAST)
  const delay = retryAfter === undefined ? planned : Math.max(retryAfter, least) * (1 + JITTER * random)
  return Math.ceil(Math.min(delay, LONGEST))
}

/** Whether an event that was put into the queue at `sentAt` may be sent again after so many seconds; times in milliseconds since 1970. */
export const isWorthwhile = (sentAt: number, delay: number, now: number): boolean =>
  now + delay * 1_000 <= sentAt + (RETENTION - MARGIN) * 1_000

/**
 * The seconds that a `Retry-After` asks for, from its number or its date; undefined where it holds neither, 0 where its date is past.
 * https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterIn(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const date = readTimestamp(text, 'UTC')
  return date === null ? undefined : Math.max(0, Math.ceil((Date.parse(date) - now) / 1_000))
}
