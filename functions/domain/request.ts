/** One HTTP request of a provider, as it called. Header names are lower case. */
export interface Request {
  method: string
  /** As the provider called it: scheme, domain name, raw path and raw query, spelled as they came. */
  url: string
  headers: Record<string, string | undefined>
  body: Buffer
  /** Milliseconds since 1970. */
  receivedAt: number
}

/** A provider's credentials: the current key and, while it is being rotated, the previous one; others as the provider's README names them. */
export interface Secret {
  current: string
  previous?: string | undefined
  [name: string]: string | undefined
}

/** Whether a body is a JSON object, where a provider may send a form as well. */
export const isJsonObject = (body: Buffer): boolean => /^\s*\{/.test(body.toString())

/** The most fields of a form or a query. */
export const MAX_FIELDS = 1_000

/** Whether a form or a query has too many fields: to parse them would take a time that grows with their square. */
export function hasTooManyFields(text: string | Buffer): boolean {
  let at = -1
  for (let fields = 1; fields <= MAX_FIELDS; fields++) {
    at = text.indexOf('&', at + 1)
    if (at < 0) return false
  }
  return true
}

/** The raw query of a URL, without its question mark. */
export const queryOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')

/** The raw query string without the parameters of these names, however they are spelled; the others stay as they are. */
export const withoutParameters = (query: string, names: readonly string[]): string =>
  query
    .split('&')
    .filter((parameter) => ![...new URLSearchParams(parameter).keys()].some((name) => names.includes(name)))
    .join('&')
