import * as z from 'zod/mini'
import { messageIn, noticeIn, type SnsNotification, snsNotification } from '../../domain/body/sns.ts'
import { type Normalizer, unixOccurrence } from '../../domain/normalizer.ts'
import { optionalAmount, optionalWord, read, textOf, word } from '../../domain/payload.ts'
import { STATUSES } from './statuses.ts'

const event = z.looseObject({
  eventType: word,
  eventTimestamp: word,
  messageId: word,
  messageStatus: optionalWord,
  messageStatusDescription: optionalWord,
  destinationPhoneNumber: optionalWord,
  totalMessagePrice: optionalAmount,
  context: z.nullish(z.record(z.string(), z.unknown())),
})

/** The start of an `eventType`, and the channel that it names. */
const CHANNELS: Readonly<Record<string, string>> = { TEXT: 'sms', MEDIA: 'mms', VOICE: 'voice', RCS: 'rcs' }

const TYPE = /^\s*(TEXT|MEDIA|VOICE|RCS)_/i

/** The mapping of https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html */
export const normalizer: Normalizer<SnsNotification> = {
  version: 1,
  body: snsNotification,
  statuses: STATUSES,

  wordOf({ providerStatus, details }) {
    const name = providerStatus.replace(TYPE, '')
    return details.isFinal === true && /^\s*SUCCESSFUL\s*$/i.test(name) ? 'SUCCESSFUL FINAL' : name
  },

  /** What SNS says of the subscription, a text message, messages to us, news of a registration. */
  ignores(notification) {
    const notice = noticeIn(notification)
    const { inner } = notification
    if (notice !== undefined || inner === undefined) return notice
    if ('inboundMessageId' in inner) return 'inbound_message'
    return 'registrationId' in inner && !('messageId' in inner) ? 'registration' : undefined
  },

  facts(notification) {
    const { Subject } = notification.outer
    const { eventType, messageId, messageStatus, messageStatusDescription, destinationPhoneNumber, ...rest } = read(
      event,
      messageIn(notification),
      'Message',
    )
    const { eventTimestamp, totalMessagePrice, ...details } = rest
    const { occurredAt, raw } = unixOccurrence('eventTimestamp', eventTimestamp, 'milliseconds')
    const price = textOf(totalMessagePrice)
    return [
      {
        messageId,
        recipient: destinationPhoneNumber,
        channel: CHANNELS[TYPE.exec(eventType)?.[1]?.toUpperCase() ?? ''] ?? null,
        providerStatus: messageStatus ?? eventType,
        description: messageStatusDescription,
        occurredAt,
        campaign: textOf(details.context?.campaign),
        reference: textOf(details.context?.reference),
        price: price === null ? null : { amount: Number(price), currency: 'USD' },
        // Of the envelope all else is transport: ids and times of a publication, the signature, the topic, which is the key.
        details: { eventType, ...details, ...raw, ...(Subject !== undefined && { Subject }) },
        path: 'Message',
      },
    ]
  },
}
