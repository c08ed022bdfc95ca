import type { Outcome } from '../functions/platform/telemetry.ts'
import type { LocalTelemetry } from './stack.ts'

/** Telemetry for a person who watches: one line for each callback as it is stored, and one for each request that is refused. */
export const consoleTelemetry = (print: (line: string) => void): LocalTelemetry => ({
  refused: (provider, error, reason) =>
    print(`${'refused'.padEnd(12)}${provider.padEnd(10)}${(error as Error).message}${reason ? ` (${reason})` : ''}`),
  unknown: (request, paths) =>
    print(`${'refused'.padEnd(12)}${'-'.padEnd(10)}404 ${request}: no such path. Callbacks go to ${paths.join(', ')}`),
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
