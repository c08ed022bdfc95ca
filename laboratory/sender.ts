import { setTimeout as sleep } from 'node:timers/promises'
import type { Secret } from '../functions/domain/request.ts'
import { headersOf } from './contract.ts'
import type { Attempt } from './lives.ts'
import type { Random } from './random.ts'

/** The providers' side: what sends callbacks, and again until they are taken. */
export interface Sender {
  /** Resolves when the callback is taken, or answered so that no provider would send it again. */
  deliver(attempt: Attempt): Promise<void>
  /** Every callback that was answered 2xx. */
  readonly accepted: Attempt[]
  /** Answers that should not have been. */
  readonly wrongAnswers: string[]
  /** How often a callback was sent, and how often that was not the first time. */
  readonly counts: { sent: number; retried: number; refused: number }
}

const FIRST_PAUSE = 100
const LONGEST_PAUSE = 3_000

/** Sends to what `url` gives; `keyOf` gives the key that a provider uses. */
export function createSender(url: () => string, keyOf: (provider: string) => string, random: Random): Sender {
  const accepted: Attempt[] = []
  const wrongAnswers: string[] = []
  const counts = { sent: 0, retried: 0, refused: 0 }

  async function post(attempt: Attempt): Promise<number> {
    counts.sent++
    const headers = { 'content-type': 'application/json', ...proofOf(attempt, keyOf) }
    try {
      const response = await fetch(`${url()}${attempt.target}`, { method: 'POST', headers, body: attempt.body })
      await response.arrayBuffer()
      return response.status
    } catch {
      return 0
    }
  }

  async function deliver(attempt: Attempt): Promise<void> {
    const isRefused = attempt.fates.includes('refused')
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const status = await post(attempt)
      if (status === 200) accepted.push(attempt)
      if (status === 401) counts.refused++
      if (status === (isRefused ? 401 : 200)) return
      if (status !== 0 && status !== 503) {
        wrongAnswers.push(`answer: ${status} to ${attempt.provider} with a key that is ${attempt.proof}`)
        return
      }
      counts.retried++
      await sleep((pause * random.integer(50, 150)) / 100)
    }
  }

  return { deliver, accepted, wrongAnswers, counts }
}

function proofOf({ provider, body, proof }: Attempt, keyOf: (provider: string) => string): Record<string, string> {
  if (proof === 'missing') return {}
  const owner = proof === 'foreign' ? (provider === 'telesign' ? 'octopush' : 'telesign') : provider
  const headers = headersOf(provider, body, keyOf(owner))
  const keep = (text: string) => text
  const spoil = { right: keep, foreign: keep, wrong: reverse, half: (text: string) => text.slice(0, text.length / 2) }
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, spoil[proof](value)]))
}

const reverse = (text: string) => text.split('').reverse().join('')

/** Keys that change while callbacks are under way: a provider gets the new one when every receiver knows it. */
export function createKeys(ids: readonly string[], random: Random) {
  const make = () => random.digits(40)
  const secrets = new Map<string, Secret>(ids.map((provider) => [provider, { current: make() }]))
  const announced = new Map(ids.map((provider) => [provider, secrets.get(provider)?.current as string]))
  const all = [...announced.values()]
  return {
    /** All keys there ever were. */
    all,
    secretOf: (provider: string) => secrets.get(provider) as Secret,
    keyOf: (provider: string) => announced.get(provider) as string,
    /** Puts new keys beside those in use; one provider may be given the key that another has. */
    rotate(borrowed?: { by: string; from: string }) {
      const before = new Map(secrets)
      for (const [provider, { current }] of before) secrets.set(provider, { current: make(), previous: current })
      if (borrowed !== undefined) {
        const current = before.get(borrowed.from)?.current as string
        secrets.set(borrowed.by, { current, previous: before.get(borrowed.by)?.current })
      }
      all.push(...[...secrets.values()].map(({ current }) => current))
    },
    /** Gives the providers the new keys. */
    announce() {
      for (const [provider, { current }] of secrets) announced.set(provider, current)
    },
  }
}
