import { setTimeout as sleep } from 'node:timers/promises'
import { alienIds, exampleLives } from './examples.ts'
import type { Faults } from './faults.ts'
import { type Attempt, campaign, LIVES, type Life } from './lives.ts'
import type { Random } from './random.ts'
import type { Sender } from './sender.ts'

const DAY = 86_400_000

/** Of so many lives one is a campaign, the first of them early in the run. */
const CAMPAIGNS = 2_000
const EARLY = 20

/** One of so many lives is made of fixtures. */
const EXAMPLES = 3

/** The providers of the other lives. */
const WRITTEN = new Set(['avaamo', 'nifteem', 'telesign', 'octopush'])

const LARGE = 500_000

/** Lives of messages without end, the same for the same random choices: some hostile, some malformed, some about other things. */
function* livesOf(random: Random, faults: Faults): Generator<Life, never> {
  const kinds = Object.values(LIVES)
  const examples = exampleLives(WRITTEN, random)
  for (let serial = 1; ; serial++) {
    if (serial % EXAMPLES === 0) {
      yield examples.next().value.map((attempt) => disturb(attempt, random, faults))
      continue
    }
    const write = serial % CAMPAIGNS === EARLY ? campaign : random.pick(kinds)
    const isSkewed = random.chance(0.1)
    const start = Date.UTC(2025, 0, 20) + random.integer(0, 10 * DAY) + (isSkewed ? random.integer(-DAY, DAY) : 0)
    const life = write(`${serial}${random.digits(8)}`, Math.floor(start / 1000) * 1000, random)
    yield life.map((attempt) => disturb({ ...attempt, isSkewed }, random, faults))
  }
}

/** Of a hundred callbacks, some are forged, some are malformed, some are tests of a console. */
function disturb(attempt: Attempt, random: Random, faults: Faults): Attempt {
  if (random.chance(0.03))
    return {
      ...attempt,
      fates: ['refused'],
      proof: random.pick(['missing', 'wrong', 'half', 'foreign']),
      target: alien(attempt.target),
      body: alien(attempt.body),
      expected: JSON.parse(alien(JSON.stringify(attempt.expected))),
    }
  if (attempt.isExample) return attempt
  if (random.chance(0.02))
    return {
      ...attempt,
      fates: ['quarantined'],
      expected: [],
      body: random.pick([
        `${attempt.body.slice(0, -2)} ${random.digits(12)}`,
        `["${random.digits(12)}"]`,
        `{"${random.digits(12)}":1}`,
      ]),
    }
  if (faults.happens('callback that takes several rows in quarantine', 0.003))
    return { ...attempt, fates: ['quarantined'], expected: [], body: `["${random.digits(12)}${'x'.repeat(LARGE)}"]` }
  if (random.chance(0.01)) return { ...attempt, fates: ['ignored'], expected: [], body: '' }
  return attempt
}

/** The same with another id, so that nothing of it may be in the ledger. */
const alien = (text: string): string => alienIds(text.replace(/\bid-/g, 'alien-'))

/** Messages in progress at the same time: callbacks of one are mixed with those of the others. */
const MESSAGES = 200
const TWICE = 0.05
const CONCURRENCY = 64

/** How much is sent, and how fast. */
export interface Load {
  random: Random
  faults: Faults
  /** Callbacks a second, on average; they come in bursts. */
  rate: number
  /** The least number of callbacks, duplicates not counted; and the least time in seconds, from `startedAt` on. */
  callbacks: number
  seconds: number
  startedAt: number
  print: (line: string) => void
  /** Is given how much has been done, 0 to 1. */
  progress: (share: number) => void
}

const REPORT_EVERY = 5_000

/** Sends the callbacks of many messages until there were enough, some of them twice, and waits until all are taken. */
export async function sendTraffic({ deliver }: Sender, load: Load): Promise<void> {
  const { random, faults, rate, callbacks, seconds, startedAt, print, progress } = load
  const fresh = livesOf(random, faults)
  const lives = Array.from({ length: MESSAGES }, () => [...fresh.next().value])
  const end = startedAt + seconds * 1_000
  const underWay = new Set<Promise<void>>()
  let begun = 0
  let reportedAt = startedAt

  function next(): Attempt {
    // Each life begins before the second callback of another one, so that a short run has all kinds.
    const index = begun < MESSAGES ? begun : random.integer(0, MESSAGES - 1)
    const life = lives[index] as Life
    // Now and then a later callback overtakes an earlier one.
    const at = random.chance(0.1) ? random.integer(0, life.length - 1) : 0
    const attempt = life.splice(at, 1)[0] as Attempt
    if (life.length === 0) lives[index] = [...fresh.next().value]
    return attempt
  }

  async function send(attempt: Attempt): Promise<void> {
    if (attempt.isSkewed) faults.count('clock of a provider wrong by hours')
    await deliver(attempt)
    if (random.chance(TWICE)) await deliver(attempt)
  }

  while (begun < callbacks || Date.now() < end) {
    const burst = random.chance(0.1) ? random.integer(20, 60) : random.integer(1, 6)
    for (let index = 0; index < burst; index++) {
      const sending = send(next()).then(() => void underWay.delete(sending))
      underWay.add(sending)
      begun++
      if (underWay.size >= CONCURRENCY) await Promise.race(underWay)
    }
    progress(Math.min(begun / callbacks, (Date.now() - startedAt) / (end - startedAt || 1)))
    if (Date.now() - reportedAt > REPORT_EVERY) {
      reportedAt = Date.now()
      print(`${Math.round((reportedAt - startedAt) / 1_000)} s: ${begun} callbacks sent, ${faults.total()} faults`)
    }
    await sleep((burst / rate) * 1_000)
  }
  await Promise.all(underWay)
}
