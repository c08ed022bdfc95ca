import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { Provider } from '../functions/domain/provider.ts'
import { outcomeOf } from '../local/fixture-outcome.ts'
import { readFixtures } from '../local/fixtures.ts'

/** A fixture whose `.json` is not what the mapping gives. */
export interface Difference {
  /** From the project's folder. */
  file: string
  is: 'missing' | 'different'
}

/** The fixtures of a provider whose `.json` is missing or different; with `update` each is written, to be read before it is committed. */
export async function differencesOf(provider: Provider, update = false): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const fixture of readFixtures(provider.id)) {
    const outcome = await outcomeOf(provider, fixture)
    const isMissing = !existsSync(fixture.expectation)
    if (!isMissing && isDeepStrictEqual(JSON.parse(readFileSync(fixture.expectation, 'utf8')), outcome)) continue
    if (update) writeFileSync(fixture.expectation, `${JSON.stringify(outcome, null, 2)}\n`)
    const file = `functions/providers/${provider.id}/fixtures/${fixture.name}.json`
    differences.push({ file, is: isMissing ? 'missing' : 'different' })
  }
  return differences
}
