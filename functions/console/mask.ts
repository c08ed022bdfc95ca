/** A recipient of which enough is left to tell it from its neighbours. */
export function maskRecipient(recipient: string): string {
  const [name, ...domain] = recipient.split('@')
  if (domain.length > 0) return `${name?.slice(0, 1)}•••@${domain.join('@')}`
  return recipient.length > 7 ? `${recipient.slice(0, 3)}•••${recipient.slice(-2)}` : '•••'
}

/**
 * What in any text may be an e-mail address, also as forms and JSON may write it, or a number of a person. An address has at
 * most 64 characters before its @ (RFC 5321), which keeps the search linear.
 */
const PERSONAL =
  /[\p{L}\p{N}_.+%-]{1,64}(?:@|%40|\\u0040)[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+|\+\d[\d ().-]{5,}\d|\d{7,}/gu

/** A text with all masked that looks like a recipient, and each of the given ones. */
export const maskText = (text: string, recipients: readonly string[] = []): string =>
  recipients
    .filter((recipient) => recipient.length > 2)
    .reduce((masked, recipient) => masked.replaceAll(recipient, maskRecipient(recipient)), text)
    .replace(PERSONAL, maskRecipient)
