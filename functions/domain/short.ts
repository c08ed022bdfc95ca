/** The most characters of a text where it only informs: an item of DynamoDB takes 400 KB, a message of SNS 256 KB. */
const MAX_TEXT = 2_000

/** Names that identify what they are part of, and whose length a key limits anyway. */
const IDENTITIES: ReadonlySet<string> = new Set(['messageId', 'recipient'])

/** The same with its texts cut, but for those that identify it. */
export const short = <T>(data: T): T =>
  JSON.parse(
    JSON.stringify(data, (name, value) =>
      typeof value === 'string' && !IDENTITIES.has(name) ? value.slice(0, MAX_TEXT).toWellFormed() : value,
    ),
  )
