import { kindOf } from '../domain/standing.ts'
import { STATUSES, type Status } from '../domain/status.ts'
import type { Deliveries } from '../platform/delivery-table.ts'
import { findDeliveries, LookupOff, NoPosition, type Question } from '../platform/lookups.ts'
import { Problem } from '../platform/problem.ts'
import { badCursor, decodeCursor, encodeCursor, readLimit, reject, rejectUnknown } from './parameters.ts'

const DEFAULT_LIMIT = 200

/** The statuses by which deliveries are looked up. */
const FAILURES = (Object.keys(STATUSES) as Status[]).filter((status) => kindOf(status) === 'failure')

/** The parameters that each ask a question, and what belongs to them. */
const QUESTIONS: Record<string, readonly string[]> = {
  recipient: [],
  reference: [],
  campaign: [],
  status: ['provider', 'day'],
  overdue: ['provider'],
}

const PARAMETERS = [...Object.keys(QUESTIONS), 'provider', 'day', 'limit', 'cursor']

type Parameters = Record<string, string | undefined>

/** What is looked at. */
export interface DeliveriesDesk {
  providers: readonly string[]
  deliveries: Deliveries
}

/** Deliveries that answer one question, newest first (`GET /v1/deliveries`). */
export async function listDeliveries({ deliveries, providers }: DeliveriesDesk, parameters: Parameters) {
  rejectUnknown(PARAMETERS, parameters)
  const { recipient, reference, campaign, status, overdue, provider, day, limit, cursor } = parameters
  const about = ['deliveries', recipient, reference, campaign, status, overdue, provider, day]
  // Without a day, the pages after midnight are still of the day on which the first was read.
  const [, today = new Date().toISOString().slice(0, 10), after] =
    /^(\S+) (.*)$/s.exec(decodeCursor(about, cursor) ?? '') ?? []
  const question = questionOf({ ...parameters, day: day ?? today }, askedIn(parameters), providers)
  const count = readLimit(limit, DEFAULT_LIMIT)
  try {
    const { summaries, next } = await findDeliveries(deliveries, question, count, after)
    return { items: summaries, cursor: next && encodeCursor(about, `${day ?? today} ${next}`) }
  } catch (error) {
    if (error instanceof LookupOff) throw new Problem(400, error.message)
    if (error instanceof NoPosition) throw badCursor()
    throw error
  }
}

/** The one question of a request. Throws Problem 400 where there is none, or more, or what belongs to another. */
function askedIn(parameters: Parameters): string {
  const asked = Object.keys(QUESTIONS).filter((name) => parameters[name] !== undefined)
  const [name = ''] = asked
  if (asked.length !== 1)
    throw new Problem(
      400,
      `one question at a time: expected one of ${Object.keys(QUESTIONS).join(', ')}, not ${asked.join(' and ') || 'none of them'}`,
    )
  const foreign = ['provider', 'day'].find(
    (other) => parameters[other] !== undefined && !QUESTIONS[name]?.includes(other),
  )
  if (foreign !== undefined)
    throw reject(
      foreign,
      `only with ${Object.keys(QUESTIONS)
        .filter((name) => QUESTIONS[name]?.includes(foreign))
        .join(' or ')}`,
    )
  return name
}

function questionOf(parameters: Parameters & { day: string }, name: string, providers: readonly string[]): Question {
  const { provider, day } = parameters
  const value = parameters[name]
  if (!value) throw reject(name, 'a text')
  if (name === 'recipient') return { recipient: value }
  if (name === 'reference') return { reference: value }
  if (name === 'campaign') return { campaign: value }
  if (provider === undefined || !providers.includes(provider))
    throw reject('provider', `one of ${providers.join(', ')}`)
  if (name === 'overdue') {
    if (value !== 'true') throw reject('overdue', 'true')
    return { overdue: true, provider }
  }
  const status = FAILURES.find((failure) => failure === value)
  if (status === undefined) throw reject('status', `one of ${FAILURES.join(', ')}`)
  if (!isDay(day)) throw reject('day', 'a date in UTC, such as 2026-01-31')
  return { provider, status, day }
}

/** Whether a text is a date that exists. */
const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00Z`).toJSON()?.slice(0, 10) === text
