import type { LedgerEvent, RecipientForm } from './event.ts'
import { attributesOf, type EVENT_ATTRIBUTES } from './event-attributes.ts'

/** Which events are sent: each attribute that is named has any of its texts; `{}` takes all events. */
export type EventFilter = Partial<Record<(typeof EVENT_ATTRIBUTES)[number], string[]>>

/** A consumer's URL to which events are sent as webhooks. */
export interface Endpoint {
  /** `[a-z][a-z0-9-]{0,30}` */
  name: string
  url: string
  filter: EventFilter
  /** How it is sent recipients. */
  recipients: RecipientForm
}

/**
 * Whether an event passes a filter, as the topic's subscription decides it:
 * https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
 */
export function matches(filter: EventFilter, event: LedgerEvent): boolean {
  const attributes: Partial<Record<string, string>> = attributesOf(event)
  return Object.entries(filter).every(([name, texts]) => texts.some((text) => text === attributes[name]))
}

/** Why an endpoint is sent nothing: it failed on and on, it answered `410`, or an operator paused it. */
export type PauseReason = 'failures' | 'gone' | 'operator'

/** How an endpoint has answered lately, and whether it is sent anything. Times are RFC 3339; null where it never was so. */
export interface EndpointState {
  state: 'flowing' | 'paused'
  reason: PauseReason | null
  /** When it was paused or resumed. */
  since: string | null
  /** Failures since the last success. */
  failures: number
  failingSince: string | null
  /** An HTTP status, or a short cause. */
  lastAnswer: string | null
  lastAt: string | null
  lastSuccessAt: string | null
  /** When a paused one was last tried. */
  probedAt: string | null
}

/** The state of an endpoint that was never sent anything. */
export const NEW_STATE: EndpointState = {
  state: 'flowing',
  reason: null,
  since: null,
  failures: 0,
  failingSince: null,
  lastAnswer: null,
  lastAt: null,
  lastSuccessAt: null,
  probedAt: null,
}

const MINUTE = 60_000

/** So many failures in a row, over so many milliseconds, pause an endpoint: a deployment of a consumer does not. */
const FAILURES = 10
const FAILING_FOR = 5 * MINUTE

/** Milliseconds between two probes of a paused endpoint. */
const PROBE_PAUSE = 3 * MINUTE

/** Whether an endpoint fails on and on, so that it is to be paused. `now` in milliseconds since 1970. */
export const isFailing = ({ failures, failingSince }: EndpointState, now: number): boolean =>
  failures >= FAILURES && failingSince !== null && now - Date.parse(failingSince) >= FAILING_FOR

/** Whether a paused endpoint is to be tried now; what an operator paused is not. */
export const isProbeDue = ({ state, reason, since, probedAt }: EndpointState, now: number): boolean =>
  state === 'paused' && reason !== 'operator' && now - Date.parse(probedAt ?? since ?? '') >= PROBE_PAUSE
