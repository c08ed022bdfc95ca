import * as z from 'zod/mini'
import { providers } from '../functions/providers/index.ts'
import { EVENT_SOURCE } from '../functions/worker/event-source.ts'

const ids = providers.map(({ id }) => id)

/** The retentions that CloudWatch Logs offers up to a year, in days. */
const LOG_RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365] as const

const SOME_PROVIDERS = `expected a list of providers, or -c providers=<id>,<id>: ${ids.join(', ')}`

const provider = z.enum(ids as [string, ...string[]], { error: `expected one of ${ids.join(', ')}` })

const count = (minimum: number, maximum: number) =>
  z
    .int({ error: `expected a whole number from ${minimum} to ${maximum}` })
    .check(
      z.minimum(minimum, { error: `expected at least ${minimum}` }),
      z.maximum(maximum, { error: `expected at most ${maximum}` }),
    )

const timeZone = z.string().check(z.refine(isTimeZone, { error: 'expected an IANA time zone' }))

const batch = z.strictObject({ size: count(1, 10_000), window: z._default(count(0, 300), 0) }).check(
  z.refine(({ size, window }) => size <= 10 || window >= 1, {
    path: ['window'],
    error: 'expected at least 1 with a size of more than 10',
  }),
)

const schema = z.strictObject({
  /** The providers to take callbacks from. */
  providers: z.array(provider, { error: SOME_PROVIDERS }).check(z.minLength(1, { error: SOME_PROVIDERS })),
  /** Who is told of alarms; nobody without. */
  alarmEmail: z.optional(z.email({ error: 'expected an e-mail address' })),
  logRetentionDays: z._default(
    z.literal(LOG_RETENTIONS, { error: `expected one of ${LOG_RETENTIONS.join(', ')}` }),
    30,
  ),
  /** After how many days a status record expires; never without. */
  ledgerRetentionDays: z.optional(count(1, 3650)),
  /** Messages at most in a worker's batch, and for how many seconds one may wait to be filled. */
  batch: z._default(batch, { size: EVENT_SOURCE.batchSize, window: EVENT_SOURCE.batchingWindow }),
  /** Workers at most at the same time. New accounts have ten executions for all functions together. */
  workerConcurrency: z._default(count(2, 1000), 4),
  /** Requests a second, and at once, over all routes; some regions allow an account 1,250 at once. */
  throttle: z._default(z.strictObject({ rate: count(1, 10_000), burst: count(1, 5_000) }), {
    rate: 1_000,
    burst: 1_250,
  }),
  /** Whether each status has a metric for each channel, which costs $0.30 a month for each pair. */
  statusMetrics: z._default(z.boolean(), false),
  /** Whether the tables go when the stack goes. */
  removeTables: z._default(z.boolean(), false),
  /** What providers call, where a proxy of yours is before the API: some sign the URL. */
  publicUrl: z.optional(
    z
      .string()
      .check(
        z.regex(/^https:\/\/[^/?#]+(\/[^?#]*[^/?#])?$/, { error: 'expected an https URL without a slash at its end' }),
      ),
  ),
  /** The zone of a provider's times that name none, where it is not the provider's own. */
  timeZones: z._default(z.partialRecord(provider, timeZone), {}),
  /** After how many minutes without a callback of a provider an alarm turns; no such alarm without. */
  silenceMinutes: z._default(z.partialRecord(provider, count(5, 1440)), {}),
  customDomain: z.optional(
    z.strictObject({
      domainName: z.string(),
      certificateArn: z.string().check(z.startsWith('arn:')),
      /** Whether API Gateway's own URL no longer answers: set it when every provider calls the domain. */
      exclusive: z._default(z.boolean(), false),
    }),
  ),
  /** A key of the account's own for all that is stored, instead of AWS's. */
  customerManagedKey: z._default(z.boolean(), false),
  /** Whether CloudTrail records who revealed, replayed or dropped something on the dashboard. */
  auditTrail: z._default(z.boolean(), true),
  /** Leaves out alarms that compute (metric math) and metric filters, which some emulators cannot deploy. */
  plainAlarmsOnly: z._default(z.boolean(), false),
})

/** What one stage of the system may have differently. */
export type Configuration = z.infer<typeof schema>

/**
 * The configuration of a stage, with defaults for what it does not name; `providers`, separated by commas, stand in for its
 * own.
 *
 * @throws Error that names each mistake by its path, with what was expected.
 */
export function readConfiguration(stage: string, stages: unknown, providers?: string): Configuration {
  const own = (stages as Record<string, unknown> | undefined)?.[stage]
  if (own === undefined) throw new Error(`stages.${stage}: expected in cdk.json, or another -c stage=…`)
  const result = schema.safeParse(
    providers === undefined ? own : { ...(own as object), providers: providers.split(',') },
  )
  if (result.success) return result.data
  const mistakes = result.error.issues.map(
    (issue) =>
      `stages.${[stage, ...issue.path].join('.')}: ${issue.code === 'unrecognized_keys' ? `unknown ${issue.keys.join(', ')}` : issue.message}`,
  )
  throw new Error(mistakes.join('\n'))
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
