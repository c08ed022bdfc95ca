import type { LedgerEvent } from './event.ts'

/** What consumers may filter events by. */
export const EVENT_ATTRIBUTES = ['type', 'provider', 'channel', 'status', 'final', 'campaign'] as const

/** The texts that an event is filtered by; an attribute without a text is left out. */
export type EventAttributes = Partial<Record<(typeof EVENT_ATTRIBUTES)[number], string>>

/** An event's attributes, as the topic's messages have them: https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html */
export function attributesOf({ type, data }: LedgerEvent): EventAttributes {
  const values: Record<string, unknown> = { ...data, type }
  const texts = EVENT_ATTRIBUTES.map((name) => [name, textOf(values[name])] as const)
  // An attribute must not be empty.
  return Object.fromEntries(texts.filter(([, text]) => text !== ''))
}

/** A subscription's filter takes no control characters, and SNS none that are no characters. */
const textOf = (value: unknown): string =>
  String(value ?? '')
    .replace(/[\p{Cc}\uFFFE\uFFFF]/gu, ' ')
    .toWellFormed()
    .trim()
