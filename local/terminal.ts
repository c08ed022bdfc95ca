import type { Outcome } from '../functions/platform/telemetry.ts'
import { providers } from '../functions/providers/index.ts'
import type { LocalTelemetry } from './stack.ts'

/** Room for the longest provider id. */
const NAME_WIDTH = Math.max(...providers.map(({ id }) => id.length)) + 2

/** Telemetry for the terminal: one line for each callback as it is stored, and one for each request that is refused. */
export const consoleTelemetry = (print: (line: string) => void): LocalTelemetry => ({
  refused: (provider, error, reason) =>
    print(
      `${'refused'.padEnd(12)}${provider.padEnd(NAME_WIDTH)}${(error as Error).message}${reason ? ` (${reason})` : ''}`,
    ),
  unknown: (request, paths) =>
    print(`${'refused'.padEnd(12)}${'-'.padEnd(NAME_WIDTH)}404 ${request}: no such path. ${hintOf(request, paths)}`),
  greeted: (provider) => print(`${'answered'.padEnd(12)}${provider.padEnd(NAME_WIDTH)}handshake`),
  worked({ outcomes, returned }) {
    for (const outcome of outcomes) print(lineOf(outcome))
    for (const cause of returned) print(`${'returned'.padEnd(12)}${'queue'.padEnd(NAME_WIDTH)}${cause}`)
  },
  followed() {},
  unexpected: (error) => print(String(error)),
})

/** More paths than these are not listed. */
const MAX_PATHS = 6

function hintOf(request: string, paths: readonly string[]): string {
  if (paths.length <= MAX_PATHS) return `Callbacks go to ${paths.join(', ')}`
  const asked = request.slice(request.indexOf(' ') + 1, 200)
  const [nearest] = paths.toSorted((one, other) => distanceOf(asked, one) - distanceOf(asked, other))
  return `Did you mean ${nearest}?`
}

/** How many characters to insert, delete or replace. https://en.wikipedia.org/wiki/Levenshtein_distance */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (let at = 1; at <= other.length; at++)
      next.push(
        Math.min((next[at - 1] ?? 0) + 1, (row[at] ?? 0) + 1, (row[at - 1] ?? 0) + Number(letter !== other[at - 1])),
      )
    row = next
  }
  return row[other.length] ?? 0
}

function lineOf({ callback, result, reason, records }: Outcome): string {
  const messages = Map.groupBy(records, ({ messageId }) => messageId)
  const facts = [...messages].map(
    ([id, ofMessage]) =>
      `${id}  ${ofMessage.map(({ status, channel }) => [channel, status].filter(Boolean).join(' ')).join(', ')}`,
  )
  return `${result.padEnd(12)}${callback.provider.padEnd(NAME_WIDTH)}${[...facts, reason].filter(Boolean).join('  ')}`
    .replace(/\p{Cc}/gu, '·')
    .trimEnd()
}
