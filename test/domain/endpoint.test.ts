import { describe, expect, test } from 'vitest'
import { matches } from '../../functions/domain/endpoint.ts'
import { type EventContext, recordedEvent } from '../../functions/domain/event.ts'
import { attributesOf } from '../../functions/domain/event-attributes.ts'
import type { StatusRecord } from '../../functions/domain/status.ts'
import { statusRecord } from './records.ts'

const CONTEXT: EventContext = { stage: 'test', hashKey: 'key', recipients: 'masked' }

const eventOf = (changes: Partial<StatusRecord> = {}) =>
  recordedEvent(
    CONTEXT,
    { pk: 'octopush#sms_1', sk: 'record#a' },
    statusRecord('delivered', 60, { channel: 'sms', ...changes }),
  )

describe('an event’s attributes', () => {
  test('are the texts of its members, true and false among them, without those that are null', () => {
    expect(attributesOf(eventOf({ campaign: null }))).toEqual({
      type: 'delivery-ledger.status.recorded',
      provider: 'octopush',
      channel: 'sms',
      status: 'delivered',
      final: 'true',
    })
  })

  test('hold no control characters, and nothing that is blank', () => {
    expect(attributesOf(eventOf({ campaign: ' spring\n2026\uFFFE\uD800 ' })).campaign).toBe('spring 2026 \uFFFD')
    expect(attributesOf(eventOf({ campaign: '\u0000' }))).not.toHaveProperty('campaign')
  })
})

describe('a filter', () => {
  test.each([
    ['nothing', {}, true],
    ['one of its statuses', { status: ['failed', 'delivered'] }, true],
    ['another status', { status: ['failed'] }, false],
    ['its final state as text', { final: ['true'] }, true],
    ['all of its attributes', { type: ['delivery-ledger.status.recorded'], provider: ['octopush'] }, true],
    ['one attribute that it has and one that it has not', { provider: ['octopush'], channel: ['email'] }, false],
    ['an attribute that is null', { campaign: ['spring'] }, false],
    ['no text at all', { status: [] }, false],
  ])('that names %s decides %j as %s', (_, filter, isTaken) => {
    expect(matches(filter, eventOf({ campaign: null }))).toBe(isTaken)
  })
})
