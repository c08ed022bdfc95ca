import * as z from 'zod/mini'
import { EVENT_TYPES, RECIPIENT_FORMS } from '../../functions/domain/event.ts'
import { providersOf } from '../../functions/domain/source.ts'
import { STATUSES } from '../../functions/domain/status.ts'
import { isPrivateHost } from '../../functions/platform/webhook-address.ts'
import { providers } from '../../functions/providers/index.ts'
import { count, members } from './values.ts'

/** The variables of a function have 4 KB together, and the keeper of the endpoints knows each with five names of AWS's. Bytes. */
const MOST = { endpoints: 5, url: 200, filter: 2_000 }

/** https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
const POLICY = { attributes: 5, combinations: 150 }

const SOME_NAME = 'expected a name of at most 31 small letters, digits and hyphens, which begins with a letter'

const SOME_FORM = `expected one of ${RECIPIENT_FORMS.join(', ')}`

const SOME_TEXT = 'expected a text without blanks at its ends'

/** What attributes of events can be: any text, where there is no list. */
const VALUES: Record<string, readonly string[]> = {
  type: Object.values(EVENT_TYPES),
  provider: providers.map(({ id }) => id),
  status: Object.keys(STATUSES),
  final: ['true', 'false'],
}

/** Texts of an attribute, of which an event has one. */
const anyOf = (name: string) => {
  const values = VALUES[name]
  const error = values === undefined ? SOME_TEXT : `expected one of ${values.join(', ')}`
  const isRight = (text: string) => values?.includes(text) ?? /^[^\s\p{Cc}]([^\p{Cc}]*[^\s\p{Cc}])?$/u.test(text)
  const some = `expected a list of texts, such as ["${values?.[0] ?? 'a'}"]`
  return z.exactOptional(
    z
      .array(z.string({ error }).check(z.refine(isRight, { error })), { error: some })
      .check(z.minLength(1, { error: some })),
  )
}

const filter = members(
  {
    type: anyOf('type'),
    provider: anyOf('provider'),
    channel: anyOf('channel'),
    status: anyOf('status'),
    final: anyOf('final'),
    campaign: anyOf('campaign'),
  },
  '{"status": ["failed", "undelivered"]}',
).check(({ value, issues }) => {
  const refuse = (message: string) => issues.push({ code: 'custom', input: value, path: [], message })
  const sizes = Object.values(value).map((texts) => texts?.length ?? 0)
  const combinations = sizes.reduce((product, size) => product * size, 1)
  if (sizes.length > POLICY.attributes)
    refuse(`expected at most ${POLICY.attributes} attributes, which is what SNS takes`)
  if (combinations > POLICY.combinations)
    refuse(
      `expected at most ${POLICY.combinations} combinations of values, which is what SNS takes: ${sizes.join(' × ')} are ${combinations}`,
    )
  if (Buffer.byteLength(JSON.stringify(value)) > MOST.filter) refuse(`expected at most ${MOST.filter} bytes`)
})

const url = z
  .string({ error: 'expected an https URL' })
  .check(z.refine((text) => mistakeIn(text) === undefined, { error: ({ input }) => mistakeIn(String(input)) ?? '' }))

const webhook = members(
  {
    name: z.string({ error: SOME_NAME }).check(z.regex(/^[a-z][a-z0-9-]{0,30}$/, { error: SOME_NAME })),
    url,
    /** Which events it is sent: each attribute that is named has any of its texts. */
    filter: z._default(filter, {}),
    /** How it is sent recipients; by default as the stage's topic has them. */
    recipients: z.optional(z.enum(RECIPIENT_FORMS, { error: SOME_FORM })),
    /** The most requests to it at the same time, ten for each. */
    concurrency: z._default(count(2, 1_000), 2),
  },
  '{"name": "crm", "url": "https://crm.example.com/hooks"}',
)

const SOME_WEBHOOKS = 'expected a list of endpoints, such as [{"name": "crm", "url": "https://crm.example.com/hooks"}]'

/** The endpoints that are sent events as webhooks. */
export const webhooks = z.array(webhook, { error: SOME_WEBHOOKS }).check(
  z.maxLength(MOST.endpoints, {
    error: `expected at most ${MOST.endpoints} endpoints; a queue of your own can subscribe to the topic`,
  }),
  ({ value, issues }) => {
    const names = value.map(({ name }) => name)
    for (const [index, name] of names.entries())
      if (names.indexOf(name) < index)
        issues.push({
          code: 'custom',
          input: name,
          path: [index, 'name'],
          message: `expected another name: endpoint ${names.indexOf(name)} has this one`,
        })
  },
)

/** What is wrong with webhooks beside the rest of a stage, by its path. */
export function mistakesBeside(stage: {
  webhooks?: z.infer<typeof webhooks> | undefined
  events?: object | undefined
  providers: readonly string[]
}): [path: string, expectation: string][] {
  const { webhooks: endpoints = [], events } = stage
  // Events name the provider, of whichever account.
  const own = providersOf(stage.providers)
  const mistakes: [string, string][] = endpoints.flatMap(({ filter: { provider = [] } }, index) =>
    provider.flatMap((id, place): [string, string][] =>
      own.includes(id)
        ? []
        : [[`webhooks.${index}.filter.provider.${place}`, `expected one of the stage's providers: ${own.join(', ')}`]],
    ),
  )
  if (endpoints.length > 0 && events === undefined)
    mistakes.unshift(['events', 'expected beside webhooks: set {"recipients": "masked"}, or plain, or hashed'])
  return mistakes
}

function mistakeIn(text: string): string | undefined {
  const parsed = URL.parse(text)
  if (parsed?.protocol !== 'https:') return 'expected an https URL'
  if (parsed.username !== '' || parsed.password !== '') return 'expected no credentials in it: events are signed'
  if (parsed.hash !== '' || text.endsWith('#')) return 'expected no fragment (#…) in it'
  if (Buffer.byteLength(text) > MOST.url) return `expected at most ${MOST.url} bytes`
  return isPrivateHost(parsed) || INTERNAL.test(parsed.hostname) ? 'expected a public host' : undefined
}

/** Names that are in no public DNS; whom another name stands for is looked at when it is sent to. */
const INTERNAL = /^[^.:]+$|\.(localhost|local|internal)\.?$/
