import { createHmac } from 'node:crypto'

/** 132 bits in base64url. */
const LENGTH = 22

/**
 * A name for what must not be readable where it stands, such as a phone number in an index: the same for the same key, kind and
 * text, and not to be found by trying all numbers without the key.
 */
export const keyedHash = (key: string, kind: string, text: string): string =>
  createHmac('sha256', key).update(`${kind}\0${text}`).digest('base64url').slice(0, LENGTH)
