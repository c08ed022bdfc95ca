import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'
import { Option } from 'commander'
import { differencesOf } from '../authoring/fixtures.ts'
import { type Answers, BODIES, createProvider } from '../authoring/new-provider.ts'
import { STATUSES, type Status } from '../functions/domain/status.ts'
import { run, script } from './script.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const command = script('new-provider', 'Makes the folder of a provider: definition, mapping, page and three fixtures.')
  .argument('<id>', 'lower-case letters and digits; its URL is /webhooks/<id>')
  .option('--title <text>', 'what it is called')
  .option('--document <url>', 'the page that documents its callbacks')
  .addOption(new Option('--body <shape>', 'how a callback is written').choices(Object.keys(BODIES)))
  .option('--signature <header>', 'the header of an HMAC-SHA-256 of the body; without, the callback has a shared key')
  .option('--channel <name>', 'such as sms or email')
  .option('--message-id <name>', 'the member, or field, with the id that sending answers')
  .option('--status <name>', 'the one with the status')
  .option('--recipient <name>', 'the one with the recipient')
  .option('--time <name>', 'the one with the time')
  .addOption(
    new Option('--time-shape <shape>', 'a text, or counted since 1970').choices(['text', 'seconds', 'milliseconds']),
  )
  .option('--words <list>', 'what its words mean: DELIVERED=delivered,FAILED=failed')
  .option('--example <file>', "the body of the document's own example")
  .addHelpText('after', '\nIn a terminal it asks for what the options leave out.')
  .parse()

const [id = ''] = command.args
const given = command.opts<Record<string, string | undefined>>()

const QUESTIONS: readonly [name: string, question: string, initial: string][] = [
  ['title', 'What is it called?', id],
  ['document', 'Which page documents its callbacks?', 'TODO'],
  ['body', `How is a callback written (${Object.keys(BODIES).join(', ')})?`, 'json'],
  ['messageId', 'Which member has the message id?', 'messageId'],
  ['status', 'Which member has the status?', 'status'],
  ['recipient', 'Which member has the recipient (- for none)?', '-'],
  ['time', 'Which member has the time (- for none)?', '-'],
  ['timeShape', 'Is the time a text, or counted since 1970 in seconds or milliseconds?', 'text'],
  ['channel', 'Which channel is it (sms, email, …)?', 'sms'],
  ['words', 'What do its words mean (DELIVERED=delivered,FAILED=failed)?', 'DELIVERED=delivered'],
]

/** The options, and in a terminal the answers to what they leave out. */
async function answersOf(): Promise<Answers> {
  const terminal = process.stdin.isTTY ? createInterface({ input: process.stdin, output: process.stdout }) : undefined
  const answers: Record<string, string | undefined> = { ...given }
  for (const [name, question, initial] of QUESTIONS)
    answers[name] ??= (await terminal?.question(`${question} [${initial}] `)) || initial
  terminal?.close()
  const { body = '', recipient, time, timeShape, words = '', example } = answers
  if (!Object.keys(BODIES).includes(body)) throw new Error(`body: expected one of ${Object.keys(BODIES).join(', ')}`)
  return {
    ...(answers as unknown as Answers),
    id,
    timeShape: timeShape as Answers['timeShape'],
    recipient: recipient === '-' ? undefined : recipient,
    time: time === '-' ? undefined : time,
    words: wordsIn(words),
    example: example === undefined ? undefined : readFileSync(example, 'utf8'),
  }
}

function wordsIn(list: string): Record<string, Status> {
  const pairs = list.split(',').map((pair) => pair.split('=').map((text) => text.trim()))
  for (const [word, status = '', ...rest] of pairs)
    if (!word || !Object.hasOwn(STATUSES, status) || rest.length > 0)
      throw new Error(`words: ${word}=${status}: expected a word and one of ${Object.keys(STATUSES).join(', ')}`)
  return Object.fromEntries(pairs)
}

/** In the project's style. */
const format = (...paths: string[]) =>
  execFileSync(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...paths], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  })

const CATALOGUE = 'functions/providers/index.ts'

/** What is written beside the folder; where it cannot be, neither the folder nor its line in the catalogue stays. */
async function complete(before: string) {
  try {
    format(`functions/providers/${id}`, CATALOGUE)
    const { [id]: provider } = await import(`../functions/providers/${id}/provider.ts`)
    return await differencesOf(provider, true)
  } catch (error) {
    rmSync(`${ROOT}functions/providers/${id}`, { recursive: true })
    writeFileSync(`${ROOT}${CATALOGUE}`, before)
    throw error
  }
}

await run(async () => {
  const before = readFileSync(`${ROOT}${CATALOGUE}`, 'utf8')
  const files = createProvider(ROOT, await answersOf())
  const expectations = await complete(before)
  for (const file of [...files, ...expectations.map(({ file }) => file)]) console.log(file)
  console.log(`
Next:
  npx vitest run test/providers.test.ts test/authentication.test.ts test/conformance.test.ts -t ${id}
                                        says which words have no fixture yet, and which kinds of callbacks
  npm run fixtures -- ${id} --update    writes the .json of each new .http: read it
  npx vitest run test/catalogue.test.ts -u
                                        writes docs/providers.md
  CONTRIBUTING.md, "Add a provider", has the rest; each TODO in functions/providers/${id}/ is a question to its document`)
})
