import * as z from 'zod/mini'
import { CHANNELS } from '../functions/domain/channels.ts'
import { RECIPIENT_FORMS } from '../functions/domain/event.ts'
import { DEFAULT_PATIENCE } from '../functions/domain/patience.ts'
import { ACCOUNT, isSource, sourceName, sourceOf } from '../functions/domain/source.ts'
import { STREAM_SOURCE } from '../functions/follower/stream-source.ts'
import { LOOKUPS } from '../functions/platform/delivery-indexes.ts'
import { providers } from '../functions/providers/index.ts'
import { EVENT_SOURCE } from '../functions/worker/event-source.ts'
import { count, flag, members } from './configuration/values.ts'
import { mistakesBeside, webhooks } from './configuration/webhooks.ts'

const ids = providers.map(({ id }) => id)

/** The retentions that CloudWatch Logs offers up to a year, in days. */
const LOG_RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365] as const

const SOME_PROVIDERS = `expected a list of providers, or -c providers=<id>,<id>: ${ids.join(', ')}`

const provider = z.enum(ids as [string, ...string[]], { error: `expected one of ${ids.join(', ')}` })

const SOME_SOURCE = `expected one of ${ids.join(', ')}, or of several accounts one, such as {"id": "twilio", "account": "eu"}`

const SOME_ACCOUNT = 'expected a name of a-z and 0-9 that begins with a letter, such as eu'

/** A provider, or one of several accounts with it; its name in the result, `twilio` or `twilio/eu`. */
const source = z.union(
  [
    z.string({ error: SOME_SOURCE }).check(z.refine((name) => isSource(name, ids), { error: SOME_SOURCE })),
    z.pipe(
      z.strictObject({
        id: provider,
        account: z.optional(z.string().check(z.regex(ACCOUNT, { error: SOME_ACCOUNT }))),
      }),
      z.transform(({ id, account }) => sourceName({ provider: id, account })),
    ),
  ],
  { error: SOME_SOURCE },
)

const SOME_ZONE = 'expected an IANA time zone'

const timeZone = z.string({ error: SOME_ZONE }).check(z.refine(isTimeZone, { error: SOME_ZONE }))

const SOME_URL = 'expected an https URL without a slash at its end'

const SOME_ARN = 'expected the ARN of a certificate'

const SOME_BUS = 'expected the ARN of an event bus: arn:aws:events:<region>:<account>:event-bus/<name>'

const SOME_DOMAIN = 'expected a domain name'

const SOME_LOOKUPS = `expected a list of ${LOOKUPS.join(', ')}, each once`

const lookups = z
  .array(z.enum(LOOKUPS, { error: `expected one of ${LOOKUPS.join(', ')}` }), { error: SOME_LOOKUPS })
  .check(z.refine((all) => new Set(all).size === all.length, { error: SOME_LOOKUPS }))

const SOME_PATIENCE = 'expected an object of hours, such as {"default": 72, "octopush": 24, "octopush/email": null}'

const SOME_SENDER = 'expected default, <provider> or <provider>/<channel>'

const patience = z.record(
  z.string().check(z.regex(new RegExp(`^(default|(${ids.join('|')})(/[a-z][a-z0-9_]*)?)$`), { error: SOME_SENDER })),
  z.nullable(count(1, 8_760)),
  { error: (issue) => (issue.code === 'invalid_key' ? SOME_SENDER : SOME_PATIENCE) },
)

const SOME_FORM = `expected one of ${RECIPIENT_FORMS.join(', ')}`

const SOME_SHARE = 'expected a number from 0 to 1'

const share = z
  .number({ error: SOME_SHARE })
  .check(z.minimum(0, { error: SOME_SHARE }), z.maximum(1, { error: SOME_SHARE }))

/** A value for some of the providers. */
const byProvider = <T extends z.ZodMiniType>(value: T, example: string) =>
  z.partialRecord(provider, value, { error: `expected an object by provider, such as ${example}` })

const batch = members(
  { size: count(1, 10_000), window: z._default(count(0, 300), 0) },
  '{"size": 100, "window": 1}',
).check(
  z.refine(({ size, window }) => size <= 10 || window >= 1, {
    path: ['window'],
    error: 'expected at least 1 with a size of more than 10',
  }),
)

/** The configuration of a stage. */
export const schema = members({
  /** The providers to take callbacks from. */
  providers: z.array(source, { error: SOME_PROVIDERS }).check(
    z.minLength(1, { error: SOME_PROVIDERS }),
    z.refine((names) => new Set(names).size === names.length, { error: 'expected each provider or account once' }),
  ),
  /** The recipient of alarms; none by default. */
  alarmEmail: z.optional(z.email({ error: 'expected an e-mail address' })),
  logRetentionDays: z._default(
    z.literal(LOG_RETENTIONS, { error: `expected one of ${LOG_RETENTIONS.join(', ')}` }),
    30,
  ),
  /** After how many days a status record expires; by default never. */
  ledgerRetentionDays: z.optional(count(1, 3650)),
  /** The most messages in a worker's batch, and for how many seconds a batch may wait to be filled. */
  batch: z._default(batch, { size: EVENT_SOURCE.batchSize, window: EVENT_SOURCE.batchingWindow }),
  /** The most workers at the same time. A new account has ten executions for all functions together. */
  workerConcurrency: z._default(count(2, 1000), 4),
  /** What deliveries can be looked up by; each is an index. CloudFormation adds one index in an update. */
  lookups: z._default(lookups, []),
  /** After how many hours a delivery that is not final is overdue; null never. */
  patience: z._default(patience, DEFAULT_PATIENCE),
  /** Whether senders say what they have sent. */
  expectations: z._default(flag, false),
  /** The alarm OverdueShare goes into ALARM where more than this share of an hour's deliveries is overdue. */
  overdueShare: z._default(share, 0.05),
  /**
   * The most followers of one shard of the ledger's stream at the same time. An event source of a stream has no other limit, a new
   * table has some four shards, and a new account ten executions for all functions together: one a shard leaves the receivers some.
   * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
   */
  followersPerShard: z._default(count(1, STREAM_SOURCE.parallelizationFactor), 1),
  /**
   * Whether a topic is told of records, deliveries and what is overdue, how recipients are written there, and the event bus of yours
   * that is told as well; by default there is no topic.
   */
  events: z.optional(
    members(
      {
        recipients: z._default(z.enum(RECIPIENT_FORMS, { error: SOME_FORM }), 'masked'),
        /** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html#amazoneventbridge-resources-for-iam-policies */
        bus: z.optional(
          z
            .string({ error: SOME_BUS })
            .check(z.regex(/^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]+$/, { error: SOME_BUS })),
        ),
      },
      '{"recipients": "masked"}',
    ),
  ),
  /** The endpoints that are sent events as webhooks. */
  webhooks: z.optional(webhooks),
  /** Requests per second, and burst, over all routes; some regions allow an account a burst of 1,250. */
  throttle: z._default(members({ rate: count(1, 10_000), burst: count(1, 5_000) }, '{"rate": 1000, "burst": 1250}'), {
    rate: 1_000,
    burst: 1_250,
  }),
  /** Whether each status has a metric for each channel, which costs $0.30 a month for each pair. */
  statusMetrics: z._default(flag, false),
  /** Whether the tables go when the stack goes. */
  removeTables: z._default(flag, false),
  /** The URL that providers call, where a proxy of yours is in front of the API: some sign the URL. */
  publicUrl: z.optional(
    z.string({ error: SOME_URL }).check(z.regex(/^https:\/\/[^/?#]+(\/[^?#]*[^/?#])?$/, { error: SOME_URL })),
  ),
  /** The zone of a provider's times that name none, where it is not the provider's own. */
  timeZones: z._default(byProvider(timeZone, '{"octopush": "Europe/Paris"}'), {}),
  /** After how many minutes without a callback of a provider its alarm goes into ALARM; by default there is no such alarm. */
  silenceMinutes: z._default(byProvider(count(5, 1440), '{"octopush": 60}'), {}),
  customDomain: z.optional(
    members(
      {
        domainName: z.string({ error: SOME_DOMAIN }).check(z.regex(/^[\w-]+(\.[\w-]+)+$/, { error: SOME_DOMAIN })),
        certificateArn: z.string({ error: SOME_ARN }).check(z.startsWith('arn:', { error: SOME_ARN })),
        /** Whether API Gateway's own URL no longer answers: set it when every provider calls the domain. */
        exclusive: z._default(flag, false),
      },
      '{"domainName": "callbacks.example.com", "certificateArn": "arn:…"}',
    ),
  ),
  /** Whether all that is stored is encrypted with a key of the account's own instead of AWS's. */
  customerManagedKey: z._default(flag, false),
  /** Whether CloudTrail records who revealed, replayed or dropped something on the dashboard. */
  auditTrail: z._default(flag, true),
  /** Whether alarms on metric math, and metric filters, are left out: some emulators cannot deploy them. */
  plainAlarmsOnly: z._default(flag, false),
})

/** The options of one stage. */
export type Configuration = z.infer<typeof schema>

/**
 * The configuration of a stage, with defaults for what it does not name; `providers`, separated by commas, replace its
 * own.
 *
 * @throws Error that names each mistake by its path, with what was expected.
 */
export function readConfiguration(stage: string, stages: unknown, providers?: string): Configuration {
  const own = (stages as Record<string, unknown> | undefined)?.[stage]
  if (own === undefined) throw new Error(`stages.${stage}: expected in cdk.json, or another -c stage=…`)
  if (typeof own !== 'object' || own === null || Array.isArray(own))
    throw new Error(`stages.${stage}: expected an object, such as {"providers": ["octopush"]}`)
  const result = schema.safeParse(providers === undefined ? own : { ...own, providers: providers.split(',') })
  if (result.success) {
    refuseStrangers(stage, result.data)
    refuse(stage, mistakesBeside(result.data))
    return { ...result.data, patience: { ...DEFAULT_PATIENCE, ...result.data.patience } }
  }
  const mistakes = result.error.issues.map(({ path, message }) => `stages.${[stage, ...path].join('.')}: ${message}`)
  throw new Error(mistakes.join('\n'))
}

function refuse(stage: string, mistakes: readonly (readonly [path: string, expectation: string])[]): void {
  if (mistakes.length > 0)
    throw new Error(mistakes.map(([path, expectation]) => `stages.${stage}.${path}: ${expectation}`).join('\n'))
}

/** What is set for a provider that the stage does not have would do nothing, silently. */
function refuseStrangers(stage: string, { providers, patience, timeZones, silenceMinutes }: Configuration): void {
  const strangers = Object.entries({ patience, timeZones, silenceMinutes }).flatMap(([name, values]) =>
    Object.keys(values)
      .filter((key) => key !== 'default' && !providers.some((name) => sourceOf(name).provider === key.split('/')[0]))
      .map((key) => `stages.${stage}.${name}.${key}: expected one of the stage's providers: ${providers.join(', ')}`),
  )
  // `twilio/eu` would be a channel that no delivery has.
  const accounts = Object.keys(patience)
    .filter((key) => providers.includes(key) && key.includes('/') && !CHANNELS.has(sourceOf(key).account ?? ''))
    .map(
      (key) =>
        `stages.${stage}.patience.${key}: expected a channel, no account: patience is of all accounts of a provider`,
    )
  strangers.push(...accounts)
  if (strangers.length > 0) throw new Error(strangers.join('\n'))
}

/** The context that the command line may set; all else of a stage is in cdk.json. */
const SETTABLE = ['stage', 'stages', 'providers']

/**
 * Refuses an option of a stage that the command line gives (`-c lookups=…`), where it would do nothing.
 *
 * @throws Error that says where to set it.
 */
export function refuseOptions(stage: string, context: Readonly<Record<string, unknown>>): void {
  const given = Object.keys(schema.shape).filter((name) => !SETTABLE.includes(name) && context[name] !== undefined)
  if (given.length > 0)
    throw new Error(given.map((name) => `-c ${name}: expected in cdk.json, as stages.${stage}.${name}`).join('\n'))
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
