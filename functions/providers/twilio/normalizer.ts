import * as z from 'zod/mini'
import { type Fields, form } from '../../domain/body/form.ts'
import type { Normalizer } from '../../domain/normalizer.ts'
import { optionalWord, read, word } from '../../domain/payload.ts'
import { CODES, STATUSES } from './statuses.ts'

const payload = z.looseObject({
  MessageSid: word,
  MessageStatus: word,
  To: optionalWord,
  MessagingServiceSid: optionalWord,
  ErrorCode: optionalWord,
  ErrorMessage: optionalWord,
  ChannelPrefix: optionalWord,
})

/** The mapping of https://www.twilio.com/docs/messaging/guides/track-outbound-message-status */
export const normalizer: Normalizer<Fields> = {
  version: 1,
  body: form,
  statuses: STATUSES,

  wordOf({ providerStatus, error }) {
    const status = /^\s*(failed|undelivered)\s*$/i.test(providerStatus) && CODES.get(error?.code ?? '')
    return status ? `${status} by code` : providerStatus
  },

  /** Messages to us may come to the same URL; so may the progress of calls. */
  ignores({ SmsStatus, MessageStatus = SmsStatus, CallSid }) {
    if (MessageStatus === 'received' || MessageStatus === 'receiving') return 'inbound_message'
    return CallSid !== undefined && MessageStatus === undefined ? 'call' : undefined
  },

  facts(fields) {
    const { SmsSid, SmsStatus, ...reported } = fields
    const { MessageSid, MessageStatus, To, MessagingServiceSid, ErrorCode, ErrorMessage, ChannelPrefix, ...details } =
      read(payload, { MessageSid: SmsSid, MessageStatus: SmsStatus, ...reported })
    return [
      {
        messageId: MessageSid,
        recipient: To,
        channel: ChannelPrefix ?? channelOf(MessageSid, To),
        providerStatus: MessageStatus,
        error: ErrorCode === null ? null : { code: ErrorCode, message: ErrorMessage },
        // No time of the event comes; RawDlrDoneDate is the carrier's clock, without seconds and zone.
        occurredAt: null,
        campaign: MessagingServiceSid,
        // Equal to MessageSid and MessageStatus in all that was seen.
        details: {
          ...details,
          ...(SmsSid !== MessageSid && SmsSid !== undefined && { SmsSid }),
          ...(SmsStatus !== MessageStatus && SmsStatus !== undefined && { SmsStatus }),
        },
      },
    ]
  },
}

/** `whatsapp:+1…`, `rcs:…`, `messenger:…`; a number alone is of an SMS or, by the id, an MMS. */
function channelOf(messageSid: string, to: string | null): string {
  const prefix = /^([a-z]+):/.exec(to ?? '')?.[1]
  return prefix ?? (messageSid.startsWith('MM') ? 'mms' : 'sms')
}
