import type { Fault, Faults } from './faults.ts'

/** Concurrent executions of a new account, and of others: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
const EXECUTIONS = { new: 10, raised: 1_000 }

/** The requests that a stage takes at once, above its rate. */
const BURST = 15

/** What an account and a stage let through. */
export interface Account {
  /** Runs a function of the account; undefined where none of its executions is free, which counts as the fault. */
  execute<T>(throttled: Fault, run: () => Promise<T>): Promise<T | undefined>
  /** Whether the stage takes a request now. */
  admit(): boolean
  /** Whether other functions of the account use all its executions. */
  isBusy: boolean
  /** Whether its quota of executions has been raised. */
  isRaised: boolean
}

/**
 * A new account, and a stage that takes `rate` requests a second: a token bucket.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
export function createAccount(faults: Faults, rate: number): Account {
  let running = 0
  let bucket = { tokens: BURST, at: Date.now() }
  return {
    isBusy: false,
    isRaised: false,
    async execute(throttled, run) {
      if (this.isBusy || running >= EXECUTIONS[this.isRaised ? 'raised' : 'new']) {
        faults.count(throttled)
        return undefined
      }
      running++
      try {
        return await run()
      } finally {
        running--
      }
    },
    admit() {
      const now = Date.now()
      const tokens = Math.min(BURST, bucket.tokens + ((now - bucket.at) / 1_000) * rate)
      const isAdmitted = tokens >= 1
      bucket = { tokens: isAdmitted ? tokens - 1 : tokens, at: now }
      if (!isAdmitted) faults.count('API Gateway throttles the stage')
      return isAdmitted
    },
  }
}
