import { createHash, createHmac, generateKeyPairSync } from 'node:crypto'
import { generate } from 'selfsigned'
import { beforeAll, describe, expect, test } from 'vitest'
import { bodyHmac } from '../../functions/domain/proof/body-hmac.ts'
import { bodyTokenHmac } from '../../functions/domain/proof/body-token-hmac.ts'
import { jwt } from '../../functions/domain/proof/jwt.ts'
import { keySetSignature } from '../../functions/domain/proof/key-set.ts'
import { parameterHash } from '../../functions/domain/proof/parameter-hash.ts'
import { keptBody, type Proof } from '../../functions/domain/proof/proof.ts'
import { publicKeySignature } from '../../functions/domain/proof/public-key.ts'
import { sharedKey } from '../../functions/domain/proof/shared-key.ts'
import { snsSignature } from '../../functions/domain/proof/sns.ts'
import { stampedHmac } from '../../functions/domain/proof/stamped-hmac.ts'
import { standardWebhooks } from '../../functions/domain/proof/standard-webhooks.ts'
import { urlFormHmac } from '../../functions/domain/proof/url-form-hmac.ts'
import { urlNonceHmac } from '../../functions/domain/proof/url-nonce-hmac.ts'
import type { Request, Secret } from '../../functions/domain/request.ts'
import { bird } from '../../functions/providers/bird/provider.ts'
import { JWT_SECRET, JWT_VECTORS } from './proof-vectors.ts'

const NOW = Date.parse('2026-01-02T03:04:05.678Z')

const request = (more: Partial<Request>): Request => ({
  method: 'POST',
  url: 'https://ledger.example.com/webhooks/x',
  headers: {},
  body: Buffer.alloc(0),
  receivedAt: NOW,
  ...more,
})

const form = (fields: Record<string, string> | [string, string][]): Buffer =>
  Buffer.from(new URLSearchParams(fields).toString())

describe('HMAC over the body', () => {
  // TeleSign's page "Authenticate callbacks".
  const proof = bodyHmac({
    headers: ['x-ts-authorization', 'authorization'],
    hash: 'sha256',
    encoding: 'base64',
    key: 'base64',
  })
  const current = 'EXAMPLE----TE8sTgg45yusumoN6BYsBVkh+yRJ5czgsnCehZaOYldPJdmFh6NeX8kunZ2zU1YWaUw/0wV6xfw=='
  const signature = 'B97g3N9lPdVaptvifxRau7bzVAC5hhRBZ6HKXABN744='
  const body = Buffer.from("{'test': 123}")

  test.each([
    { authorization: `TSA customer:${signature}` },
    { 'x-ts-authorization': signature },
    { authorization: 'TSA customer:wrong', 'x-ts-authorization': signature },
  ])('is the published one in %j', (headers) =>
    expect(proof.verify(request({ headers, body }), { current })).toBe('authentic'),
  )

  // The vector that Mailtrap's client libraries share: https://github.com/mailtrap/mailtrap-ruby/blob/main/spec/mailtrap/webhooks_spec.rb
  test('uses a key that looks like hexadecimal digits as text', () => {
    const hex = bodyHmac({ headers: ['mailtrap-signature'], prefix: '', hash: 'sha256', encoding: 'hex' })
    const event =
      '{"event":"delivery","sending_stream":"transactional","category":"welcome","message_id":"a8b1d8f6-1f8d-4a3c-9b2e-1a2b3c4d5e6f","email":"recipient@example.com","event_id":"f1e2d3c4-b5a6-7890-1234-567890abcdef","timestamp":1716070000}'
    const headers = { 'mailtrap-signature': '6d262e2611cd09be1f948382b5c611d63b0e585c4c9c5e40139d6ac3876d5433' }
    const key = '8d9a3c0e7f5b2d4a6c1e9f8b3a7d5c2e'
    expect(hex.verify(request({ headers, body: Buffer.from(event) }), { current: key })).toBe('authentic')
  })

  test.each(['----', '====', '*', ' ', 'A', 'AAAA', 'c2hvcnQ=', 'c2V2ZW4gYg=='])(
    'refuses everybody where the key is none: %j',
    (weak) => {
      for (const key of [Buffer.alloc(0), Buffer.from(weak, 'base64'), Buffer.from(weak)]) {
        const headers = { authorization: createHmac('sha256', key).update(body).digest('base64') }
        expect(proof.verify(request({ headers, body }), { current: weak })).toBe('refused')
        expect(proof.verify(request({ headers, body }), { current, previous: weak })).toBe('refused')
      }
    },
  )

  test('in hex after a prefix, by the text of the key', () => {
    const hub = bodyHmac({ headers: ['x-hub-signature-256'], prefix: 'sha256=', hash: 'sha256', encoding: 'hex' })
    const hex = createHmac('sha256', 'the app secret').update(body).digest('hex')
    const verdict = (header: string) =>
      hub.verify(request({ headers: { 'x-hub-signature-256': header }, body }), { current: 'the app secret' })
    expect(verdict(`sha256=${hex}`)).toBe('authentic')
    expect(verdict(hex)).toBe('refused')
  })

  // https://docs.mailtrap.io/email-api-smtp/advanced/webhooks
  test('is the published one of Mailtrap', () => {
    const body = Buffer.from(
      '{"event":"delivery","sending_stream":"transactional","category":"welcome","message_id":"a8b1d8f6-1f8d-4a3c-9b2e-1a2b3c4d5e6f","email":"recipient@example.com","event_id":"f1e2d3c4-b5a6-7890-1234-567890abcdef","timestamp":1716070000}',
    )
    const proof = bodyHmac({ headers: ['mailtrap-signature'], hash: 'sha256', encoding: 'hex' })
    const { headers } = proof.prove(request({ body }), { current: '8d9a3c0e7f5b2d4a6c1e9f8b3a7d5c2e' })
    expect(headers['mailtrap-signature']).toMatch(/^6d262e2611cd09be1f94838/)
  })
})

describe('HMAC over URL and form', () => {
  // https://github.com/twilio/twilio-node/blob/main/spec/validation.spec.js
  const proof = urlFormHmac({ header: 'x-twilio-signature', bodyHash: 'bodySHA256', hash: 'sha1', encoding: 'base64' })
  const verdict = (url: string, body: Buffer, signature: string) =>
    proof.verify(request({ url, body, headers: { 'x-twilio-signature': signature } }), { current: '12345' })
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2'
  const fields = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  }
  const hash = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620'

  test.each([
    [url, form(fields), 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
    [url, form({ ...fields, Caller: '+12349013030', From: '+12349013030' }), '0/KCTR6DLpKmkAf8muzZqo1nDgQ='],
    [url.replace('.com', '.com:443'), form(fields), 'kvajT1Ptam85bY51eRf/AJRuM3w='],
    [url, form(fields), 'kvajT1Ptam85bY51eRf/AJRuM3w='],
    [
      `${url}&bodySHA256=${hash}`,
      Buffer.from('{"property": "value", "boolean": true}'),
      'a9nBmqA0ju/hNViExpshrM61xv4=',
    ],
    [url.replace('https', 'http').replace('.com', '.com:1234'), form(fields), 'Zmvh+3yNM1Phv2jhDCwEM3q5ebU='],
  ])('is the published one: %s (%#)', (url, body, signature) => expect(verdict(url, body, signature)).toBe('authentic'))

  test.each([
    [
      form([
        ['MessagingBinding.Address', '+1325xxxxxxx'],
        ['MessagingBinding.Address', '+1415xxxxxxx'],
      ]),
      '83O6e2vORAoJHUNzJjDWN1jz+BA=',
    ],
    [
      form([
        ['MessagingBinding.Address', '+1415xxxxxxx'],
        ['MessagingBinding.Address', '+1325xxxxxxx'],
      ]),
      '83O6e2vORAoJHUNzJjDWN1jz+BA=',
    ],
    [
      form([
        ['Sid', 'CA123'],
        ['SidAccount', 'AC123'],
        ['Digits', '5678'],
        ['Digits', '1234'],
        ['Digits', '1234'],
      ]),
      'IK+Dwps556ElfBT0I3Rgjkr1wJU=',
    ],
  ])('takes each value of a repeated name once (%#)', (body, signature) =>
    expect(verdict(url, body, signature)).toBe('authentic'),
  )

  test('refuses a body that its hash does not fit, and one that no hash covers', () => {
    const body = Buffer.from('{"property": "value", "boolean": false}')
    expect(verdict(`${url}&bodySHA256=${hash}`, body, 'a9nBmqA0ju/hNViExpshrM61xv4=')).toBe('refused')
    expect(verdict(url, body, 'RSOYDt4T1cUTdK1PDd93/VVr8B8=')).toBe('refused')
  })
})

describe('HMAC over URL and nonce', () => {
  const headers = (name: string, signature: string, nonce: string) => ({
    [`x-plivo-signature-${name}`]: signature,
    [`x-plivo-signature-${name}-nonce`]: nonce,
  })
  const schemeOf = (name: string, covers: 'origin and path' | 'all') =>
    urlNonceHmac({
      headers: [`x-plivo-signature-${name}`, `x-plivo-signature-ma-${name}`],
      nonce: `x-plivo-signature-${name}-nonce`,
      covers,
      hash: 'sha256',
      encoding: 'base64',
    })

  // https://github.com/plivo/plivo-go/blob/master/utils_test.go
  test('is the published one, which leaves query and body uncovered', () => {
    const signed = headers('v2', 'ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc=', '12345')
    const proof = schemeOf('v2', 'origin and path')
    expect(
      proof.verify(request({ url: 'https://answer.url?a=1', headers: signed }), { current: 'my_auth_token' }),
    ).toBe('authentic')
  })

  const url = 'https://plivobin.non-prod.plivops.com/api/v1/validate_signature03.xml'
  const id = '3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36'
  const fields = {
    Direction: 'outbound',
    From: '19792014278',
    ALegUUID: id,
    ALegRequestUUID: id,
    CallUUID: id,
    RequestUUID: id,
    CallStatus: 'in-progress',
    BillRate: '0.002',
    ParentAuthID: 'MANWVLYTK4ZWU1YTY4QA',
    To: 'sip:PlivoSignature382029104058171078704104@phone-qa.voice.plivodev.com',
    'SIP-H-To': '<sip:PlivoSignature382029104058171078704104@52.9.11.55;transport=udp>;tag=1',
    SessionStart: '2020-04-08 11:34:33.238707',
    Event: 'StartApp',
  }

  test.each([
    ['POST', `${url}/?a=b&c=d`, form(fields), 'k7Pusd4OxCIjR5IfA9iedDNu/h/gbdYqdzG/MiYtd1c='],
    ['POST', url, form(fields), 'iAjE5QqI37mbkYe4w3jTMudqEzbDufdqi7sYwTu64e0='],
    ['GET', `${url}/?a=b&c=d&${form(fields)}`, Buffer.alloc(0), 'UBq8jAtd32wR8EK9VgxbBn4n5rpI/l1H9iN4WfSEHFQ='],
  ])('is the published one, which covers all: %s %s', (method, url, body, signature) => {
    const signed = headers('v3', `other,${signature}`, '31627761595286130198')
    const secret = { current: 'Y2Q2ZDgxZmY5YWRiOTI5YmQ1Njg0MTAxZWIyOTc4' }
    expect(schemeOf('v3', 'all').verify(request({ method, url, body, headers: signed }), secret)).toBe('authentic')
  })
})

// https://docs.bird.com/api/notifications-api/api-reference/webhooks/verifying-a-webhook, which publishes no signature.
test('HMAC over time, URL and the hash of the body is made as its document says', () => {
  const body = Buffer.from('{"service":"channels"}')
  const signed = createHmac('sha256', 'the key')
    .update('1767323045\nhttps://ledger.example.com/webhooks/x?a=%20\n')
    .update(createHash('sha256').update(body).digest())
    .digest('base64')
  const headers = { 'messagebird-signature': signed, 'messagebird-request-timestamp': '1767323045' }
  const url = 'https://ledger.example.com/webhooks/x?a=%20'
  expect(bird.proof.verify(request({ url, headers, body }), { current: 'the key' })).toBe('authentic')
  const late = request({ url, headers, body, receivedAt: NOW + 301_000 })
  expect(bird.proof.verify(late, { current: 'the key' })).toBe('stale')
})

test('HMAC over body, nonce and time is the published one', () => {
  // https://github.com/sinch/sinch-sdk-node: the tests of its webhooks
  const proof = stampedHmac({
    headers: {
      signature: 'x-sinch-webhook-signature',
      timestamp: 'x-sinch-webhook-signature-timestamp',
      nonce: 'x-sinch-webhook-signature-nonce',
    },
    signs: ({ body }, { nonce, timestamp }) => [body, `.${nonce}.${timestamp}`],
    hash: 'sha256',
    encoding: 'base64',
  })
  const headers = {
    'x-sinch-webhook-signature': 'ZoHei66PPN/kZjw7hFVfGhJOnml3iGNCMWoyQVcE5o0=',
    'x-sinch-webhook-signature-timestamp': '1736760161',
    'x-sinch-webhook-signature-nonce': '01JHFFHWYY7HSS4FWTMDTQEK8V',
  }
  const body = Buffer.from(
    '{"at":"2025-01-13T09:22:40.914Z","batch_id":"01JHFFHQ0P99JPPNQPJDV7JTBP","client_reference":"a client reference","code":0,"operator_status_at":"2025-01-13T09:22:00Z","recipient":"33662162466","status":"Delivered","type":"recipient_delivery_report_sms"}',
  )
  expect(proof.verify(request({ headers, body }), { current: 'SMSWebhooksSecret' })).toBe('authentic')

  const conversation = {
    'x-sinch-webhook-signature': '6bpJoRmFoXVjfJIVglMoJzYXxnoxRujzR4k2GOXewOE=',
    'x-sinch-webhook-signature-timestamp': '1634579353',
    'x-sinch-webhook-signature-nonce': '01FJA8B4A7BM43YGWSG9GBV067',
  }
  const contact = Buffer.from(
    '{"app_id":"","accepted_time":"2021-10-18T17:49:13.813615Z","project_id":"e2df3a34-a71b-4448-9db5-a8d2baad28e4","contact_create_notification":{"contact":{"id":"01FJA8B466Y0R2GNXD78MD9SM1","channel_identities":[{"channel":"SMS","identity":"48123456789","app_id":""}],"display_name":"New Test Contact","email":"new.contact@email.com","external_id":"","metadata":"","language":"EN_US"}},"message_metadata":""}',
  )
  expect(proof.verify(request({ headers: conversation, body: contact }), { current: 'foo_secret1234' })).toBe(
    'authentic',
  )
})

describe('Standard Webhooks', () => {
  const secret = { current: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }
  const verdict = (signature: string, seconds = 0) =>
    standardWebhooks.verify(
      request({
        headers: {
          'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
          'webhook-timestamp': '1614265330',
          'webhook-signature': signature,
        },
        body: Buffer.from('{"test": 2432232314}'),
        receivedAt: (1614265330 + seconds) * 1000,
      }),
      secret,
    )
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/javascript/src/webhook.test.ts
  const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

  test('are the published one, also among others', () => {
    expect(verdict(signature)).toBe('authentic')
    expect(verdict(`v1a,${signature.slice(3)} v1,xyz ${signature}`)).toBe('authentic')
    expect(verdict(signature.replace('v1,', 'v2,'))).toBe('refused')
  })

  test('are stale after five minutes, to both sides', () => {
    expect([-301, -300, 300, 301].map((seconds) => verdict(signature, seconds))).toEqual([
      'stale',
      'authentic',
      'authentic',
      'stale',
    ])
  })
})

describe('the hash over all parameters', () => {
  // https://github.com/Vonage/vonage-php-sdk-core/blob/main/test/Client/SignatureTest.php
  const parameters = {
    'message-timestamp': '2013-11-21 15:27:30',
    messageId: '020000001B0FE827',
    msisdn: '14843472194',
    text: 'Test again',
    timestamp: '1385047698',
    to: '13239877404',
    type: 'text',
  }
  const current = 'my_secret_key_for_testing'
  const url = (more: Record<string, string>) =>
    `https://ledger.example.com/x?${new URLSearchParams({ ...parameters, ...more })}`

  test.each([
    ['md5hash', 'd2e7b1dc968737c5998ad624e02f90b7'],
    ['md5', 'DDEBD46008C2D4E93CCE578A332A52D5'],
    ['sha1', '27D0D05C2876C7CB1720DBCDBA4D492E1E55C09A'],
    ['sha256', 'DDB8397C2B90AAC7F3882D306475C9A5058C92322EEF43C92B298B6E0FC0D330'],
    [
      'sha512',
      'E0D3C650F8C9D1A5C174D10DDDBFB003E561F59B265616208B0487C5D819481CD3C311D59CF6165ECD1139622D5BA3A256C0D763AC4A9AD9144B5A426B94FE82',
    ],
  ])('is the published one: %s', (algorithm, sig) => {
    const secret = { current, algorithm }
    const json = Buffer.from(JSON.stringify({ ...parameters, sig }))
    const bare = 'https://ledger.example.com/x'
    expect(parameterHash.verify(request({ url: url({ sig }) }), secret)).toBe('authentic')
    expect(parameterHash.verify(request({ url: bare, body: form({ ...parameters, sig }) }), secret)).toBe('authentic')
    expect(parameterHash.verify(request({ url: bare, body: json }), secret)).toBe('authentic')
    expect(parameterHash.verify(request({ url: url({ sig }) }), { ...secret, algorithm: 'none' })).toBe('refused')
  })

  test('is over what is read: the body, or the query where there is no body', () => {
    const sig = 'd2e7b1dc968737c5998ad624e02f90b7'
    const { msisdn, ...others } = parameters
    const bare = 'https://ledger.example.com/x'
    const verdict = (query: string, body: Buffer) =>
      parameterHash.verify(request({ url: `${bare}?${query}`, body }), { current })
    expect(verdict('reference=order-17', form({ ...parameters, sig }))).toBe('authentic')
    expect(verdict(`${form({ msisdn })}`, form({ ...others, sig }))).toBe('refused')
    expect(verdict(`${form({ ...parameters, sig })}`, Buffer.from('\n'))).toBe('authentic')
    for (const body of ['&', '{}', '{', 'status=delivered', '&'.repeat(2_000)])
      expect(verdict(`${form({ ...parameters, sig })}`, Buffer.from(body)), body.slice(0, 20)).toBe('refused')
  })

  test('refuses a name that could stand for two parameters', () => {
    const sig = 'd2e7b1dc968737c5998ad624e02f90b7'
    const { to, type, ...others } = parameters
    const body = form({ ...others, [`to=${to}&type`]: type, sig })
    expect(parameterHash.verify(request({ body }), { current })).toBe('refused')
  })

  test('is of at most 1,000 members of a JSON body, with the signature', () => {
    const verdict = (count: number) => {
      const members = Object.fromEntries(Array.from({ length: count - 1 }, (_, index) => [`k${index}`, '1']))
      const text =
        Object.keys(members)
          .sort()
          .map((name) => `&${name}=1`)
          .join('') + current
      const body = Buffer.from(JSON.stringify({ ...members, sig: createHash('md5').update(text).digest('hex') }))
      return parameterHash.verify(request({ body }), { current })
    }
    expect(verdict(1_000)).toBe('authentic')
    expect(verdict(1_001)).toBe('refused')
  })

  test('refuses a name that comes twice, of which only one would be signed', () => {
    const sig = 'd2e7b1dc968737c5998ad624e02f90b7'
    expect(parameterHash.verify(request({ url: `${url({ sig })}&text=Test+again` }), { current })).toBe('refused')
  })
})

test.each([
  ['URL and form', urlFormHmac({ header: 'signature', hash: 'sha1', encoding: 'base64' })],
  [
    'URL and nonce',
    urlNonceHmac({ headers: ['signature'], nonce: 'nonce', covers: 'all', hash: 'sha256', encoding: 'base64' }),
  ],
  ['token', bodyTokenHmac({ member: 'signature', hash: 'sha256', encoding: 'hex' })],
  ['parameters', parameterHash],
])('a form of too many fields is refused before it is parsed: %s', (_, proof) => {
  const secret = { current: 'a key of some length' }
  const verdict = (fields: number) => {
    const body = Buffer.from(Array.from({ length: fields }, (_, index) => `field${index}=1`).join('&'))
    return proof.verify(proof.prove(request({ body }), secret), secret)
  }
  expect(verdict(900)).toBe('authentic')
  expect(verdict(1_001)).toBe('refused')
})

describe('a signature in the body', () => {
  const schemes = [
    { name: 'signature', proof: bodyTokenHmac({ member: 'signature', hash: 'sha256', encoding: 'hex' }) },
    { name: 'sig', proof: parameterHash },
  ]
  const current = 'a key of some length'

  test.each(schemes)('is taken out, and a link that looks like it stays: $name', ({ name, proof }) => {
    const link = `https://example.com/?a=1&${name}=${'0'.repeat(64)}`
    const { body } = proof.prove(request({ body: Buffer.from(JSON.stringify({ link, last: 1 })) }), { current })
    expect(JSON.parse(`${keptBody(body, proof.withheld ?? {})}`)).toMatchObject({ link, last: 1 })
    const fields = proof.prove(request({ body: form({ link, last: `"${name}":"${'0'.repeat(64)}"` }) }), { current })
    const kept = new URLSearchParams(`${keptBody(fields.body, proof.withheld ?? {})}`)
    expect(kept.get('link')).toBe(link)
    expect(kept.get(name)).toBe('')
  })

  test.each(schemes)('is refused where its name is written so that it would not be found: $name', ({ name, proof }) => {
    const code = name.charCodeAt(0).toString(16)
    const inJson = proof.prove(request({ body: Buffer.from('{"a":1}') }), { current })
    const inForm = proof.prove(request({ body: form({ a: '1' }) }), { current })
    const last = `"${name}":"`
    const at = `${inJson.body}`.lastIndexOf(last)
    const escaped =
      `${inJson.body}`.slice(0, at) + `${inJson.body}`.slice(at).replace(name, `\\u00${code}${name.slice(1)}`)
    expect(JSON.parse(escaped)).toEqual(JSON.parse(`${inJson.body}`))
    const fields = `${inForm.body}`.replace(`&${name}=`, `&%${code}${name.slice(1)}=`)
    expect(proof.verify(inJson, { current })).toBe('authentic')
    expect(proof.verify({ ...inJson, body: Buffer.from(escaped) }, { current })).toBe('refused')
    expect(proof.verify(inForm, { current })).toBe('authentic')
    expect(proof.verify({ ...inForm, body: Buffer.from(fields) }, { current })).toBe('refused')
  })
})

describe('a JSON Web Token', () => {
  const proof = jwt({
    header: 'signature-jwt',
    issuer: 'MessageBird',
    bodyHash: 'payload_hash',
    urlHash: 'url_hash',
    leeway: 5,
  })
  const verdict = (url: string, body: string, token: string) =>
    proof.verify(
      request({
        url,
        body: Buffer.from(body),
        headers: { 'signature-jwt': token },
        receivedAt: Date.parse('2021-07-05T10:00:00Z'),
      }),
      { current: JWT_SECRET },
    )

  test.each(JWT_VECTORS)('with %s is as published', (_, url, body, expected, token) =>
    expect(verdict(url, body, token)).toBe(expected),
  )

  const [, url, body, , token] = JWT_VECTORS[1]
  const [head = '', claims = '', signature = ''] = token.split('.')
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  test.each([
    ['of no algorithm', `${encode({ alg: 'none' })}.${claims}.`],
    ['of no algorithm, signed', `${encode({ alg: 'none' })}.${claims}.${signature}`],
    ['of another algorithm', `${encode({ alg: 'HS512' })}.${claims}.${signature}`],
    ['that names two', `${Buffer.from('{"alg":"HS256","alg":"none"}').toString('base64url')}.${claims}.${signature}`],
    ['without a signature', `${head}.${claims}.`],
    ['of two parts', `${head}.${claims}`],
    ['of four parts', `${token}.${signature}`],
    ['that is none', 'x'],
  ])('%s is refused', (_, token) => expect(verdict(url, body, token)).toBe('refused'))
})

describe('a JSON Web Token of the body', () => {
  const proof = jwt({ header: 'x-gwapi-signature', claims: 'body', leeway: 0 })
  const verdict = (token: string, body: string) =>
    proof.verify(request({ headers: { 'x-gwapi-signature': token }, body: Buffer.from(body) }), { current: 'secret' })

  // https://gatewayapi.com/docs/apis/rest/, and the tests of https://github.com/nickdnk/gatewayapi-php
  const document =
    'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpZCI6MjM4MTcwMywibXNpc2RuIjo0NTQyNjA5MDQ1LCJ0aW1lIjoxNTIyNzY0MDYyLCJzdGF0dXMiOiJERUxJVkVSRUQiLCJlcnJvciI6bnVsbCwiY29kZSI6bnVsbCwidXNlcnJlZiI6bnVsbCwiY2FsbGJhY2tfdXJsIjoiaHR0cDovL2JiYWY3MTQyLm5ncm9rLmlvIiwiYXBpIjo0fQ.KdfDH65bnQtgxEkFnpAQodOciAJedZFB13r9wEo8t3Y'
  const php =
    'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpZCI6MjM4MTcwMywibXNpc2RuIjo0NTQyNjA5MDQ1LCJ0aW1lIjoxNTIyNzY0MDYyLCJzdGF0dXMiOiJERUxJVkVSRUQiLCJlcnJvciI6ImVycm9yIHRleHQiLCJjb2RlIjoiZXJyb3IgY29kZSIsImNvdW50cnlfcHJlZml4Ijo0NSwiY291bnRyeV9jb2RlIjoiREsiLCJjaGFyZ2Vfc3RhdHVzIjoiQVVUSE9SSVpFRCIsInVzZXJyZWYiOiJhIHJlZmVyZW5jZSJ9.LgbbsxAj61SQhDA0A3dGlcT8OZN2UJsTgBiifNHEeh8'
  const facts = '"id":2381703,"msisdn":4542609045,"time":1522764062,"status":"DELIVERED"'

  test.each([
    [document, `{${facts}}`],
    [document, `{${facts},"error":null,"charge_status":null}`],
    [document, ` {"status":"DELIVERED", "api":4.0} `],
    [php, `{${facts},"error":"error text","code":"error code","userref":"a reference"}`],
    [document, ''],
  ])('is the published one for what it claims (%#)', (token, body) => expect(verdict(token, body)).toBe('authentic'))

  test.each([
    ['another value', `{${facts.replace('DELIVERED', 'REJECTED')}}`],
    ['a number as a text', `{${facts.replace('2381703', '"2381703"')}}`],
    ['a value for null', `{${facts},"userref":"order-17"}`],
    ['null for a value', `{${facts.replace('2381703', 'null')}}`],
    ['one more member', `{${facts},"charge_status":"CAPTURED"}`],
    ['a member of every object', '{"toString":null,"constructor":{}}'],
    ['a list', `[{${facts}}]`],
    ['no JSON', 'DELIVERED'],
    ['nothing but blanks', ' '],
  ])('refuses a body with %s', (_, body) => expect(verdict(document, body)).toBe('refused'))

  test('refuses the digits of a long number that are off by one', () => {
    const signed = proof.prove(request({ body: Buffer.from('{"id":9007199254740993}') }), { current: 'secret' })
    const other = Buffer.from('{"id":9007199254740992}')
    expect(proof.verify(signed, { current: 'secret' })).toBe('authentic')
    expect(proof.verify({ ...signed, body: other }, { current: 'secret' })).toBe('refused')
  })
})

describe('a signature by a private key', () => {
  // https://github.com/sendgrid/sendgrid-nodejs/blob/main/packages/eventwebhook/src/eventwebhook.spec.js
  const proof = publicKeySignature({
    type: 'ec',
    hash: 'sha256',
    headers: { signature: 'signature', timestamp: 'timestamp' },
  })
  const current =
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA=='
  const other =
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFDb/R1NGe1OPzpA=='
  const signature = 'MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0='
  const body = Buffer.from('{"category":"example_payload","event":"test_event","message_id":"message_id"}')
  const verdict = (secret: Secret, headers: Record<string, string>) => proof.verify(request({ headers, body }), secret)

  test('of P-256 is the published one', () => {
    const headers = { signature, timestamp: '1588788367' }
    expect(verdict({ current }, headers)).toBe('authentic')
    expect(verdict({ current: other, previous: current }, headers)).toBe('authentic')
    expect(verdict({ current: other }, headers)).toBe('refused')
    expect(verdict({ current }, { ...headers, timestamp: '1588788368' })).toBe('refused')
    expect(verdict({ current: 'no key' }, headers)).toBe('refused')
  })

  test('is refused where the secret holds a key of another kind', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'der' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    const secret = { current: publicKey.toString('base64'), privateKey }
    const signed = publicKeySignature({
      type: 'ed25519',
      hash: null,
      headers: { signature: 'signature', timestamp: 'timestamp' },
    }).prove(request({ body }), secret)
    expect(proof.verify(signed, secret)).toBe('refused')
  })
})

const ARN = 'arn:aws:sns:eu-central-1:000000000000:ses'

interface Case {
  name: string
  proof: Proof
  secret: Secret
  body: Buffer
  /** What the signature leaves uncovered on purpose. */
  uncovered?: readonly ('body' | 'url' | 'path' | 'query')[]
  tolerance?: number
}

const json = Buffer.from('{"id":"m1","status":"delivered"}')
const text = 'dGhlIGN1cnJlbnQga2V5IG9mIG91cnM='
const cases: Case[] = [
  { name: 'shared key', proof: sharedKey, secret: { current: text }, body: json, uncovered: ['body', 'url'] },
  {
    name: 'HMAC over the body',
    proof: bodyHmac({ headers: ['signature'], hash: 'sha256', encoding: 'hex' }),
    secret: { current: text },
    body: json,
    uncovered: ['url'],
  },
  {
    name: 'HMAC over URL and form',
    proof: urlFormHmac({ header: 'signature', hash: 'sha1', encoding: 'base64' }),
    secret: { current: text },
    body: Buffer.from('MessageSid=SM1&MessageStatus=delivered&ErrorMessage='),
  },
  {
    name: 'HMAC over URL and nonce',
    proof: urlNonceHmac({
      headers: ['signature'],
      nonce: 'nonce',
      covers: 'origin and path',
      hash: 'sha256',
      encoding: 'base64',
    }),
    secret: { current: text },
    body: Buffer.from('a=1'),
    uncovered: ['body', 'query'],
  },
  {
    name: 'HMAC over URL, all parameters and nonce',
    proof: urlNonceHmac({ headers: ['signature'], nonce: 'nonce', covers: 'all', hash: 'sha256', encoding: 'base64' }),
    secret: { current: text },
    body: Buffer.from('a=1&b='),
  },
  {
    name: 'HMAC over body, nonce and time',
    proof: stampedHmac({
      headers: { signature: 'signature', timestamp: 'timestamp', nonce: 'nonce' },
      signs: ({ body }, { nonce, timestamp }) => [body, `.${nonce}.${timestamp}`],
      tolerance: 300,
      hash: 'sha256',
      encoding: 'base64',
    }),
    secret: { current: text },
    body: json,
    uncovered: ['url'],
    tolerance: 300,
  },
  {
    name: 'Standard Webhooks',
    proof: standardWebhooks,
    secret: { current: `whsec_${text}` },
    body: json,
    uncovered: ['url'],
    tolerance: 300,
  },
  {
    name: 'HMAC over a token in the body',
    proof: bodyTokenHmac({ member: 'signature', tolerance: 300, hash: 'sha256', encoding: 'hex' }),
    secret: { current: text },
    body: json,
    uncovered: ['url', 'body'],
    tolerance: 300,
  },
  {
    name: 'hash over all parameters',
    proof: parameterHash,
    secret: { current: text, algorithm: 'sha256' },
    body: Buffer.from('a=1&b=x'),
    uncovered: ['url'],
  },
  {
    name: 'JSON Web Token',
    proof: jwt({
      header: 'authorization',
      prefix: 'Bearer ',
      issuer: 'x',
      bodyHash: 'payload_hash',
      urlHash: 'url_hash',
      leeway: 5,
    }),
    secret: { current: text },
    body: json,
    tolerance: 65,
  },
  {
    name: 'JSON Web Token of the body',
    proof: jwt({ header: 'signature', claims: 'body', leeway: 0 }),
    secret: { current: text },
    body: json,
    uncovered: ['url'],
  },
]

/** The same public-key scheme for each kind of key. */
function withKeys(type: 'ed25519' | 'ec' | 'rsa'): Case {
  const pairs = {
    ed25519: () => generateKeyPairSync('ed25519'),
    ec: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  }
  const pair = pairs[type]()
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'der' })
  const privateKey = `${pair.privateKey.export({ type: 'pkcs8', format: 'pem' })}`
  return {
    name: `signature by a private key (${type})`,
    proof: publicKeySignature({
      type,
      hash: type === 'ed25519' ? null : 'sha256',
      headers: { signature: 'signature', timestamp: 'timestamp' },
      separator: '|',
      tolerance: 300,
    }),
    secret: { current: (type === 'ed25519' ? publicKey.subarray(12) : publicKey).toString('base64'), privateKey },
    body: json,
    uncovered: ['url'],
    tolerance: 300,
  }
}
cases.push(withKeys('ed25519'), withKeys('ec'), withKeys('rsa'))
cases.push({
  name: 'signature by a key of a published set',
  proof: keySetSignature({ signatures: { sha256: 'signature' }, keyId: 'kid' }, () =>
    Promise.reject(new Error('away')),
  ),
  secret: withKeys('rsa').secret,
  body: json,
  uncovered: ['url'],
})

const sns: Case = {
  name: 'signature of SNS',
  proof: snsSignature(() => Promise.reject(new Error('expected no fetch'))),
  secret: { current: ARN },
  body: json,
  uncovered: ['url'],
}
cases.push(sns)
let certificate = ''

beforeAll(async () => {
  const pair = await generate([{ name: 'commonName', value: 'sns.amazonaws.com' }], { keySize: 2048 })
  certificate = pair.cert
  Object.assign(sns.secret, { certificate, privateKey: pair.private })
})

/** The text with another character at the place. */
const off = (text: string, at: number) => text.slice(0, at) + (text[at] === 'x' ? 'y' : 'x') + text.slice(at + 1)

describe.each(cases)('$name', ({ proof, secret, body, uncovered = [], tolerance }) => {
  const bare = request({ url: 'https://ledger.example.com/webhooks/x?reference=r1', body })
  const prove = () => proof.prove(bare, secret)
  const verdict = (signed: Request, using: Secret = secret) => proof.verify(signed, using)

  test('proves what it verifies, with the current and the previous key', async () => {
    expect(await verdict(prove())).toBe('authentic')
    expect(
      await verdict(prove(), { ...secret, current: 'b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXI=', previous: secret.current }),
    ).toBe('authentic')
  })

  test('refuses every key that is off by one character', async () => {
    for (let at = 0; at < secret.current.length; at += 7) {
      // The last character of a base64 text may hold bits of no meaning.
      if (/^=*$/.test(secret.current.slice(at + 1))) continue
      const other = off(secret.current, at)
      expect(await verdict(prove(), { ...secret, current: other }), `${at}`).toBe('refused')
      expect(await verdict(prove(), { ...secret, current: other, previous: '' })).toBe('refused')
    }
  })

  test('refuses every header that is off by one character', async () => {
    const signed = prove()
    for (const [name, value = ''] of Object.entries(signed.headers)) {
      for (let at = 0; at < value.length; at += 5) {
        // The last character of a base64 text may hold bits of no meaning.
        if (/^=*$/.test(value.slice(at + 1))) continue
        expect(
          await verdict({ ...signed, headers: { ...signed.headers, [name]: off(value, at) } }),
          `${name} ${at}`,
        ).toBe('refused')
      }
      expect(await verdict({ ...signed, headers: { ...signed.headers, [name]: undefined } })).toBe('refused')
    }
  })

  test.skipIf(uncovered.includes('body'))('refuses every body that is off by one byte', async () => {
    const signed = prove()
    const covered = proof === sns.proof ? signed.body.indexOf('"SignatureVersion"') : signed.body.length
    for (let at = 0; at < covered; at++) {
      const other = Buffer.from(signed.body)
      other[at] = (other[at] as number) ^ 1
      expect(await verdict({ ...signed, body: other }), `${at}`).toBe('refused')
    }
    expect(await verdict({ ...signed, body: Buffer.concat([signed.body, Buffer.from('x')]) })).toBe('refused')
  })

  test.skipIf(uncovered.includes('url'))('refuses every URL that is off by one character', async () => {
    const signed = prove()
    const end = uncovered.includes('query') ? signed.url.indexOf('?') : signed.url.length
    const start = uncovered.includes('path') ? signed.url.indexOf('?') + 1 : 0
    for (let at = start; at < end; at++) {
      expect(await verdict({ ...signed, url: off(signed.url, at) }), `${at}`).toBe('refused')
    }
  })

  test('is stale beyond the tolerance, to both sides', async () => {
    for (const seconds of [-86_400, -(tolerance ?? 0) - 1, (tolerance ?? 0) + 2, 86_400]) {
      const expected = tolerance === undefined ? 'authentic' : 'stale'
      expect(await verdict({ ...prove(), receivedAt: NOW + seconds * 1000 }), `${seconds}`).toBe(expected)
    }
  })

  test.skipIf((proof.withheld?.json ?? proof.withheld?.form) === undefined)(
    'leaves no signature in a body that is kept',
    () => {
      const { body } = prove()
      const signature = /[0-9a-f]{32,}(?=["&]|$)|[A-Za-z0-9+/]{100,}=*/
      expect(`${body}`).toMatch(signature)
      const kept = keptBody(body, proof.withheld ?? {}).toString()
      expect(kept.replace(/"token":"\w+"/, '')).not.toMatch(signature)
    },
  )
})

describe('the certificate of SNS', () => {
  const url = 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem'
  /** Who asks for which certificate. */
  function server(answer: () => Promise<string | undefined>) {
    const asked: string[] = []
    const proof = snsSignature((url) => {
      asked.push(url)
      return answer()
    })
    const { privateKey } = sns.secret
    const signed = () => proof.prove(request({ body: json }), { current: ARN, privateKey })
    const verifyBy = (current: string, signed: Request) => proof.verify(signed, { current })
    const verify = (signed: Request) => verifyBy(ARN, signed)
    return { asked, signed, verify, verifyBy }
  }

  test('is fetched once and kept', async () => {
    const { asked, signed, verify } = server(async () => certificate)
    expect([await verify(signed()), await verify(signed())]).toEqual(['authentic', 'authentic'])
    expect(asked).toEqual([url])
  })

  test.each([
    ['http', url.replace('https', 'http')],
    ['another host', 'https://my-bucket.s3.amazonaws.com/SimpleNotificationService-0.pem'],
    ['a host that ends like it', 'https://sns.eu-central-1.amazonaws.com.example.com/SimpleNotificationService-0.pem'],
    ['another name', 'https://sns.eu-central-1.amazonaws.com/other.pem'],
    ['a query', `${url}?x=1`],
    ['credentials', url.replace('https://', 'https://x@')],
    ['another region than the topic', url.replace('eu-central-1', 'us-east-1')],
  ])('is not fetched from %s', async (_, SigningCertURL) => {
    const { asked, signed, verify } = server(async () => certificate)
    const body = Buffer.from(JSON.stringify({ ...JSON.parse(`${signed().body}`), SigningCertURL }))
    expect(await verify(request({ body }))).toBe('refused')
    expect(asked).toEqual([])
  })

  test('is not fetched for the topic of somebody else', async () => {
    const { asked, signed, verify } = server(async () => certificate)
    const body = Buffer.from(`${signed().body}`.replaceAll('000000000000:ses', '111111111111:ses'))
    expect(await verify(request({ body }))).toBe('refused')
    expect(asked).toEqual([])
  })

  test('is not fetched where the key names no region', async () => {
    const { asked, signed, verifyBy } = server(async () => certificate)
    const message = { ...JSON.parse(`${signed().body}`), TopicArn: 'my-topic' }
    for (const SigningCertURL of ['http://169.254.169.254/SimpleNotificationService-0.pem', url]) {
      const body = Buffer.from(JSON.stringify({ ...message, SigningCertURL }))
      expect(await verifyBy('my-topic', request({ body }))).toBe('refused')
    }
    expect(asked).toEqual([])
  })

  test('that is none refuses; one that cannot be fetched now is no refusal', async () => {
    const none = server(async () => undefined)
    expect(await none.verify(none.signed())).toBe('refused')
    const away = server(() => Promise.reject(new Error('away')))
    await expect(away.verify(away.signed())).rejects.toThrow('away')
  })

  test('that has expired is refused', async () => {
    const { signed, verify } = server(async () => certificate)
    expect(await verify({ ...signed(), receivedAt: Date.parse('2050-01-01T00:00:00Z') })).toBe('refused')
  })
})
