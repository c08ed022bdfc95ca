import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isNewer, NotAuthentic, standsAt, verify } from '../client/index.ts'
import { standardWebhooks } from '../functions/domain/proof/standard-webhooks.ts'
import * as ledger from '../functions/domain/standing.ts'

const secretOf = (text: string) => `whsec_${Buffer.from(text.padEnd(24, '.')).toString('base64')}`
const [SECRET, OTHER] = [secretOf('one'), secretOf('other')]
const NOW = new Date('2026-11-24T12:00:00.000Z')
const BODY = JSON.stringify({ id: 'event', data: { recipient: 'José' } })

/** The headers by which the public package signs a body, so many seconds ago. */
const signed = (body = BODY, secret = SECRET, seconds = 0) => {
  const time = new Date(NOW.getTime() - seconds * 1_000)
  return {
    'webhook-id': 'event',
    'webhook-timestamp': String(Math.floor(time.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('event', time, body),
  }
}

const both = (one: string, other: string) => ({ ...signed(), 'webhook-signature': `${one} ${other}` })

describe('verify', () => {
  test('gives the event of what the public package signs, whatever its body', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ minLength: 1 }), (value, key) => {
        const [body, secret] = [JSON.stringify(value), secretOf(key)]
        expect(verify(signed(body, secret), body, secret, { now: NOW })).toEqual(JSON.parse(body))
      }),
    )
  })

  test('takes what our own scheme of providers signs', () => {
    const request = { method: 'POST', headers: {}, body: Buffer.from(BODY), receivedAt: NOW.getTime() }
    const { headers } = standardWebhooks.prove(request as never, { current: SECRET })
    const renamed = Object.entries(headers).map(([name, value]) => [name.replace('svix', 'webhook'), value])
    expect(verify(Object.fromEntries(renamed), BODY, SECRET, { now: NOW })).toEqual(JSON.parse(BODY))
  })

  test.each([
    ['a body in bytes', signed(), Buffer.from(BODY), SECRET],
    ['the headers of fetch', new Headers(signed()), BODY, SECRET],
    ['names of headers in upper case', upperCase(signed()), BODY, SECRET],
    ['a secret without its prefix', signed(), BODY, SECRET.slice('whsec_'.length)],
    ['the previous secret, while one is rotated', signed(), BODY, [OTHER, SECRET]],
    ['two signatures, while the sender rotates', both(signature(OTHER), signature(SECRET)), BODY, SECRET],
    ['a signature beside one of another version', both('v2,AAAA', signature(SECRET)), BODY, SECRET],
    ['a request of five minutes ago', signed(BODY, SECRET, 300), BODY, SECRET],
    ['a request of five minutes from now', signed(BODY, SECRET, -300), BODY, SECRET],
  ])('takes %s', (_, headers, body, secret) => {
    expect(verify(headers, body, secret, { now: NOW })).toEqual(JSON.parse(BODY))
  })

  test.each([
    ['a body that was changed', signed(), `${BODY} `, 'expected a signature of this body'],
    ['another secret', signed(BODY, OTHER), BODY, 'expected a signature of this body'],
    ['another id', { ...signed(), 'webhook-id': 'another' }, BODY, 'expected a signature of this body'],
    ['another time', { ...signed(), 'webhook-timestamp': '1795521601' }, BODY, 'expected a signature of this body'],
    ['half a signature', both(signature(SECRET).slice(0, -4), ''), BODY, 'expected a signature of this body'],
    ['a signature of no version', both(signature(SECRET).slice(3), ''), BODY, 'expected a signature of this body'],
    ['a request of too long ago', signed(BODY, SECRET, 301), BODY, 'expected a time within 300 seconds of now'],
    ['a request of too far from now', signed(BODY, SECRET, -301), BODY, 'expected a time within 300 seconds of now'],
    ['a time that is no number', { ...signed(), 'webhook-timestamp': 'now' }, BODY, 'expected seconds since 1970'],
    ['no headers', {}, BODY, 'expected the headers webhook-id, webhook-timestamp and webhook-signature'],
  ])('refuses %s', (_, headers, body, reason) => {
    const act = () => verify(headers, body, SECRET, { now: NOW })
    expect(act).toThrow(NotAuthentic)
    expect(act).toThrow(reason)
  })

  test('has the tolerance that it is given, and the time of this machine', () => {
    expect(() => verify(signed(BODY, SECRET, 11), BODY, SECRET, { now: NOW, toleranceSeconds: 10 })).toThrow(
      NotAuthentic,
    )
    const time = new Date()
    const timestamp = String(Math.floor(time.getTime() / 1_000))
    const headers = {
      ...signed(),
      'webhook-timestamp': timestamp,
      'webhook-signature': new Webhook(SECRET).sign('event', time, BODY),
    }
    expect(verify(headers, BODY, SECRET)).toEqual(JSON.parse(BODY))
  })

  test.each([
    ['a body that was parsed', JSON.parse(BODY), SECRET, 'body: expected the raw body'],
    ['no secret', BODY, [], 'secret: expected at least one'],
    ['an empty secret', BODY, ['', SECRET], 'secret: expected whsec_ and base64'],
    ['a secret of a few bytes', BODY, 'whsec_c2VjcmV0', 'secret: expected whsec_ and base64'],
    ['a secret that is not set', BODY, undefined, 'secret: expected whsec_ and base64'],
  ])('names %s as a mistake of its caller', (_, body, secret, message) => {
    const act = () => verify(signed(), body, secret as string, { now: NOW })
    expect(act).toThrow(TypeError)
    expect(act).toThrow(message)
  })
})

describe('isNewer', () => {
  const event = (sequence: string, subject = 'a') => ({ subject, sequence })

  test('orders the events of one delivery, where a repeat is not newer', () => {
    const [older, newer] = [event('2025-01-22T10:46:07.120Z#00000009'), event('2025-01-22T10:46:07.120Z#00000010')]
    expect([isNewer(newer, older), isNewer(older, newer), isNewer(newer, newer)]).toEqual([true, false, false])
  })

  test('refuses events of two deliveries', () => {
    expect(() => isNewer(event('1'), event('0', 'b'))).toThrow('expected two events of one subject')
  })
})

test('standsAt is the ledger’s own', () => {
  expect(standsAt).toBe(ledger.standsAt)
})

describe('the package', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'delivery-ledger-consumer-'))
    execFileSync(process.execPath, ['bin/pack-client.ts', '--out', folder])
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
    execFileSync('npm', ['install', '--offline', `./${tarball}`], { cwd: folder, shell: process.platform === 'win32' })
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(nodes())('runs on %s', (node) => {
    const code = `import { isNewer, standsAt, verify } from 'delivery-ledger-client'
const { headers, body, secret, now } = JSON.parse(process.argv[2])
const history = ['sent', 'delivered', 'sent'].map((status) => ({ status, channel: 'sms' }))
console.log(JSON.stringify([
  verify(headers, body, secret, { now: new Date(now) }).id,
  isNewer({ subject: 'a', sequence: '2' }, { subject: 'a', sequence: '1' }),
  standsAt(history).status,
]))`
    writeFileSync(join(folder, 'consumer.js'), code)
    const given = JSON.stringify({ headers: signed(), body: BODY, secret: SECRET, now: NOW })
    const printed = execFileSync(node, ['consumer.js', given], { cwd: folder, encoding: 'utf8' })
    expect(JSON.parse(printed)).toEqual(['event', true, 'delivered'])
  })

  test('has types, by which an event’s type says what its data is', () => {
    const code = `import { type LedgerEvent, type RecordData, standsAt, type Status, verify } from 'delivery-ledger-client'
export const event: LedgerEvent = verify({ 'webhook-id': '1' }, '', [])
export const previous: Status | null | undefined =
  event.type === 'delivery-ledger.status.recorded' ? event.data.status : event.data.previousStatus
export const standing: RecordData | undefined =
  event.type === 'delivery-ledger.status.recorded' ? standsAt([event.data]) : undefined
// @ts-expect-error A record has no such member.
export const wrong = event.type === 'delivery-ledger.status.recorded' && event.data.previousStatus
`
    writeFileSync(join(folder, 'consumer.ts'), code)
    const options = '--strict --noEmit --target es2022 --module nodenext --types --lib es2022,dom'.split(' ')
    const tsc = join(process.cwd(), 'node_modules', 'typescript', 'bin', 'tsc')
    expect(() => execFileSync(process.execPath, [tsc, ...options, 'consumer.ts'], { cwd: folder })).not.toThrow()
  })
})

function signature(secret: string): string {
  return signed(BODY, secret)['webhook-signature']
}

function upperCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]))
}

/** Each Node of the PATH, and the one that runs this. */
function nodes(): string[] {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))
  return [...new Set([process.execPath, ...found.filter((path) => existsSync(path)).map((path) => realpathSync(path))])]
}
