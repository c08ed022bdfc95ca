import type { Random } from './random.ts'

/** All injected faults; each must happen in a run. */
const FAULTS = [
  'DynamoDB throttles',
  'DynamoDB answers 500',
  'DynamoDB connection reset before the write',
  'DynamoDB answer lost after the write',
  'DynamoDB answers after the time-out',
  'DynamoDB writes part of a batch',
  'DynamoDB fails one row of many for longer than it is tried',
  'DynamoDB fails one row of many until its callback is a dead letter',
  'DynamoDB throttles a partition row by row',
  'DynamoDB restarted with its data',
  'SQS answers 500',
  'SQS connection reset before the send',
  'SQS answer lost after the send',
  'SQS answers after the time-out',
  'SQS out of reach for a while',
  'SQS restarted with its data',
  'API Gateway throttles the stage',
  'Lambda throttles a receiver',
  'Lambda throttles a worker',
  'callback given up by a provider that was throttled',
  'message delivered twice',
  'messages delivered out of order',
  'message visible again in the middle of work',
  'worker killed before its batch',
  'worker killed before a write',
  'worker killed after a write',
  'worker killed before the acknowledgement',
  'follower late',
  'follower killed in the middle of its batch',
  'follower killed before a write',
  'follower killed after a write',
  'follower killed before the stream goes on',
  "batch of the follower's stream delivered twice",
  'follower killed before it publishes',
  'follower killed after it has published',
  'publisher late',
  'publisher killed in the middle of its batch',
  'publisher killed before the stream goes on',
  "batch of the publisher's stream delivered twice",
  'publisher killed before it publishes',
  'publisher killed after it has published',
  'SNS answers 500',
  'SNS connection reset before the publish',
  'SNS fails entries of a batch',
  'SNS answer lost after the publish',
  'SNS out of reach for a while',
  'receiver killed before the send',
  'receiver killed between send and answer',
  'Secrets Manager answers 500',
  'secret rotated in the middle of traffic',
  'secret rotated to the key of another provider',
  'mapping upgraded in the middle of traffic',
  'callback that takes several rows in quarantine',
  'callback replayed in the middle of traffic',
  'callback dropped from quarantine',
  'dead letter redriven',
  'clock of a provider wrong by hours',
] as const

export type Fault = (typeof FAULTS)[number]

/** Injects faults, and counts them. */
export class Faults {
  readonly counts: Record<string, number> = Object.fromEntries(FAULTS.map((fault) => [fault, 0]))
  private readonly spared = new Map<Fault, number>()
  private readonly random: Random
  /** No fault happens by chance while false. */
  isActive = false

  constructor(random: Random) {
    this.random = random
  }

  count(fault: Fault): void {
    this.counts[fault] = (this.counts[fault] ?? 0) + 1
  }

  /** Whether a fault shall happen now: in a share of cases, and at the latest when that share has had time to come up. */
  happens(fault: Fault, share: number): boolean {
    if (!this.isActive) return false
    const spared = (this.spared.get(fault) ?? 0) + 1
    this.spared.set(fault, spared)
    const isDue = this.counts[fault] === 0 && spared >= 1 / share
    if (!isDue && !this.random.chance(share)) return false
    this.count(fault)
    return true
  }

  /** The same, and the first time that it can: for what has few occasions on a slow machine. */
  surely(fault: Fault, share: number): boolean {
    return this.happens(fault, this.counts[fault] === 0 ? 1 : share)
  }

  /** How many there were. */
  total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0)
  }

  /** Those that never happened. */
  missing(): string[] {
    return FAULTS.filter((fault) => this.counts[fault] === 0)
  }
}
