/**
 * After how many hours a delivery that is not final is overdue, null never: by `provider/channel`, else by provider, else by
 * `default`.
 */
export type Patience = Readonly<Record<string, number | null>>

/** The default patience of a stage. */
export const DEFAULT_PATIENCE: Patience = { default: 72 }

const HOUR = 3_600_000

/** Milliseconds until a delivery of a provider on a channel is overdue; null where it never is. */
export function patienceOf(patience: Patience, provider: string, channel: string | null): number | null {
  const names = [`${provider}/${channel}`, provider, 'default']
  const hours = names.map((name) => patience[name]).find((own) => own !== undefined) ?? null
  return hours === null ? null : hours * HOUR
}
