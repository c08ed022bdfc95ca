/** A recipient of which enough is left to tell it from its neighbours. */
export function maskRecipient(recipient: string): string {
  const [name, ...domain] = recipient.split('@')
  if (domain.length > 0) return `${name?.slice(0, 1)}•••@${domain.join('@')}`
  return recipient.length > 7 ? `${recipient.slice(0, 3)}•••${recipient.slice(-2)}` : '•••'
}

/** What in any text may be an e-mail address or a number of a person. */
const PERSONAL = /[\w.+%-]+@[\w-]+(?:\.[\w-]+)+|\+\d[\d ().-]{5,}\d|\d{7,}/g

/** A text with all masked that looks like a recipient, and each of the given ones. */
export const maskText = (text: string, recipients: readonly string[] = []): string =>
  recipients
    .filter((recipient) => recipient.length > 2)
    .reduce((masked, recipient) => masked.replaceAll(recipient, maskRecipient(recipient)), text)
    .replace(PERSONAL, (found) => (found.includes('•') ? found : maskRecipient(found)))
