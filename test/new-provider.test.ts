import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Answers, BODIES, createProvider } from '../authoring/new-provider.ts'
import { callbackOf } from '../functions/domain/callback.ts'
import { normalize } from '../functions/domain/normalizer.ts'
import type { Provider } from '../functions/domain/provider.ts'
import { ARRIVAL, ORIGIN } from '../local/fixture-outcome.ts'
import { parseRequest } from '../local/fixtures.ts'

const ANSWERS: Answers = {
  ...{ id: 'acme', title: 'Acme SMS', document: 'https://acme.example.com/docs', body: 'json', channel: 'sms' },
  ...{ messageId: 'id', status: 'delivery-status', recipient: 'to', time: 'at', timeShape: 'seconds' },
  words: { DELIVERED: 'delivered', 'NOT-SENT': 'failed' },
}

/** A project with the domain of this one, and a catalogue of two. */
let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'new-provider-'))
  mkdirSync(join(root, 'functions', 'providers'), { recursive: true })
  symlinkSync(join(process.cwd(), 'functions', 'domain'), join(root, 'functions', 'domain'))
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'))
  writeFileSync(
    join(root, 'functions', 'providers', 'index.ts'),
    "import { abc } from './abc/provider.ts'\nimport { zed } from './zed/provider.ts'\n\nexport const providers = [\n  abc,\n  zed,\n]\n",
  )
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const catalogue = () => readFileSync(join(root, 'functions', 'providers', 'index.ts'), 'utf8')

/** What becomes of a fixture of the new provider. */
async function outcomeOf(name: string) {
  const folder = join(root, 'functions', 'providers', 'acme')
  const provider: Provider = (await import(join(folder, 'provider.ts'))).acme
  const file = `fixtures/${name}.http`
  const { target, ...request } = parseRequest(readFileSync(join(folder, file)), file)
  const about = { provider: 'acme', requestId: name, pathParameters: {} }
  const callback = callbackOf({ ...request, url: `${ORIGIN}${target}`, receivedAt: ARRIVAL }, undefined, about)
  return normalize(await provider.loadNormalizer(), callback, provider.timeZone)
}

describe.each(Object.keys(BODIES) as (keyof typeof BODIES)[])('a new provider whose callbacks are %s', (body) => {
  test.each([
    [{}],
    [{ signature: 'X-Acme-Signature' }],
    [{ time: undefined, recipient: undefined }],
    [{ timeShape: 'text' as const }],
  ])('has a mapping that reads its example, and refuses what has no id: %j', async (more) => {
    const answers: Answers = { ...ANSWERS, body, ...more }
    createProvider(root, answers)
    const { records } = await outcomeOf('document-example')
    expect(records.map(({ record }) => record)).toMatchObject([
      {
        ...{ provider: 'acme', messageId: 'example-1', status: 'delivered', channel: 'sms' },
        recipient: answers.recipient === undefined ? null : '+33600112233',
        occurredAt: answers.time === undefined ? null : '2026-01-02T03:04:05.000Z',
        details: {},
      },
    ])
    expect((await outcomeOf('malformed-no-id')).problems).toEqual([expect.stringMatching(/id: expected text$/)])
    expect((await outcomeOf('ping')).ignored).toEqual(['ping'])
  })
})

test('it stands in the catalogue in the order of the alphabet, once', () => {
  createProvider(root, ANSWERS)
  createProvider(root, { ...ANSWERS, id: 'zoo' })
  expect(catalogue()).toMatch(
    /abc.*\n.*acme.*\n.*zed.*\n.*zoo.*\n\nexport.*\n {2}abc,\n {2}acme,\n {2}zed,\n {2}zoo,\n\]/,
  )
  expect(() => createProvider(root, ANSWERS)).toThrow('the provider is there already')
})

test.each(['Acme', '1acme', 'acme-sms', '', '../acme'])('%j is no id', (id) => {
  expect(() => createProvider(root, { ...ANSWERS, id })).toThrow('expected an id of a-z and 0-9')
})

const words = (list: object) => ({ words: { ...list } as Answers['words'] })

test.each<[Partial<Answers>, string]>([
  [{ id: 'class' }, 'expected an id that is no word of the language'],
  [{ id: 'await' }, 'expected an id that is no word of the language'],
  [{ id: 'providers' }, 'expected an id that is no word of the language'],
  [{ title: 'Acme */ process.exit() /*' }, 'title: expected one line without */'],
  [{ document: 'https://acme.example.com\nhttps://other.example.com' }, 'document: expected one line'],
  [{ signature: "x-acme'sig" }, 'signature: expected the name of a header'],
  [{ channel: "s'ms" }, 'channel: expected a word'],
  [{ timeShape: 'minutes' as never }, 'timeShape: expected one of text, seconds, milliseconds'],
  [{ messageId: 'id', status: 'id' }, 'members: expected a name for each, all different'],
  [{ recipient: '' }, 'members: expected a name for each'],
  [{ messageId: '__proto__' }, 'members: expected a name for each'],
  [words({ Sent: 'sent', SENT: 'delivered' }), 'words: expected each once, in whatever case'],
  [words({ SENT: 'toString' }), 'words: SENT=toString: expected a word and one of'],
  [{ body: 'query', example: 'id=1&text=a b' }, 'example: expected a query without blanks'],
])('%j is refused, and nothing is written', (answers, message) => {
  const before = catalogue()
  const { id } = { ...ANSWERS, ...answers }
  expect(() => createProvider(root, { ...ANSWERS, ...answers })).toThrow(message)
  expect(catalogue()).toBe(before)
  expect(existsSync(join(root, 'functions', 'providers', id))).toBe(false)
})

test('names and words with quotes and backslashes are texts of the code, and no code', async () => {
  const odd = `a'b\\c\n"d`
  createProvider(root, {
    ...ANSWERS,
    messageId: `${odd}1`,
    status: `${odd}2`,
    time: `${odd}3`,
    ...words({ [odd]: 'read' }),
  })
  const { records } = await outcomeOf('document-example')
  expect(records.map(({ record }) => record)).toMatchObject([
    { messageId: 'example-1', status: 'read', providerStatus: odd, occurredAt: '2026-01-02T03:04:05.000Z' },
  ])
})

test("the document's own example is kept byte for byte", () => {
  const example = '{ "id": "m1",   "delivery-status":"DELIVERED" }\n'
  createProvider(root, { ...ANSWERS, example })
  const file = readFileSync(join(root, 'functions/providers/acme/fixtures/document-example.http'), 'utf8')
  expect(file.endsWith(`\n\n${example}`)).toBe(true)
})
