import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBody, encodeBody, parseCallback, serializeCallback } from '../../functions/domain/callback.ts'
import { parseJson } from '../../functions/domain/json.ts'
import { readObject } from '../../functions/domain/payload.ts'
import { callbackWith } from '../callbacks.ts'

const callback = (bytes: Uint8Array, query = '') =>
  callbackWith('octopush', '', { query, contentType: null, ...encodeBody(Buffer.from(bytes)) })

test('a body of any bytes comes out of the queue as it went in', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(decodeBody(parseCallback(serializeCallback(callback(bytes))))).toEqual(Buffer.from(bytes))
      },
    ),
  )
})

test('a queue message holds only characters that SQS takes', () => {
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
  const allowed = /^[\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\0', '\ufffe', '\uffff', '\ud800', '\u{1fffe}'))
  fc.assert(
    fc.property(text, text, (body, query) => {
      const message = serializeCallback(callback(Buffer.from(body), query))
      expect(message).toMatch(allowed)
      expect(parseCallback(message)).toEqual(callback(Buffer.from(body), query))
    }),
  )
})

test.each([
  '',
  '{}',
  'null',
  '[]',
  '{"provider":"octopush"}',
  '{"provider":1,"requestId":"","receivedAt":"","body":"","encoding":"utf8"}',
])('a message that is no callback is refused: %s', (message) => expect(() => parseCallback(message)).toThrow())

test.each([
  ['{"a":1}', { a: 1 }],
  ['{"a":0.1}', { a: 0.1 }],
  ['{"a":9007199254740991}', { a: 9007199254740991 }],
  ['{"a":9007199254740993}', { a: '9007199254740993' }],
  ['{"a":[-12345678901234567890]}', { a: ['-12345678901234567890'] }],
  ['{"a":1e400,"b":-1e400}', { a: '1e400', b: '-1e400' }],
  ['{"a":1e-400,"b":-4e-325}', { a: '1e-400', b: '-4e-325' }],
  ['{"a":0.12345678901234567890}', { a: '0.12345678901234567890' }],
  ['{"a":123456789.123456789}', { a: '123456789.123456789' }],
  ['{"a":9007199254740990.7}', { a: '9007199254740990.7' }],
  ['{"a":9007199254740993.0}', { a: '9007199254740993.0' }],
  ['{"a":1e23,"b":1.7976931348623159e308}', { a: '1e23', b: '1.7976931348623159e308' }],
  ['{"a":[0.1000000000000000000,1.50e-7,0e-999,0.05]}', { a: [0.1, 1.5e-7, 0, 0.05] }],
  ['{"a":1e3}', { a: 1000 }],
  ['{"a":"12345678901234567890"}', { a: '12345678901234567890' }],
])('a number that a double cannot hold stays a text: %s', (json, expected) => expect(parseJson(json)).toEqual(expected))

test.each(['9007199254740993', '-9007199254740993', '1e400', '12.5E400'])(
  'and does so wherever it stands: %s',
  (number) => {
    for (const blank of ['', ' ', '\n', '\r', '\t']) {
      expect(parseJson(`${blank}${number}`)).toBe(number)
      expect(parseJson(`[${blank}${number}${blank},${blank}${number}]`)).toEqual([number, number])
      expect(parseJson(`{"a":${blank}${number},"b":1}`)).toEqual({ a: number, b: 1 })
    }
  },
)

test.each([
  '{"__proto__":1}',
  '{"a":[{"\\u005f_proto__" :{}}]}',
  '{"\\u005F\\u005f\\u0070\\u0072\\u006f\\u0074\\u006F\\u005f\\u005f":{}}',
])('a key that an object would take for its prototype is refused, however it is written: %s', (json) =>
  expect(() => readObject(json)).toThrow('expected no key __proto__'),
)

test.each(['{"a":"__proto__"}', '{"a":"\\"__proto__\\":"}', '{"\\\\u005f_proto__":1}', '{"__PROTO__":1}'])(
  'what only looks like it is not: %s',
  (json) => expect(readObject(json)).toEqual(JSON.parse(json)),
)

test('all other JSON is read as ever', () => {
  const numbers = fc.oneof(
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
  )
  const values = fc.anything({ values: [fc.string(), numbers, fc.boolean(), fc.constant(null)] })
  fc.assert(
    fc.property(values, (value) => {
      const json = JSON.stringify(value)
      expect(parseJson(json)).toEqual(JSON.parse(json))
    }),
  )
})
