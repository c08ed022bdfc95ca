import { normalizeAddress } from './address.ts'

/** A masked recipient, with enough left to distinguish it from others. */
export function maskRecipient(recipient: string): string {
  const [name, ...domain] = recipient.split('@')
  if (domain.length > 0) return `${name?.slice(0, 1)}•••@${domain.join('@')}`
  return recipient.length > 7 ? `${recipient.slice(0, 3)}•••${recipient.slice(-2)}` : '•••'
}

/**
 * What in any text may be an e-mail address, also as forms and JSON may write it, or a number of a person. An address has at
 * most 64 characters before its @ (RFC 5321), which keeps the search linear.
 */
const PERSONAL = String.raw`[\p{L}\p{N}_.+%\-]{1,64}(?:@|%40|\\u0040)[\p{L}\p{N}_\-]+(?:\.[\p{L}\p{N}_\-]+)+|\+\d[\d \(\).\-]{5,}\d|\d{7,}`

/** A text that as a whole is a number, or has an address or an international number in it. */
const RECIPIENT = /@|%40|\+\d[\d ().-]{5,}\d|^[\d\s().\-/]{7,}$/

/** A number among other words; the digits of an id have letters, `_` or `-` beside them. */
const AMONG_WORDS = /(?<![\w-])\d[\d ().-]{5,40}\d(?![\w-])/g

/** Whether what a person typed may be a recipient, also in the spelling under which it is looked up. */
export const looksLikeRecipient = (text: string): boolean =>
  RECIPIENT.test(text) || RECIPIENT.test(normalizeAddress(text))

/** What a person typed, with what may be a recipient masked. */
export const maskTyped = (text: string): string =>
  looksLikeRecipient(text) ? maskRecipient(text) : text.replace(AMONG_WORDS, maskRecipient)

/** UUIDs, other ids in hexadecimal, and what JSON names a message id: the digits in them are no number of a person. */
const ID = String.raw`\b(?:[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}|(?=\d{0,40}[a-f])[\da-f]{16,64})(?![\w@%+\\\-]|\.\w)|"(?:message_?id|(?:channel_)?reference_id|recipient_uuid)"\s*:\s*"[\w\-]{1,200}"`

/**
 * A text with everything masked that looks like a recipient, and each of the given ones. Message ids stay: the given ones, and
 * what can be nothing else.
 */
export function maskText(text: string, recipients: readonly string[] = [], ids: readonly string[] = []): string {
  const whole = ids.filter((id) => id.length > 2 && id.length <= MAX_ID).map(wholeWord)
  const pattern = new RegExp(`(${[...whole, ID].join('|')})|${PERSONAL}`, 'giu')
  return (
    recipients
      .filter((recipient) => recipient.length > 2)
      // By a function: in a text `$&` would stand for the recipient itself.
      .reduce((masked, recipient) => masked.replaceAll(recipient, () => maskRecipient(recipient)), text)
      .replace(pattern, (found, id) => (id === undefined ? maskRecipient(found) : found))
  )
}

/** Characters of an id that is looked for. */
const MAX_ID = 1_000

/** A pattern for a text that is not part of a longer word, number or address. */
function wholeWord(text: string): string {
  const literal = text.replace(/[^\p{L}\p{N}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`)
  return String.raw`(?<![\p{L}\p{N}+@.%\-])${literal}(?![\p{L}\p{N}@%\-])`
}
