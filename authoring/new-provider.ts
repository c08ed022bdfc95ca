import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { STATUSES, type Status } from '../functions/domain/status.ts'

/** How a callback is written, and where its facts stand in it. */
export interface Answers {
  /** Lower-case letters and digits. */
  id: string
  /** What the provider is called. */
  title: string
  /** The address of its document. */
  document: string
  body: keyof typeof BODIES
  /** The header that its signature comes in, an HMAC-SHA-256 of the body; without, a shared key. */
  signature?: string | undefined
  channel: string
  /** The names of the members, or fields. */
  messageId: string
  status: string
  recipient?: string | undefined
  time?: string | undefined
  timeShape: 'text' | 'seconds' | 'milliseconds'
  /** Its words, and what they mean. */
  words: Record<string, Status>
  /** The document's own example: a body, or the query. */
  example?: string | undefined
}

/** The ways that a callback's facts are written. */
export const BODIES = {
  json: { reader: 'jsonObject', type: 'JsonObject', file: 'json', contentType: 'application/json' },
  'json-array': { reader: 'jsonArray', type: 'unknown[]', file: 'json', contentType: 'application/json' },
  form: { reader: 'form', type: 'Fields', file: 'form', contentType: 'application/x-www-form-urlencoded' },
  query: { reader: 'query', type: 'Fields', file: 'form', contentType: undefined },
} as const

/**
 * Makes the folder of a provider, with three fixtures, and its line in the catalogue; gives the files, from the project's folder.
 *
 * @throws Error where the id cannot be one, or is taken, or another answer would give code that is none; nothing is written then.
 */
export function createProvider(root: string, answers: Answers): string[] {
  const { id } = answers
  const folder = join('functions', 'providers', id)
  check(answers)
  if (existsSync(join(root, folder))) throw new Error(`${folder}: the provider is there already`)
  const files: Record<string, string> = {
    'provider.ts': definitionOf(answers),
    'normalizer.ts': mappingOf(answers),
    'README.md': pageOf(answers),
    'fixtures/document-example.http': requestOf(answers, exampleOf(answers)),
    'fixtures/malformed-no-id.http': requestOf(answers, written(answers, { [answers.status]: wordOf(answers) })),
    'fixtures/ping.http': requestOf(answers, ''),
  }
  mkdirSync(join(root, folder, 'fixtures'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, folder, name), text)
  register(root, id)
  return Object.keys(files).map((name) => `${folder}/${name}`)
}

const TIME_SHAPES = ['text', 'seconds', 'milliseconds']

/** What each answer has to be: they become names, texts and comments of code. */
function check({ id, title, document, body, signature, channel, timeShape, words, example, ...names }: Answers): void {
  if (!/^[a-z][a-z0-9]*$/.test(id)) throw new Error(`${id}: expected an id of a-z and 0-9 that begins with a letter`)
  if (!isName(id) || id === 'providers') throw new Error(`${id}: expected an id that is no word of the language`)
  for (const [name, text] of Object.entries({ title, document }))
    if (/[\p{Cc}\u2028\u2029]|\*\//u.test(text)) throw new Error(`${name}: expected one line without */`)
  if (signature !== undefined && !/^[\w-]+$/.test(signature))
    throw new Error('signature: expected the name of a header')
  if (!/^[a-z][a-z0-9_]*$/.test(channel)) throw new Error('channel: expected a word of a-z, 0-9 and _, such as sms')
  if (!TIME_SHAPES.includes(timeShape)) throw new Error(`timeShape: expected one of ${TIME_SHAPES.join(', ')}`)
  const members = [names.messageId, names.status, names.recipient, names.time].filter((name) => name !== undefined)
  if (members.some((name) => name === '' || name === '__proto__') || new Set(members).size < members.length)
    throw new Error(`members: expected a name for each, all different: ${members.join(', ')}`)
  const spellings = Object.keys(words).map((word) => word.trim().toUpperCase())
  if (spellings.includes('') || spellings.includes('__PROTO__') || new Set(spellings).size < spellings.length)
    throw new Error(`words: expected each once, in whatever case: ${Object.keys(words).join(', ')}`)
  for (const [word, meaning] of Object.entries(words))
    if (!Object.hasOwn(STATUSES, meaning))
      throw new Error(`words: ${word}=${meaning}: expected a word and one of ${Object.keys(STATUSES).join(', ')}`)
  if (body === 'query' && /\s/.test(example?.trim() ?? '')) throw new Error('example: expected a query without blanks')
}

/** Whether letters and digits can be the name of a constant in a module: `class`, `new` and `await` cannot. */
function isName(word: string): boolean {
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  try {
    return new AsyncFunction(`'use strict'; const ${word} = 0`) !== undefined
  } catch {
    return false
  }
}

/** Its import and its entry, each in the order of the alphabet. */
function register(root: string, id: string): void {
  const file = join(root, 'functions', 'providers', 'index.ts')
  const lines = readFileSync(file, 'utf8').split('\n')
  const place = (pattern: RegExp, line: string) => {
    const later = lines.findIndex((other) => (pattern.exec(other)?.[1] ?? '') > id)
    const last = lines.findLastIndex((other) => pattern.test(other))
    lines.splice(later === -1 ? last + 1 : later, 0, line)
  }
  place(/^import \{ (\w+) \} from '\.\/\w+\/provider\.ts'$/, `import { ${id} } from './${id}/provider.ts'`)
  place(/^ {2}(\w+),$/, `  ${id},`)
  writeFileSync(file, lines.join('\n'))
}

const definitionOf = ({ id, title, body, signature }: Answers): string =>
  `${
    signature
      ? `import { bodyHmac } from '../../domain/proof/body-hmac.ts'`
      : `import { sharedKey } from '../../domain/proof/shared-key.ts'`
  }
import { defineProvider } from '../../domain/provider.ts'

/** ${title}. */
export const ${id} = defineProvider({
  id: '${id}',
${
  signature
    ? `  proof: bodyHmac({ headers: ['${signature.toLowerCase()}'], hash: 'sha256', encoding: 'hex' }),\n  keyIssuer: 'provider',`
    : '  proof: sharedKey,'
}${body === 'query' ? `\n  routes: [{ methods: ['GET'], path: '/webhooks/${id}' }],` : ''}
  loadNormalizer: async () => (await import('./normalizer.ts')).normalizer,
})
`

function mappingOf(answers: Answers): string {
  const { document, body, channel, messageId, status, recipient, time, timeShape, words } = answers
  const { reader, type, file } = BODIES[body]
  const isList = body === 'json-array'
  const shape = {
    [messageId]: 'word',
    [status]: 'word',
    ...(recipient && { [recipient]: 'optionalWord' }),
    ...(time && { [time]: 'optionalWord' }),
  }
  const named = {
    [messageId]: 'messageId',
    [status]: 'providerStatus',
    ...(recipient && { [recipient]: 'recipient' }),
    ...(time && { [time]: 'time' }),
  }
  const when =
    timeShape === 'text'
      ? `occurrence(${literal(time)}, time, timeZone)`
      : `unixOccurrence(${literal(time)}, time, '${timeShape}')`
  const imports = [
    `import { ${[...(type === 'unknown[]' ? [] : [`type ${type}`]), reader].join(', ')} } from '../../domain/body/${file}.ts'`,
    `import { ${[isList && 'type Fact', 'type Normalizer', time && (timeShape === 'text' ? 'occurrence' : 'unixOccurrence')].filter(Boolean).join(', ')} } from '../../domain/normalizer.ts'`,
    `import { ${[(recipient || time) && 'optionalWord', isList ? 'readEach' : 'read', 'word'].filter(Boolean).join(', ')} } from '../../domain/payload.ts'`,
  ]
  const context = time && timeShape === 'text' ? 'timeZone' : ''
  const fact = (indent: string) =>
    [
      'messageId,',
      ...(recipient ? ['recipient,'] : []),
      `channel: '${channel}',`,
      'providerStatus,',
      `occurredAt${time ? '' : ': null'},`,
      `details${time ? ': { ...details, ...raw }' : ''},`,
    ]
      .map((line) => `${indent}${line}`)
      .join('\n')
  const unpack = `{ ${Object.entries(named)
    .map(([name, as]) => (name === as ? name : `${quoted(name)}: ${as}`))
    .join(', ')}, ...details }`
  const facts = isList
    ? `
  facts: (entries, { problems${context && `, ${context}`} }) =>
    readEach(report, entries, '', problems).map(({ entry, path }): Fact => {
      const ${unpack} = entry
${time ? `      const { occurredAt, raw } = time === null ? { occurredAt: null, raw: {} } : ${when}\n` : ''}      return {
${fact('        ')}
        path,
      }
    }),`
    : `
  facts(payload${context && `, { ${context} }`}) {
    const ${unpack} = read(report, payload)
${time ? `    const { occurredAt, raw } = time === null ? { occurredAt: null, raw: {} } : ${when}\n` : ''}    return [
      {
${fact('        ')}
      },
    ]
  },`
  return `import * as z from 'zod/mini'
${imports.join('\n')}
import type { Status } from '../../domain/status.ts'

/** ${document} TODO: every word of the document. */
const STATUSES = {
${Object.entries(words)
  .map(([word, meaning]) => `  ${quoted(word.toUpperCase())}: '${meaning}',`)
  .join('\n')}
} as const satisfies Record<string, Status>

const report = z.looseObject({ ${Object.entries(shape)
    .map(([name, schema]) => `${quoted(name)}: ${schema}`)
    .join(', ')} })

/** The mapping of ${document} */
export const normalizer: Normalizer<${type}> = {
  version: 1,
  body: ${reader},
  statuses: STATUSES,
${facts}
}
`
}

const pageOf = ({ id, title, document, signature }: Answers): string => `# ${title}

- **Documents**: ${document}
- **Evidence: C** (TODO: A where its own documents were read, B where the code of an SDK or of a user of it was)
- **Verified**: example no, signature ${signature ? 'no' : 'none'}, error codes none
- **Callback URL**: \`https://<host>/webhooks/${id}\`. TODO: where to enter it.
- **Key**: ${signature ? "the provider's: TODO" : 'yours, in the URL: `?key=<key>`'}
- **Message id**: TODO: is it the one that sending answers?
- **Order, time**: TODO
- **Retries**: TODO: how often, which answer it wants and how soon; what differs from attempt to attempt.

## Doubts

TODO
`

/** A body, or a query, with these members. */
function written({ body }: Answers, members: Record<string, string>): string {
  if (body === 'json') return `${JSON.stringify(members, null, 2)}\n`
  return body === 'json-array' ? `${JSON.stringify([members], null, 2)}\n` : new URLSearchParams(members).toString()
}

const exampleOf = (answers: Answers): string =>
  answers.example ??
  written(answers, {
    [answers.messageId]: 'example-1',
    [answers.status]: wordOf(answers),
    ...(answers.recipient && { [answers.recipient]: '+33600112233' }),
    ...(answers.time && { [answers.time]: TIMES[answers.timeShape] }),
  })

const TIMES = { text: '2026-01-02T03:04:05Z', seconds: '1767323045', milliseconds: '1767323045678' }

const wordOf = ({ words }: Answers): string => Object.keys(words)[0] ?? 'DELIVERED'

function requestOf({ id, body }: Answers, content: string): string {
  const { contentType } = BODIES[body]
  const path = `/webhooks/${id}`
  return contentType === undefined
    ? `GET ${path}${content && `?${content.trim()}`} HTTP/1.1\nHost: ledger.example.com\n\n`
    : `POST ${path} HTTP/1.1\nHost: ledger.example.com\nContent-Type: ${contentType}\n\n${content}`
}

const quoted = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name))

/** A text in single quotes, as JSON writes it in double ones. */
const literal = (text = ''): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
