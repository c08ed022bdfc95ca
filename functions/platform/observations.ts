/** How often something was counted of a provider: `name` is the metric's, `channel` is there for statuses. */
export interface Count {
  provider: string
  name: string
  channel?: string
  times: number
}

/** A provider's word that is in no table, and how often it came. */
export interface UnmappedWord {
  provider: string
  word: string
  times: number
}

/** A span of time: milliseconds since 1970. */
export interface Range {
  start: number
  end: number
}

/** Receives a note for the reader of an answer: why it may be incomplete. */
export type Note = (text: string) => void

/** Reads what has been counted. */
export interface Observations {
  counts(range: Range, note: Note): Promise<Count[]>
  unmapped(range: Range, note: Note): Promise<UnmappedWord[]>
}
