import { setTimeout as sleep } from 'node:timers/promises'
import type { Request, Secret } from '../functions/domain/request.ts'
import { providers } from '../functions/providers/index.ts'
import { send } from '../local/fixtures.ts'
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

/** Sends to what `url` gives; `keyOf` gives the key that a provider has been told to use. */
export function createSender(url: () => string, keyOf: (provider: string) => string, random: Random): Sender {
  const accepted: Attempt[] = []
  const wrongAnswers: string[] = []
  const counts = { sent: 0, retried: 0, refused: 0 }

  async function post(attempt: Attempt): Promise<number> {
    counts.sent++
    try {
      const response = await send(requestOf(attempt, url(), keyOf(attempt.provider)))
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

function requestOf({ provider: id, target, body, proof }: Attempt, origin: string, current: string): Request {
  const provider = providers.find((provider) => provider.id === id) as (typeof providers)[number]
  const headers = { 'content-type': 'application/json' }
  const request = {
    method: 'POST',
    url: `${origin}${target}`,
    headers,
    body: Buffer.from(body),
    receivedAt: Date.now(),
  }
  if (proof === 'missing') return request
  const signed = provider.proof.prove(request, { current })
  const spoil = {
    right: (text: string) => text,
    wrong: reverse,
    half: (text: string) => text.slice(0, text.length / 2),
  }
  const proofs = Object.entries(signed.headers).map(([name, value = '']) => [
    name,
    name in headers ? value : spoil[proof](value),
  ])
  return { ...signed, headers: Object.fromEntries(proofs) }
}

const reverse = (text: string) => text.split('').reverse().join('')

/** Keys that change while callbacks are under way: a provider is told the new one when every receiver knows it. */
export function createKeys(ids: readonly string[], random: Random) {
  const make = () => random.digits(40)
  const secrets = new Map<string, Secret>(ids.map((provider) => [provider, { current: make() }]))
  const told = new Map(ids.map((provider) => [provider, secrets.get(provider)?.current as string]))
  const all = [...told.values()]
  return {
    /** All keys there ever were. */
    all,
    secretOf: (provider: string) => secrets.get(provider) as Secret,
    keyOf: (provider: string) => told.get(provider) as string,
    /** Puts new keys beside those in use. */
    rotate() {
      for (const [provider, { current }] of secrets) secrets.set(provider, { current: make(), previous: current })
      all.push(...[...secrets.values()].map(({ current }) => current))
    },
    /** Tells the providers the new keys. */
    tell() {
      for (const [provider, { current }] of secrets) told.set(provider, current)
    },
  }
}
