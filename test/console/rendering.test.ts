import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { axisOf } from '../../functions/console/axis.ts'
import { html, json } from '../../functions/console/html.ts'
import { dateTimeOf, roughSpanOf, spanOf } from '../../functions/console/moment.ts'
import { COLOURS } from '../../functions/console/palette.ts'
import { sentenceOf } from '../../functions/console/sentence.ts'
import { timelineOf } from '../../functions/console/timeline.ts'
import { readView } from '../../functions/console/view.ts'
import { deliveriesOf } from '../../functions/domain/delivery.ts'
import { maskRecipient, maskText } from '../../functions/domain/mask.ts'
import { STATUSES, type Status, type StatusRecord } from '../../functions/domain/status.ts'
import { rowOf, statusRecord } from '../domain/records.ts'

const MINUTE = 60_000

const record: typeof statusRecord = (status, seconds, more) =>
  statusRecord(status, seconds, { recipient: '+33600112233', ...more })

const drawn = (records: readonly StatusRecord[], width = 700) =>
  timelineOf(records, { width, clock: { label: 'UTC', offsetInMinutes: 0 }, title: 'T', nameOf: maskRecipient }).text

describe('where a message stands', () => {
  test.each([
    ['Delivered by SMS', [record('delivered', 0)]],
    ['Sent by SMS 4 s after it was queued, nothing final yet', [record('queued', 0), record('sent', 4)]],
    [
      'Delivered by SMS 2 min 7 s after RCS timed out',
      [record('expired', 0, { channel: 'rcs' }), record('delivered', 127)],
    ],
    [
      'Not delivered right after it was sent',
      [record('sent', 0, { channel: null }), record('undelivered', 0, { channel: null })],
    ],
    [
      'Of 3 deliveries: 1 read, 2 delivered',
      [record('delivered', 0), record('read', 1, { recipient: 'b' }), record('delivered', 2, { recipient: 'c' })],
    ],
    ['Of 2 parts: 1 delivered, 1 sent', [record('sent', 0, { part: 1 }), record('delivered', 2, { part: 2 })]],
    ['Unknown by SMS', [record('unknown', 0)]],
  ])('%s', (sentence, records) => {
    expect(sentenceOf(deliveriesOf(records.map((one) => rowOf(one))))).toBe(sentence)
  })
})

test.each([
  [0, 'less than 1 s'],
  [1_000, '1 s'],
  [127_000, '2 min 7 s'],
  [3_600_000, '1 h'],
  [90_061_000, '1 d 1 h'],
  [-61_000, '1 min 1 s'],
  [800 * 24 * 60 * MINUTE, '2 years 2 months'],
])('%i ms are %s', (milliseconds, words) => {
  expect(spanOf(milliseconds)).toBe(words)
  expect(words.startsWith(roughSpanOf(milliseconds))).toBe(true)
})

describe('what is masked', () => {
  test.each([
    ['+33600112233', '+33•••33'],
    ['person@example.com', 'p•••@example.com'],
    ['12345', '•••'],
  ])('%s is %s', (recipient, masked) => {
    expect(maskRecipient(recipient)).toBe(masked)
  })

  test('numbers and addresses go from any text, times and short numbers stay', () => {
    expect(
      maskText('call +33 6 00 11 22 33 or 0600112233, mail a.b+c@mail.example.org, at 2025-01-22 11:46:06, code 3056'),
    ).toBe('call +33•••33 or 060•••33, mail a•••@mail.example.org, at 2025-01-22 11:46:06, code 3056')
  })

  test.each([
    'email=alice%40example.com',
    '{"email":"alice\\u0040example.com"}',
    'Jürgen@bücher.example',
    '{"number":"\\u002B33600112233"}',
  ])('%s is masked', (text) => {
    expect(maskText(text)).not.toMatch(/lice|rgen|600112/)
  })

  test.each(['a'.repeat(400_000), '+1'.repeat(200_000), `a@${'b'.repeat(400_000)}`, '1 '.repeat(200_000)])(
    'a text of %.4s… does not hold it up',
    (text) => {
      const { user } = process.cpuUsage()
      maskText(text)
      expect(process.cpuUsage().user - user).toBeLessThan(10_000_000)
    },
  )

  test.each([
    ['35C8B5D509BC10689196FED2AD551B8A', []],
    ['0199aa4e-1234-7567-8abc-001122334455', []],
    ['{"message_id":"33600112233445","number":"+33•••33"}', []],
    [
      'sms_0000000000000000000000 of 20250122114606, 12345678',
      ['sms_0000000000000000000000', '20250122114606', '12345678'],
    ],
    ['a.b*c(1234567)', ['a.b*c(1234567)']],
  ])('an id of a message stays: %s', (text, ids) => expect(maskText(text, [], ids)).toBe(text))

  test.each([
    ['call 33600112233', [], ['600112233']],
    ['33600112233 and +33 600112233 9', [], ['600112233']],
    ['for 33600112233', ['33600112233'], ['33600112233']],
    ['deadbeefdeadbeef1234@example.com', [], []],
    ['deadbeef.deadbeefdeadbeef1234+x@example.com', [], []],
    ['to 60011223344556677', [], []],
    ['{"recipient_id":"33600112233"}', [], []],
  ])('a recipient goes all the same: %s', (text, recipients, ids) =>
    expect(maskText(text, recipients, ids)).not.toMatch(/600112233|dbeef1234/),
  )

  test('a recipient that looks like nothing else goes, too', () => {
    expect(maskText('{"channelIdentifier":"user-abc-def"}', ['user-abc-def'])).not.toContain('user-abc-def')
  })
})

describe('any text', () => {
  test('cannot become markup, and an action’s parameters come out as they went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(html`${text}`.text).not.toMatch(/[<>"']/)
        const written = json({ text }).text
        expect(written).not.toMatch(/[<>&]/)
        expect(JSON.parse(written)).toEqual({ text })
      }),
    )
  })

  test('loses what turns its direction, or rings', () => {
    expect(html`${'a\u202Eb\u0007c\u2066d\n'}`.text).toBe('a·b·c·d\n')
  })
})

test.each([0, 1] as const)('no two statuses have nearly the same colour (theme %i)', (theme) => {
  const colours = Object.entries(COLOURS).map(([status, pair]) => [status, oklab(pair[theme])] as const)
  const alike = colours.flatMap(([one, a], index) =>
    colours
      .slice(index + 1)
      .filter(([, b]) => Math.hypot(...a.map((value, at) => value - (b[at] ?? 0))) < 0.05)
      .map(([other]) => [one, other]),
  )
  expect(alike).toEqual([])
})

describe('a timeline', () => {
  test('has a lane for each recipient, part and channel, and says how many lanes it does not draw', () => {
    const lanes = Array.from({ length: 15 }, (_, index) => record('delivered', index, { recipient: `r${index}` }))
    expect(drawn(lanes).match(/class="ledger-lane"/g)).toHaveLength(12)
    expect(drawn(lanes)).toContain('3 more lanes are not drawn')
  })

  test('draws as one what is too close, and keeps small', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => record('sent', index))
    expect((drawn(many).match(/ledger-mark/g) ?? []).length).toBeLessThan(200)
    expect(drawn(many).length).toBeLessThan(200_000)
  })

  test('names each mark by the status that it shows, also where several are drawn as one', () => {
    const svg = drawn([record('queued', 0), record('sent', 1), record('delivered', 2), record('read', 900)])
    const labels = [...svg.matchAll(/<text class="(?:ledger-final)?"[^>]*>([a-z]+)</g)].map(([, word]) => word)
    expect(labels.sort()).toEqual(['delivered', 'read'])
  })

  test('keeps the labels of its axis within its width', () => {
    for (let minutes = 1; minutes < 60; minutes++)
      for (const [, anchor, x, label = ''] of drawn([record('sent', 0), record('delivered', minutes * 60)]).matchAll(
        /class="ledger-tick" text-anchor="(middle|end)" x="([\d.]+)"[^>]*>([^<]*)</g,
      ))
        expect(Number(x) + (anchor === 'middle' ? label.length * 3 : 0)).toBeLessThanOrEqual(700)
  })

  test('shows what was received long after in words, and what was received soon after in place', () => {
    expect(drawn([record('sent', 0), record('delivered', 60)])).not.toContain('received +')
    const late = record('delivered', 60, { receivedAt: '2025-03-22T10:01:00.000Z' })
    expect(drawn([record('sent', 0), late])).toContain('received +1 month')
  })

  test('is drawn for any times, and within its width', () => {
    const time = fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString())
    const any = fc.record({
      status: fc.constantFrom(...(Object.keys(STATUSES) as Status[])),
      occurredAt: fc.option(time),
      receivedAt: time,
      channel: fc.constantFrom('sms', 'rcs', null),
    })
    fc.assert(
      fc.property(
        fc.array(any, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 280, max: 1600 }),
        (records, width) => {
          const svg = drawn(
            records.map(({ status, ...more }) => record(status, 0, more)),
            width,
          )
          expect(svg).not.toMatch(/NaN|Infinity|undefined/)
          for (const [, x] of svg.matchAll(/(?:cx|x1|x2)="([-\d.]+)"/g)) {
            expect(Number(x)).toBeGreaterThanOrEqual(0)
            expect(Number(x)).toBeLessThanOrEqual(width)
          }
        },
      ),
    )
  })

  test('has ticks on whole steps of the dashboard’s clock', () => {
    const start = Date.UTC(2025, 0, 22, 10, 7)
    const { ticks } = axisOf(start, start + 3 * 60 * MINUTE, 0, 600, { label: 'Local', offsetInMinutes: 330 })
    expect(ticks.map(({ label }) => label)).toEqual(['16:00', '16:30', '17:00', '17:30', '18:00', '18:30'])
    expect(dateTimeOf({ label: '', offsetInMinutes: -60 }, 0)).toBe('1969-12-31 23:00:00')
  })
})

describe('a dashboard’s call', () => {
  test('is read as AWS documents it', () => {
    const view = readView({
      show: 'now',
      messageId: 'chosen',
      widgetContext: {
        theme: 'dark',
        width: 588,
        timezone: { label: 'Local', offsetISO: '-03:30', offsetInMinutes: 210 },
        timeRange: { mode: 'relative', start: 1, end: 100, relativeStart: 99, zoom: { start: 5, end: 6 } },
        forms: { all: { messageId: 'typed', provider: ' octopush ' } },
        params: { show: 'message', functions: { view: 'arn' } },
      },
    })
    expect(view).toMatchObject({
      show: 'now',
      theme: 'dark',
      width: 588,
      clock: { label: 'Local', offsetInMinutes: -210 },
      range: { start: 5, end: 6 },
      functions: { view: 'arn', drop: '' },
    })
    expect([view.asked('messageId'), view.asked('provider'), view.asked('else')]).toEqual(['chosen', 'octopush', ''])
  })

  test('may be anything', () => {
    fc.assert(fc.property(fc.anything(), (event) => void expect(readView(event).theme).toMatch(/^(light|dark)$/)))
  })
})

/** Of a colour `#rrggbb`, where distances are as far as they look: https://bottosson.github.io/posts/oklab/ */
function oklab(colour: string): number[] {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}
