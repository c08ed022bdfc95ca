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
