/** A number that begins with the 0 of one country, also masked. */
const NATIONAL = /^\(?0[1-9][\d ().\-/•]+$/

/** What to do where nothing was found for a number without a country code, masked or not; an empty text for any other. */
export const nationalHint = (text: string): string =>
  NATIONAL.test(text) ? ' Write a number with its country code: +33…' : ''
