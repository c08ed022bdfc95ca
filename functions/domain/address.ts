/** How providers and channels mark what kind of address follows. */
const SCHEMES = /^(?:\s*(?:whatsapp|tel|sms|mms|rcs|viber|messenger|mailto):)+/i

/** What people write between the digits of a phone number. */
const PUNCTUATION = /\(0\)|[\s().\-/]/g

/** A number of E.164, https://www.itu.int/rec/T-REC-E.164, with its plus sign, with 00 or with neither. */
const NUMBER = /^(?:\+|00)?([1-9]\d{6,14})$/

/** An address of RFC 5322 after a name: `Ann <ann@example.com>`. */
const NAMED = /<([^<>]*)>$/

/** What has no width or sets the direction of writing: it is copied along with a number or an address. */
const INVISIBLE = /[\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g

/** What follows the address in a URI: https://www.rfc-editor.org/rfc/rfc3966, https://www.rfc-editor.org/rfc/rfc6068. */
const PARAMETERS = /[;?].*$/s

/**
 * The one spelling under which a recipient is looked up: E.164 for a phone number, lower case for an e-mail address, both
 * without schemes such as `whatsapp:`. Any other identifier stays as it is, but for characters that nobody sees.
 */
export function normalizeAddress(recipient: string): string {
  const address = withoutScheme(recipient.replace(INVISIBLE, ''))
  const [, named] = NAMED.exec(address) ?? []
  const mailbox = withoutScheme(named?.includes('@') ? named : address)
  if (mailbox.includes('@')) return mailbox.toLowerCase()
  const [, digits] = NUMBER.exec(address.replace(PUNCTUATION, '').replace('\uFF0B', '+')) ?? []
  return digits === undefined ? address : `+${digits}`
}

function withoutScheme(address: string): string {
  const trimmed = address.trim()
  const bare = trimmed.replace(SCHEMES, '')
  return (bare === trimmed ? bare : bare.replace(PARAMETERS, '')).trim()
}
