import { setTimeout as sleep } from 'node:timers/promises'
import type { Request, Secret } from '../functions/domain/request.ts'
import { providers } from '../functions/providers/index.ts'
import { send } from '../local/fixtures.ts'
import type { Account } from './account.ts'
import { headersOf } from './contract.ts'
import type { Faults } from './faults.ts'
import { makeSecret } from './keys.ts'
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

/** The share of throttled callbacks that are not sent again: some providers send once. */
const GIVEN_UP = 0.05

/** How callbacks reach the receivers. */
interface Way {
  /** A receiver that is up. */
  url: () => string
  /** The secret that a provider uses. */
  secretOf: (provider: string) => Secret
  account: Account
  faults: Faults
  random: Random
}

/** Sends callbacks through the stage to the receivers. */
export function createSender({ url, secretOf, account, faults, random }: Way): Sender {
  const accepted: Attempt[] = []
  const wrongAnswers: string[] = []
  const counts = { sent: 0, retried: 0, refused: 0 }

  /** The status of the answer, 0 where there was none; throttled callbacks do not reach a receiver. */
  async function post(attempt: Attempt): Promise<{ status: number; isThrottled: boolean }> {
    counts.sent++
    if (!account.admit()) return { status: 429, isThrottled: true }
    const status = await account
      .execute('Lambda throttles a receiver', async () => {
        const response = await send(requestOf(attempt, url(), secretOf, random))
        await response.arrayBuffer()
        return response.status
      })
      .catch(() => 0)
    return { status: status ?? 503, isThrottled: status === undefined }
  }

  async function deliver(attempt: Attempt): Promise<void> {
    const isRefused = attempt.fates.includes('refused')
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const { status, isThrottled } = await post(attempt)
      if (status === 200) accepted.push(attempt)
      if (status === 401) counts.refused++
      if (status === (isRefused ? 401 : 200)) return
      if (isThrottled && pause === FIRST_PAUSE && random.chance(GIVEN_UP)) {
        faults.count('callback given up by a provider that was throttled')
        return
      }
      if (status !== 0 && status !== 503 && !isThrottled) {
        wrongAnswers.push(`answer: ${status} to ${attempt.provider} with a key that is ${attempt.proof}`)
        return
      }
      counts.retried++
      await sleep((pause * random.integer(50, 150)) / 100)
    }
  }

  return { deliver, accepted, wrongAnswers, counts }
}

/** A callback with its proof, right or wrong. */
function requestOf(attempt: Attempt, origin: string, secretOf: (provider: string) => Secret, random: Random): Request {
  const { provider, method, target, contentType, body, proof, isExample } = attempt
  const bare: Request = {
    method,
    url: `${origin}${target}`,
    headers: { 'content-type': contentType },
    body: Buffer.from(body),
    receivedAt: Date.now(),
  }
  if (proof === 'missing') return bare
  if (isExample) {
    const secret = proof === 'foreign' ? makeSecret(provider, random) : secretOf(provider)
    return spoil(proof, bare, schemeOf(provider).prove(bare, secret))
  }
  const owner = proof === 'foreign' ? (provider === 'telesign' ? 'octopush' : 'telesign') : provider
  const headers = { ...bare.headers, ...headersOf(provider, body, secretOf(owner).current) }
  return spoil(proof, bare, { ...bare, headers })
}

const schemeOf = (provider: string) => (providers.find(({ id }) => id === provider) as (typeof providers)[number]).proof

const SPOILED = {
  right: (text: string) => text,
  foreign: (text: string) => text,
  /** Another character in its middle. */
  wrong(text: string) {
    const at = Math.floor(text.length / 2)
    return `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`
  },
  half: (text: string) => text.slice(0, text.length / 2),
}

/** A signature or a key that stands in a body or a query. */
const IN_PLACE = /(?<=\b(?:Signature|signature|sig)(?:"\s*:\s*"|=))[^"&{]{8,}/

/** The request with what its proof has put there spoiled: in headers, or in its place in the body or the query. */
function spoil(proof: keyof typeof SPOILED, bare: Request, proven: Request): Request {
  const spoiled = SPOILED[proof]
  const added = Object.entries(proven.headers).filter(([name, value]) => value !== bare.headers[name])
  if (added.length > 0)
    return {
      ...proven,
      headers: { ...proven.headers, ...Object.fromEntries(added.map(([name, value = '']) => [name, spoiled(value)])) },
    }
  const inPlace = (text: string) => text.replace(IN_PLACE, spoiled)
  return { ...proven, url: inPlace(proven.url), body: Buffer.from(inPlace(proven.body.toString())) }
}
