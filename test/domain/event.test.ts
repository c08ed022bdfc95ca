import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EventContext, recordedEvent } from '../../functions/domain/event.ts'
import { recordKey } from '../../functions/domain/key.ts'
import { anyRecord, statusRecord } from './records.ts'

const context: EventContext = { stage: 'prod', hashKey: 'key', recipients: 'masked' }
const record = statusRecord('delivered', 4, { recipient: '+33600112233', details: { to: '+33600112233' } })
const eventOf = (own: Partial<EventContext> = {}, changes = {}) => {
  const changed = { ...record, ...changes }
  return recordedEvent({ ...context, ...own }, recordKey(changed, null), changed)
}

describe('the event of a record', () => {
  test('is a CloudEvent, with the record but for its details', () => {
    const { details, ...data } = record
    expect(eventOf()).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[\w-]{22}$/),
      source: '/delivery-ledger/prod/octopush',
      type: 'delivery-ledger.status.recorded',
      subject: expect.stringMatching(/^[\w-]{22}$/),
      time: '2025-01-22T10:00:04.000Z',
      recordedtime: '2025-01-22T10:00:04.500Z',
      sequence: '2025-01-22T10:00:04.500Z#00000000#00000000',
      datacontenttype: 'application/json',
      data: { ...data, recipient: '+33•••33' },
    })
  })

  test.each(['ann.smith@$&.example', "ann.smith@$'.example", '$& ann smith'])(
    'masks the recipient %s in texts of the provider',
    (recipient) => {
      const { data } = eventOf({}, { recipient, description: `no mailbox for ${recipient} here` })
      expect(data.description).toBe(`no mailbox for ${data.recipient} here`)
      expect(JSON.stringify(data)).not.toMatch(/smith/)
    },
  )

  test('has no time where the provider tells none', () => {
    expect(eventOf({}, { occurredAt: null })).not.toHaveProperty('time')
  })

  test('has the same id again, another one for another record, and one subject for all records of a delivery', () => {
    const [one, other] = [eventOf(), eventOf({}, { status: 'read', providerStatus: 'READ' })]
    expect(eventOf()).toEqual(one)
    expect(other.id).not.toBe(one.id)
    expect(other.subject).toBe(one.subject)
    expect(eventOf({}, { recipient: '+33600112244' }).subject).not.toBe(one.subject)
  })

  test.each([
    ['plain', '+33600112233'],
    ['masked', '+33•••33'],
    ['hashed', expect.stringMatching(/^[\w-]{22}$/)],
  ] as const)('has its recipient %s', (recipients, written) => {
    expect(eventOf({ recipients }).data.recipient).toEqual(written)
  })

  test('hashes two spellings of one recipient alike', () => {
    const [one, other] = ['+33600112233', 'whatsapp:33600112233'].map((recipient) =>
      eventOf({ recipients: 'hashed' }, { recipient }),
    )
    expect(one?.data.recipient).toBe(other?.data.recipient)
  })

  test('holds its recipient nowhere else in the clear', () => {
    expect(JSON.stringify(eventOf())).not.toContain('600112233')
  })

  test('masks what the provider writes of its recipient in other texts, unless recipients are plain', () => {
    const quoted = {
      recipient: 'ann.smith@example.com',
      description: 'delivery to ann.smith@example.com failed',
      error: { code: '550', message: 'smtp; 550 5.1.1 <ann.smith@example.com>: user unknown' },
    }
    for (const recipients of ['masked', 'hashed'] as const)
      expect(JSON.stringify(eventOf({ recipients }, quoted))).not.toContain('ann.smith')
    expect(eventOf({ recipients: 'plain' }, quoted).data).toMatchObject(quoted)
  })

  test('has no half of a character, where a text is cut', () => {
    const { campaign } = eventOf({}, { campaign: `${'x'.repeat(1_999)}😀` }).data
    expect(campaign?.isWellFormed()).toBe(true)
  })

  test('keeps the id of its message whole', () => {
    const messageId = 'x'.repeat(2_030)
    expect(eventOf({}, { messageId }).data.messageId).toBe(messageId)
  })

  test('fits into a message, however long its texts are', () => {
    const long = '\u0001'.repeat(300_000)
    const event = eventOf(
      {},
      { description: long, error: { code: long, message: long }, reference: long, campaign: long },
    )
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(200_000)
  })

  test('of any record has what a CloudEvent must have, of the shapes that it must have', () => {
    fc.assert(
      fc.property(anyRecord, (any) => {
        const { specversion, id, source, type, time } = recordedEvent(context, recordKey(any, null), any)
        expect({ specversion, type }).toEqual({ specversion: '1.0', type: expect.stringMatching(/./) })
        expect(id).toMatch(/./)
        expect(URL.canParse(source, 'https://example.com')).toBe(true)
        if (time !== undefined) expect(new Date(time).toISOString()).toBe(time)
      }),
    )
  })
})
