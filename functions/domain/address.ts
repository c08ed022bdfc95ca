/** How providers and channels mark what kind of address follows. */
const SCHEMES = /^(?:\s*(?:whatsapp|tel|sms|mms|rcs|viber|messenger|mailto):)+/i

/** What people write between the digits of a phone number. */
const PUNCTUATION = /\(0\)|[\s().\-/]/g

/** A number of E.164, https://www.itu.int/rec/T-REC-E.164, with its plus sign, with 00 or with neither. */
const NUMBER = /^(?:\+|00)?([1-9]\d{6,14})$/

/** An address of RFC 5322 after a name: `Ann <ann@example.com>`. */
const NAMED = /<([^<>]*@[^<>]*)>$/

/**
 * The one spelling under which a recipient is looked up: E.164 for a phone number, lower case for an e-mail address, both
 * without schemes such as `whatsapp:`. Any other identifier stays as it is.
 */
export function normalizeAddress(recipient: string): string {
  const address = withoutScheme(recipient)
  const mailbox = withoutScheme(NAMED.exec(address)?.[1] ?? address)
  if (mailbox.includes('@')) return mailbox.toLowerCase()
  const [, digits] = NUMBER.exec(address.replace(PUNCTUATION, '')) ?? []
  return digits === undefined ? address : `+${digits}`
}

const withoutScheme = (address: string): string => address.trim().replace(SCHEMES, '').trim()
