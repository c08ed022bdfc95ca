import type { Outcome, Telemetry } from '../functions/platform/telemetry.ts'

/** Telemetry for a person who watches: one line for each callback as it is stored, and one for each that is refused. */
export const consoleTelemetry = (print: (line: string) => void): Telemetry => ({
  refused: (provider, error) => print(`${'refused'.padEnd(12)}${provider.padEnd(10)}${(error as Error).message}`),
  greeted: (provider) => print(`${'answered'.padEnd(12)}${provider.padEnd(10)}handshake`),
  worked({ outcomes, returned }) {
    for (const outcome of outcomes) print(lineOf(outcome))
    for (const cause of returned) print(`${'returned'.padEnd(12)}${'queue'.padEnd(10)}${cause}`)
  },
  unexpected: (error) => print(String(error)),
})

function lineOf({ callback, result, reason, told }: Outcome): string {
  const messages = Map.groupBy(told, ({ messageId }) => messageId)
  const facts = [...messages].map(
    ([id, records]) =>
      `${id}  ${records.map(({ status, channel }) => [channel, status].filter(Boolean).join(' ')).join(', ')}`,
  )
  return `${result.padEnd(12)}${callback.provider.padEnd(10)}${[...facts, reason].filter(Boolean).join('  ')}`
    .replace(/\p{Cc}/gu, '·')
    .trimEnd()
}
