import pMap from 'p-map'
import * as z from 'zod/mini'
import { normalizeAddress } from '../domain/address.ts'
import type { Expectation } from '../domain/expectation.ts'
import { messageKey } from '../domain/key.ts'
import { Malformed, read, readJson } from '../domain/payload.ts'
import { isSource, sourceName } from '../domain/source.ts'
import { readTimestamp } from '../domain/timestamp.ts'
import type { Deliveries } from '../platform/delivery-table.ts'
import { MAX_KEY_BYTES } from '../platform/history.ts'
import { Problem } from '../platform/problem.ts'
import { followedOf } from '../platform/projection.ts'
import { unavailable } from '../platform/queue.ts'
import { type Stated, state } from '../platform/state-expectation.ts'
import { CONCURRENCY, type Table } from '../platform/table.ts'
import type { Telemetry } from '../platform/telemetry.ts'
import { MAX_NAMES, nameOf, reject } from './parameters.ts'

/** What it takes to keep what senders say. */
export interface ExpectationsDesk {
  providers: readonly string[]
  ledger: Table
  deliveries: Deliveries
  telemetry: Pick<Telemetry, 'followed' | 'unexpected'>
}

/** Expectations of one request. */
const MAX_COUNT = 100

const MAX_LENGTH = 1_024
const MAX_PART = 9_999_999_999

const DAY = 86_400_000
const MAX_DAYS = 400

const EARLIEST = Date.UTC(2000, 0, 1)

/** https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
const RFC_3339 = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i

const TEXT = `a text of 1 to ${MAX_LENGTH} characters, in well-formed Unicode`
const SOME_TEXT = `expected ${TEXT}`

const text = z.string({ error: SOME_TEXT }).check(
  z.minLength(1, { error: SOME_TEXT }),
  z.maxLength(MAX_LENGTH, { error: SOME_TEXT }),
  z.refine((text) => text.isWellFormed(), { error: SOME_TEXT }),
)

const address = text.check(
  z.refine((text) => normalizeAddress(text) !== '', { error: 'expected a number, an address or another identifier' }),
)

const integer = (minimum: number, maximum: number) => {
  const error = `expected a whole number from ${minimum} to ${maximum}`
  return z.int({ error }).check(z.minimum(minimum, { error }), z.maximum(maximum, { error }))
}

const SOME_MOMENT = `expected a time in RFC 3339, such as 2026-01-31T12:00:00Z, since 2000 and in at most ${MAX_DAYS} days`

const moment = z.pipe(
  z.string({ error: SOME_MOMENT }).check(z.refine((text) => readMoment(text) !== null, { error: SOME_MOMENT })),
  z.transform((text) => readMoment(text) as string),
)

/** A member that may be null, or missing. */
const optional = <T>(value: z.ZodMiniType<T>) =>
  z.pipe(
    z.nullish(value),
    z.transform((given): T | null => given ?? null),
  )

const statement = {
  recipient: optional(address),
  part: optional(integer(0, MAX_PART)),
  reference: optional(text),
  campaign: optional(text),
  channel: optional(
    z.pipe(
      text,
      z.transform((channel) => channel.toLowerCase()),
    ),
  ),
  sentAt: moment,
  patience: optional(integer(1, (MAX_DAYS * DAY) / 1_000)),
}

/** An object with these members alone. */
const object = <T extends z.core.$ZodShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `expected no ${issue.keys.slice(0, MAX_NAMES).map(nameOf).join(', ')}: the members are ${Object.keys(shape).join(', ')}`
        : 'expected an object',
  })

/** What a sender says of one message. */
export const expectation = object(statement)

const SOME_ARRAY = `expected an array of 1 to ${MAX_COUNT} expectations`

/** What a sender says of several messages. */
export const expectations = z
  .array(object({ provider: text, account: optional(text), messageId: text, ...statement }), { error: SOME_ARRAY })
  .check(z.minLength(1, { error: SOME_ARRAY }), z.maxLength(MAX_COUNT, { error: SOME_ARRAY }))

/** Keeps what a sender says of one message (`PUT /v1/expectations/{provider}/{messageId+}`). */
export function putExpectation(
  desk: ExpectationsDesk,
  { provider = '', messageId = '' }: Record<string, string | undefined>,
  { account = null }: { account?: string | null | undefined },
  body: Buffer,
): Promise<void> {
  const stated = readBody(desk, expectation, body)
  const about = { provider, account, messageId }
  check(desk, about)
  return keep(desk, [{ ...about, ...stated }])
}

/** Keeps what a sender says of up to a hundred messages (`PUT /v1/expectations`): of all, or where one is not as expected of none. */
export function putExpectations(desk: ExpectationsDesk, body: Buffer): Promise<void> {
  const stated = readBody(desk, expectations, body)
  for (const [index, entry] of stated.entries()) check(desk, entry, `[${index}].`)
  return keep(desk, stated)
}

/** Throws Problem 400 where the body is not as expected. */
function readBody<T>({ deliveries }: ExpectationsDesk, schema: z.ZodMiniType<T>, body: Buffer): T {
  if (!deliveries.expectations) throw new Problem(400, 'expectations are off: set stages.<stage>.expectations to true')
  try {
    return read(schema, readJson(decode(body)))
  } catch (error) {
    if (error instanceof Malformed)
      throw new Problem(400, error.problems.map((problem) => problem.replace(/^: /, 'body: ')).join('; '))
    throw error
  }
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw reject('body', 'JSON in UTF-8')
  }
}

/** The id of an e-mail as it is kept: without its angle brackets. */
const withoutBrackets = (messageId: string): string => {
  const [, inner] = /^<([^<>]*)>$/.exec(messageId.trim()) ?? []
  return inner?.includes('@') ? inner : messageId
}

/** Throws Problem 400 where there can be no callback about a message. */
function check(
  { providers }: ExpectationsDesk,
  { provider, account, messageId }: Pick<Expectation, 'provider' | 'account' | 'messageId'>,
  path = '',
): void {
  if (!providers.includes(provider)) throw reject(`${path}provider`, `one of ${providers.join(', ')}`)
  const source = sourceName({ provider, account })
  if (!isSource(source, providers)) throw reject(`${path}account`, 'the name of an account, such as eu')
  const limit = MAX_KEY_BYTES.pk - Buffer.byteLength(messageKey(source, ''))
  if (!text.safeParse(messageId).success) throw reject(`${path}messageId`, TEXT)
  if (Buffer.byteLength(messageId) > limit) throw reject(`${path}messageId`, `1 to ${limit} bytes`)
}

async function keep(
  { deliveries, ledger, telemetry }: ExpectationsDesk,
  entries: readonly Omit<Expectation, 'statedAt'>[],
): Promise<void> {
  const statedAt = new Date().toISOString()
  // Of two about the same, the later in the request counts.
  const stated = new Map(
    entries.map((given) => {
      const entry = { ...given, messageId: withoutBrackets(given.messageId) }
      const { provider, account, messageId, recipient, part } = entry
      return [JSON.stringify([provider, account, messageId, recipient && normalizeAddress(recipient), part]), entry]
    }),
  )
  const results: [string, Stated][] = []
  try {
    await pMap(
      stated.values(),
      async (entry) => results.push([sourceName(entry), await state(deliveries, ledger, { ...entry, statedAt })]),
      { concurrency: CONCURRENCY },
    )
  } catch (cause) {
    telemetry.unexpected(cause)
    throw unavailable('Not all of it could be kept; send it again.', cause)
  } finally {
    telemetry.followed(
      results.flatMap(([provider, { deliveries, isNewlyOverdue }]) => [
        ...deliveries.map(followedOf),
        ...(isNewlyOverdue ? [{ provider, isNew: false, isNewlyOverdue }] : []),
      ]),
    )
  }
}

/** RFC 3339, UTC, milliseconds; null where the text is no time at which a message can have been sent. */
function readMoment(text: string): string | null {
  const moment = RFC_3339.test(text) ? readTimestamp(text, 'UTC') : null
  const time = Date.parse(moment ?? '')
  return time >= EARLIEST && time <= Date.now() + MAX_DAYS * DAY ? moment : null
}
