import { cut } from '../functions/console/cut.ts'
import { nearestTo } from '../functions/domain/nearest.ts'
import type { StatusRecord } from '../functions/domain/status.ts'
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
  told({ endpoint, told, failures }) {
    for (const { type, subject } of told) print(`${'told'.padEnd(12)}${endpoint.padEnd(NAME_WIDTH)}${type}  ${subject}`)
    for (const answer of failures) print(`${'not told'.padEnd(12)}${endpoint.padEnd(NAME_WIDTH)}${answer}`)
  },
  kept() {},
  unexpected: (error) => print(String(error)),
})

/** More paths than these are not listed. */
const MAX_PATHS = 6

function hintOf(request: string, paths: readonly string[]): string {
  if (paths.length <= MAX_PATHS) return `Callbacks go to ${paths.join(', ')}`
  const asked = request.slice(request.indexOf(' ') + 1, 200)
  return `Did you mean ${nearestTo(asked, paths)}?`
}

/** Characters of a provider's word. */
const MAX_WORD = 60

function lineOf({ callback, result, reason, records, unmapped }: Outcome): string {
  const messages = Map.groupBy(records, ({ messageId }) => messageId)
  const stepOf = ({ channel, status, providerStatus }: StatusRecord) => {
    const isUnmapped = status === 'unknown' && unmapped.includes(providerStatus)
    return [channel, status, isUnmapped && `(${cut(providerStatus, MAX_WORD)} is in no table)`]
      .filter(Boolean)
      .join(' ')
  }
  const facts = [...messages].map(([id, ofMessage]) => `${id}  ${ofMessage.map(stepOf).join(', ')}`)
  return `${result.padEnd(12)}${callback.provider.padEnd(NAME_WIDTH)}${[...facts, reason].filter(Boolean).join('  ')}`
    .replace(/\p{Cc}/gu, '·')
    .trimEnd()
}
