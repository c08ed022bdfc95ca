import { readFileSync } from 'node:fs'
import { providers } from '../functions/providers/index.ts'
import { type Fixture, readFixtures } from '../local/fixtures.ts'
import { rankOf, type Word } from './contract.ts'
import type { Attempt, ExpectedRecord, Fate, Life } from './lives.ts'
import type { Random } from './random.ts'

/** What a fixture's `.json` says of it. */
interface Expectation {
  records?: (Omit<ExpectedRecord, 'means' | 'providerOrder'> & { status: Word; order: number })[]
  problems?: string[]
  ignored?: string[]
}

/** A fixture whose messages can be given other ids, since the part that varies stands in it as it is. */
interface Example extends Pick<Fixture, 'method' | 'target' | 'headers'> {
  body: string
  expectation: Expectation
  variable: string[]
}

const MAX_LENGTH = 6

/** In each id of the traffic, and in each id of a forged callback. Nothing else contains these digits. */
const OURS = '424242'
const ALIEN = '737373'

/** The longest part of an id that is spelled alike in JSON, in a form and in a URL. */
const variablePart = (messageId: string): string =>
  (messageId.match(/[A-Za-z0-9]{12,}/g) ?? []).sort((a, b) => b.length - a.length)[0] ?? ''

/** Begins as the other: what stands there may have a meaning. */
const freshPart = (part: string, random: Random): string =>
  `${part.slice(0, Math.min(4, part.length - 11))}${OURS}`.padEnd(part.length, random.digits(part.length))

function readExamples(provider: string): Example[] {
  return readFixtures(provider).flatMap(({ method, target, headers, body, expectation: file }) => {
    const expectation: Expectation = JSON.parse(readFileSync(file, 'utf8'))
    const { records = [], ignored = [] } = expectation
    const raw = `${target} ${body}`
    const variable = [...new Set(records.map(({ messageId }) => variablePart(messageId)))]
    // A hash or a signature that stands in a fixture is that of the body as it stands there; all pings are alike.
    const isUsable = !/sha256=|\bsig\b/i.test(raw) && !ignored.includes('ping')
    const isVariable = variable.every((part) => part !== '' && raw.includes(part))
    return isUsable && isVariable ? { method, target, headers, body: body.toString(), expectation, variable } : []
  })
}

/** Lives of a provider, made of its fixtures: some of its callbacks, in any order, about messages with ids of their own. */
function livesOf(provider: string): (random: Random) => Life {
  const examples = readExamples(provider)
  return (random) => {
    const chosen = Array.from({ length: random.integer(1, MAX_LENGTH) }, () => random.pick(examples))
    const parts = [...new Set(chosen.flatMap(({ variable }) => variable))].sort((a, b) => b.length - a.length)
    const fresh = new Map(parts.map((part) => [part, freshPart(part, random)]))
    const rename = (text: string) =>
      parts.length === 0 ? text : text.replace(new RegExp(parts.join('|'), 'g'), (part) => fresh.get(part) ?? part)
    return [...new Set(chosen)].map((example) => attemptOf(provider, example, rename))
  }
}

function attemptOf(provider: string, example: Example, rename: (text: string) => string): Attempt {
  const { method, target, headers, body, expectation } = example
  const { records = [], problems = [] }: Expectation = JSON.parse(rename(JSON.stringify(expectation)))
  const fates: Fate[] = [
    ...(records.length > 0 ? (['stored'] as const) : []),
    ...(problems.length > 0 ? (['quarantined'] as const) : []),
  ]
  return {
    provider,
    method,
    target: rename(target)
      .replace(/^\/\//, '/')
      .replace(/(?<=[?&])key=[^&]*&?/, ''),
    contentType: headers['content-type'] ?? 'text/plain',
    body: rename(body),
    proof: 'right',
    fates: fates.length > 0 ? fates : ['ignored'],
    isSkewed: false,
    isExample: true,
    expected: records.map(({ status, order, ...record }) => ({
      ...record,
      means: [status, status],
      providerOrder: order === rankOf(status) ? null : order,
    })),
  }
}

/** The same with other ids, so that nothing of it may be in the ledger. */
export const alienIds = (text: string): string => text.replaceAll(OURS, ALIEN)

/** Gives one life after the other, of each provider but these in turn: so the traffic has each kind of proof and of body. */
export function* exampleLives(others: ReadonlySet<string>, random: Random): Generator<Life, never> {
  const writers = providers.filter(({ id }) => !others.has(id)).map(({ id }) => livesOf(id))
  for (;;) for (const write of writers) yield write(random)
}
