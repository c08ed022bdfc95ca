import * as z from 'zod/mini'
import type { JsonObject } from '../../domain/body/json.ts'
import { messageIn, noticeIn, type SnsNotification, snsNotification } from '../../domain/body/sns.ts'
import { type Context, type Fact, type Normalizer, occurrence } from '../../domain/normalizer.ts'
import { Malformed, optionalWord, read, readEach, textOf, time, word } from '../../domain/payload.ts'
import type { Status } from '../../domain/status.ts'

/** The events, and an event with the subtype, feedback type or action that says more. */
const STATUSES = {
  SEND: 'queued',
  DELIVERYDELAY: 'queued',
  DELIVERY: 'delivered',
  BOUNCE: 'undelivered',
  'BOUNCE DELAYED': 'queued',
  'BOUNCE CUSTOMTIMEOUTEXCEEDED': 'expired',
  // Not sent: the address is on a list, of SES, the account or the tenant.
  'BOUNCE SUPPRESSED': 'rejected',
  'BOUNCE ONACCOUNTSUPPRESSIONLIST': 'rejected',
  'BOUNCE ONTENANTSUPPRESSIONLIST': 'rejected',
  'BOUNCE EMAILVALIDATIONSUPPRESSED': 'rejected',
  'BOUNCE UNSUBSCRIBEDRECIPIENT': 'rejected',
  REJECT: 'rejected',
  'RENDERING FAILURE': 'failed',
  OPEN: 'read',
  CLICK: 'clicked',
  SUBSCRIPTION: 'unsubscribed',
  COMPLAINT: 'complained',
  'COMPLAINT ONACCOUNTSUPPRESSIONLIST': 'rejected',
  'COMPLAINT NOT-SPAM': 'unknown', // the recipient says that it is none
} as const satisfies Record<string, Status>

const message = z.looseObject({
  eventType: optionalWord,
  notificationType: optionalWord,
  mail: z.looseObject({
    messageId: word,
    timestamp: time('RFC 3339'),
    destination: z.nullish(z.array(z.string())),
    tags: z.nullish(z.record(z.string(), z.unknown())),
  }),
})

const recipient = z.pipe(
  z.union([z.looseObject({ emailAddress: word, status: optionalWord, diagnosticCode: optionalWord }), z.string()], {
    error: 'expected a recipient',
  }),
  z.transform((entry) =>
    typeof entry === 'string' ? { emailAddress: entry, status: null, diagnosticCode: null } : entry,
  ),
)

/** The lists of recipients that an event may have, of which it has one. */
const LISTS = ['bouncedRecipients', 'complainedRecipients', 'delayedRecipients', 'recipients']

/** Events of the whole message, and so of each of its recipients. */
const OF_ALL = ['send', 'reject', 'failure']

/** The mapping of https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html */
export const normalizer: Normalizer<SnsNotification> = {
  version: 1,
  body: snsNotification,
  statuses: STATUSES,

  wordOf({ providerStatus, details }) {
    const { bounce, complaint, action } = details as Record<string, JsonObject | undefined>
    const more = [action, bounce?.bounceSubType, complaint?.complaintSubType, complaint?.complaintFeedbackType]
    const known = more.map((text) => `${providerStatus.trim()} ${textOf(text)?.trim()}`.toUpperCase())
    return known.find((key) => Object.hasOwn(STATUSES, key)) ?? providerStatus
  },

  /** What SNS says of the subscription, a text message (SES announces itself so), inbound mail, an opt-in. */
  ignores(notification) {
    const notice = noticeIn(notification)
    const { inner } = notification
    if (notice !== undefined || inner === undefined) return notice
    if (inner.notificationType === 'AmazonSnsSubscriptionSucceeded') return 'notice'
    if ((inner.eventType ?? inner.notificationType) === 'Received') return 'inbound_message'
    return inner.eventType === 'Subscription' && !isOptOut(inner.subscription) ? 'opt_in' : undefined
  },

  facts(notification, context) {
    const { eventType, notificationType, mail, ...rest } = read(message, messageIn(notification), 'Message')
    const providerStatus = eventType ?? notificationType
    if (providerStatus === null) throw new Malformed(['Message.eventType: expected text'])
    const [name = '', event = {}] =
      Object.entries(rest).find((entry): entry is [string, JsonObject] => isObject(entry[1])) ?? []
    const { messageId, ...ofMail } = mail
    const { list, recipients } = recipientsOf(name, event, mail.destination ?? [], context)
    const { [list]: _, timestamp, ...ofEvent } = event
    const { occurredAt, raw } = occurrence(
      'timestamp',
      typeof timestamp === 'string' ? timestamp : mail.timestamp,
      'UTC',
    )
    const common = {
      ...envelopeOf(notification.outer),
      ...rest,
      ...(name && { [name]: { ...ofEvent, ...raw } }),
      mail: ofMail,
    }
    return recipients.map(
      ({ entry: { emailAddress, status, diagnosticCode, ...details }, path }): Fact => ({
        messageId,
        recipient: emailAddress && addressOf(emailAddress),
        channel: 'email',
        providerStatus,
        description: textOf(ofEvent.smtpResponse),
        error: errorOf(ofEvent, status, diagnosticCode),
        occurredAt,
        campaign: tagOf(mail.tags, 'campaign'),
        reference: tagOf(mail.tags, 'reference'),
        details,
        common,
        path,
      }),
    )
  },
}

/** Of the envelope all is transport but the subject: ids and times of a publication, the signature, the topic, which is the key. */
const envelopeOf = ({ Subject }: JsonObject) => (Subject === undefined ? {} : { Subject })

/** The recipients that an event names; else those of the message, where it is about all of them or there is but one. */
function recipientsOf(name: string, event: JsonObject, destination: string[], { problems }: Context) {
  const list = LISTS.find((list) => Array.isArray(event[list]) && event[list].length > 0)
  if (list !== undefined)
    return { list, recipients: readEach(recipient, event[list] as unknown[], `Message.${name}.${list}`, problems) }
  const known = OF_ALL.includes(name) || destination.length === 1 ? destination : []
  const addresses = known.length > 0 ? known : [null]
  const recipients = addresses.map((emailAddress) => ({
    entry: { emailAddress, status: null, diagnosticCode: null },
    path: 'Message',
  }))
  return { list: '', recipients }
}

function errorOf(event: JsonObject, status: string | null, diagnosticCode: string | null) {
  const code = status ?? textOf(event.bounceSubType ?? event.delayType ?? event.complaintSubType)
  const message = diagnosticCode ?? textOf(event.reason ?? event.errorMessage)
  return code === null && message === null ? null : { code, message }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const tagOf = (tags: JsonObject | null | undefined, name: string): string | null => textOf([tags?.[name]].flat()[0])

/** `Jane <jane@example.com>` */
const addressOf = (text: string): string => /<([^<>]+)>\s*$/.exec(text)?.[1] ?? text

function isOptOut(subscription: unknown): boolean {
  const { unsubscribeAll, topicSubscriptionStatus } =
    ((subscription as JsonObject | undefined)?.newTopicPreferences as JsonObject | undefined) ?? {}
  const topics = Array.isArray(topicSubscriptionStatus) ? topicSubscriptionStatus : []
  return unsubscribeAll === true || topics.some((topic) => topic?.subscriptionStatus === 'OptOut')
}
