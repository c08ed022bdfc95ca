import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizeAddress } from '../../functions/domain/address.ts'

describe('a phone number is looked up as E.164', () => {
  test.each([
    '+33600112233',
    '33600112233',
    '0033600112233',
    '+33 6 00 11 22 33',
    '+33 (0)6.00.11.22.33',
    '00 33 6-00-11-22-33',
    '+33/600/112233',
    ' +33600112233 ',
    'tel:+33600112233',
    'TEL:+33-600-112-233',
    'whatsapp:+33600112233',
    'whatsapp: +33600112233',
    'whatsapp:tel:+33600112233',
    'tel: sms:33600112233',
    'rcs:+33600112233',
    '+33\u00a0600\u00a0112233',
    '\u202a+33 6 00 11 22 33\u202c',
    '\u200e+33600\u200b112233\ufeff',
    '\uff0b33600112233',
    'tel:+33600112233;phone-context=example.com',
    'sms:+33600112233?body=Hello',
  ])('%s', (written) => expect(normalizeAddress(written)).toBe('+33600112233'))
})

describe('an e-mail address is looked up in lower case', () => {
  test.each([
    'ann@example.com',
    'Ann@Example.COM',
    ' ann@example.com ',
    'mailto:ann@example.com',
    'Ann Doe <ann@example.com>',
    '"Doe, Ann" <Ann@example.com>',
    'Ann <mailto:ann@example.com>',
    '<ann@example.com>',
    'mailto:ann@example.com?subject=Hello',
    '\u2068ann@example.com\u2069',
  ])('%s', (written) => expect(normalizeAddress(written)).toBe('ann@example.com'))

  test('with what is after a plus sign, which may be another mailbox', () => {
    expect(normalizeAddress('Ann+News@example.com')).toBe('ann+news@example.com')
  })
})

describe('stays as it is:', () => {
  test.each([
    ['a national number, which is of no country', '0600112233'],
    ['a short code', '36179'],
    ['more digits than a phone number has', '1234567890123456'],
    ['a number with a letter', '+33600A12233'],
    ['a name', 'ACME-Shop'],
    ['an identifier', 'U4af4980629'],
    ['nothing', ''],
  ])('%s', (_, identifier) => expect(normalizeAddress(identifier)).toBe(identifier))

  test('a question mark or a semicolon that is in no URI', () => {
    expect(normalizeAddress('a;b?c')).toBe('a;b?c')
  })

  test('two identifiers that differ in case alone are two', () => {
    expect(normalizeAddress('Uabc')).not.toBe(normalizeAddress('UABC'))
  })
})

/** Texts of what addresses are made of. */
const written = fc
  .array(
    fc.constantFrom(
      'whatsapp:',
      'tel:',
      'MAILTO:',
      ' ',
      '+',
      '00',
      '33600112233',
      '(0)',
      '-',
      'A@b.C',
      '<',
      '>',
      'x',
      ';',
      '?',
      '\u200b',
    ),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''))

test('what is normalized twice is as what is normalized once', () => {
  fc.assert(
    fc.property(fc.oneof(written, fc.string(), fc.string({ unit: 'binary' }), fc.emailAddress()), (recipient) => {
      const once = normalizeAddress(recipient)
      expect(normalizeAddress(once)).toBe(once)
    }),
    { numRuns: 2_000 },
  )
})

test('a text of nothing but signs is read in one pass', () => {
  const begin = performance.now()
  for (const text of [`<${'@'.repeat(300_000)}`, '<'.repeat(300_000), '@<'.repeat(300_000)]) normalizeAddress(text)
  // A search that began again at each sign would take more than a minute.
  expect(performance.now() - begin).toBeLessThan(3_000)
})
