import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { generate } from 'selfsigned'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, test } from 'vitest'
import { verify } from '../client/index.ts'
import { postWebhook, type WebhookTarget } from '../functions/platform/webhook.ts'
import { isPublic, type Resolve } from '../functions/platform/webhook-address.ts'

const KEYS = { current: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', previous: 'b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQt' }
const EVENT = JSON.stringify({ id: 'event-1', subject: 'a', sequence: '1', data: { text: 'Zoë' } })

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Listens on a free port until the end of the test, and gives it. */
async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const serve = async (listener: RequestListener) => `http://127.0.0.1:${await listen(createHttpServer(listener))}/hook`

const post = (url: string, options: Partial<WebhookTarget> = {}) =>
  postWebhook(
    { url, secret: { current: KEYS.current }, allowPrivate: true, timeout: 500, ...options },
    'event-1',
    EVENT,
  )

describe('a webhook', () => {
  /** What an endpoint receives. */
  async function received(secret: WebhookTarget['secret']) {
    const { promise, resolve } = Promise.withResolvers<{ headers: Record<string, string>; body: string }>()
    const url = await serve(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      response.end()
      resolve({ headers: request.headers as Record<string, string>, body })
    })
    expect(await post(url, { secret })).toMatchObject({ kind: 'delivered', text: '200' })
    return promise
  }

  test('has the event as it is, and is signed as the public verifier and ours expect it', async () => {
    const { headers, body } = await received({ current: KEYS.current })
    expect(body).toBe(EVENT)
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'event-1' })
    expect(new Webhook(`whsec_${KEYS.current}`).verify(body, headers)).toEqual(JSON.parse(EVENT))
    expect(verify(headers, body, `whsec_${KEYS.current}`)).toEqual(JSON.parse(EVENT))
    expect(() => new Webhook(`whsec_${KEYS.previous}`).verify(body, headers)).toThrow()
  })

  test('has two signatures while the secret is rotated, so that it is verified by the new one and by the old one', async () => {
    const { headers, body } = await received(KEYS)
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2)
    for (const key of Object.values(KEYS)) {
      expect(new Webhook(`whsec_${key}`).verify(body, headers)).toEqual(JSON.parse(EVENT))
      expect(verify(headers, body, `whsec_${key}`)).toEqual(JSON.parse(EVENT))
    }
  })

  test('takes a secret of 40 letters and digits, as Secrets Manager generates it', async () => {
    const key = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcd'
    const { headers, body } = await received({ current: key })
    expect(new Webhook(`whsec_${key}`).verify(body, headers)).toEqual(JSON.parse(EVENT))
  })

  test('of 256 KB arrives whole', async () => {
    const text = JSON.stringify({ id: 'event-1', data: 'x'.repeat(256 * 1024 - 40) })
    let bytes = 0
    const url = await serve(async (request, response) => {
      for await (const chunk of request) bytes += chunk.length
      response.writeHead(204).end()
    })
    const target = { url, secret: { current: KEYS.current }, allowPrivate: true }
    expect(await postWebhook(target, 'event-1', text)).toMatchObject({ kind: 'delivered', text: '204' })
    expect(bytes).toBe(text.length)
  })

  test('cannot be sent with an invalid secret, and the error does not contain it', async () => {
    await expect(post('http://127.0.0.1:1/', { secret: { current: 'aGk=' } })).rejects.toThrow(
      'secret: expected at least 8 bytes in base64',
    )
  })
})

describe('an endpoint that answers', () => {
  test.each([
    [200, {}, { kind: 'delivered', text: '200' }],
    [204, {}, { kind: 'delivered', text: '204' }],
    [301, { location: '/elsewhere' }, { kind: 'failed', text: '301' }],
    [307, { location: '/elsewhere' }, { kind: 'failed', text: '307' }],
    [400, {}, { kind: 'failed', text: '400' }],
    [410, {}, { kind: 'gone', text: '410' }],
    [429, { 'retry-after': '30' }, { kind: 'failed', text: '429', retryAfter: 30 }],
    [503, { 'retry-after': '7' }, { kind: 'failed', text: '503', retryAfter: 7 }],
    [503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, { kind: 'failed', text: '503', retryAfter: 0 }],
    [503, {}, { kind: 'failed', text: '503', retryAfter: undefined }],
    [500, { 'retry-after': '30' }, { kind: 'failed', text: '500', retryAfter: undefined }],
  ])('%i %j counts as %j', async (status, headers, answer) => {
    const paths: (string | undefined)[] = []
    const url = await serve((request, response) => {
      paths.push(request.url)
      response.writeHead(status, headers).end()
    })
    expect(await post(url)).toEqual(answer)
    expect(paths).toEqual(['/hook'])
  })

  test('a date in Retry-After is waited for', async () => {
    const url = await serve((_, response) => {
      response.writeHead(429, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }).end()
    })
    const { retryAfter = 0 } = await post(url)
    expect(retryAfter).toBeGreaterThan(57)
    expect(retryAfter).toBeLessThanOrEqual(60)
  })

  test('slowly, but in time, has taken it', async () => {
    const url = await serve(async (_, response) => {
      await sleep(200)
      response.end()
    })
    expect(await post(url)).toMatchObject({ kind: 'delivered' })
  })

  test('never, or only in parts of a header, is given up after the time that it has', async () => {
    const silent = await serve(() => {})
    const tcp = createTcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const dripping = setInterval(() => socket.write('a: b\r\n'), 50)
      socket.on('close', () => clearInterval(dripping))
    })
    const dripping = `http://127.0.0.1:${await listen(tcp)}/`
    const start = Date.now()
    expect(await Promise.all([post(silent), post(dripping)])).toEqual([
      { kind: 'failed', text: 'timeout' },
      { kind: 'failed', text: 'timeout' },
    ])
    expect(Date.now() - start).toBeLessThan(1_500)
  })

  test('2xx is a success, also where the body never ends or is huge; only some KB are read', async () => {
    const endless = await serve((_, response) => {
      response.write('x')
    })
    let sent = 0
    const huge = await serve((_, response) => {
      const chunk = Buffer.alloc(64 * 1024)
      const pump = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length
      }
      response.on('drain', pump)
      pump()
    })
    expect(await post(endless)).toMatchObject({ kind: 'delivered' })
    const start = Date.now()
    expect(await post(huge)).toMatchObject({ kind: 'delivered' })
    expect(Date.now() - start).toBeLessThan(400)
    // What the buffers of two sockets hold.
    expect(sent).toBeLessThan(16 * 1024 * 1024)
  })

  test.each([
    ['nothing, and closes', '', 'closed'],
    ['what is no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'no HTTP'],
    ['half a header', 'HTTP/1.1 200 OK\r\ncontent-', 'closed'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n', 'closed'],
    ['headers without end', `HTTP/1.1 200 OK\r\na: ${'b'.repeat(100_000)}\r\n\r\n`, 'no HTTP'],
  ])('%s has failed', async (_, text, cause) => {
    const server = createTcpServer((socket) => socket.once('data', () => socket.end(text)))
    expect(await post(`http://127.0.0.1:${await listen(server)}/`)).toEqual({ kind: 'failed', text: cause })
  })

  test('fails where nothing listens, or the host is unknown', async () => {
    expect(await post('http://127.0.0.1:1/')).toEqual({ kind: 'failed', text: 'no connection' })
    expect(await post('http://nobody.invalid/', { timeout: 5_000 })).toMatchObject({ kind: 'failed' })
  })

  test('with a certificate of its own is not trusted', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }])
    let requests = 0
    const server = createHttpsServer({ key, cert }, (_, response) => {
      requests++
      response.end()
    })
    expect(await post(`https://127.0.0.1:${await listen(server)}/`)).toEqual({ kind: 'failed', text: 'certificate' })
    expect(requests).toBe(0)
  })
})

describe('an address', () => {
  test.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450:4001::1'])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true)
  })

  test.each([
    ['127.0.0.1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['10.1.2.3', 'private'],
    ['172.31.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'of carriers'],
    ['169.254.169.254', 'link-local: metadata of an instance'],
    ['192.0.0.8', 'of protocols'],
    ['192.0.2.1', 'of documents'],
    ['198.18.0.1', 'of benchmarks'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['240.0.0.1', 'reserved'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::7f00:1', 'IPv4-compatible'],
    ['::ffff:127.0.0.1', 'IPv4-mapped'],
    ['::ffff:0:10.0.0.1', 'IPv4-translated'],
    ['64:ff9b::a9fe:a9fe', 'NAT64'],
    ['64:ff9b:1::a00:1', 'NAT64 of one network'],
    ['2002:7f00:1::', '6to4'],
    ['2001::1', 'Teredo'],
    ['2001:db8::1', 'of documents'],
    ['fc00::1', 'unique local'],
    ['fd00:ec2::254', 'unique local: metadata of an instance'],
    ['fe80::1', 'link-local'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
    ['4000::1', 'given to nobody'],
    ['localhost', 'no address'],
  ])('%s is not: %s', (address) => {
    expect(isPublic(address)).toBe(false)
  })
})

describe('in the cloud', () => {
  const refused = { kind: 'failed', text: 'refused address' }
  const resolving =
    (...answers: string[][]): Resolve =>
    (_, __, callback) =>
      callback(
        null,
        (answers.shift() ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )

  /** Fails the test where anybody connects. */
  async function trap(): Promise<number> {
    const server = createTcpServer(() => connections++)
    return listen(server)
  }
  let connections = 0

  test.each([
    'https://127.0.0.1',
    'https://2130706433',
    'https://0x7f.1',
    'https://[::1]',
    'https://[::ffff:7f00:1]',
    'https://localhost',
    'http://example.com',
  ])('%s is refused, and nobody connects', async (url) => {
    connections = 0
    expect(await post(`${url}:${await trap()}/`, { allowPrivate: false })).toEqual(refused)
    expect(connections).toBe(0)
  })

  test.each([
    ['a private address', ['10.0.0.1']],
    ['a public address and a private one', ['8.8.8.8', '127.0.0.1']],
    ['no address', []],
  ])('a name of %s is refused, and nobody connects', async (_, addresses) => {
    connections = 0
    const url = `https://hooks.example.com:${await trap()}/`
    expect(await post(url, { allowPrivate: false, resolve: resolving(addresses) })).toEqual(refused)
    expect(connections).toBe(0)
  })

  test('a name that becomes private after it was checked is not asked for again', async () => {
    connections = 0
    let asked = 0
    const answers = resolving(['192.88.99.1', '8.8.8.8'], ['127.0.0.1'])
    const first = resolving(['2606:4700:4700::1111', '1.1.1.1'], ['127.0.0.1'])
    const counting: Resolve = (...all) => {
      asked++
      first(...all)
    }
    const url = `https://hooks.example.com:${await trap()}/`
    // The addresses are public, so that the attempt goes there, and to nobody who was not checked.
    expect(await post(url, { allowPrivate: false, resolve: counting, timeout: 300 })).toMatchObject({ kind: 'failed' })
    expect(asked).toBe(1)
    expect(await post(url, { allowPrivate: false, resolve: answers })).toEqual(refused)
    expect(await post(url, { allowPrivate: false, resolve: answers })).toEqual(refused)
    expect(connections).toBe(0)
  })
})
