import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Callback } from '../functions/domain/callback.ts'
import { encodeBody } from '../functions/domain/callback.ts'
import { normalize } from '../functions/domain/normalizer.ts'
import { STATUSES } from '../functions/domain/status.ts'
import { providers } from '../functions/providers/index.ts'
import { readFixtures } from '../local/fixtures.ts'
import { callbackOf } from './fixture-outcome.ts'

describe.each(providers)('$id', (provider) => {
  const fixtures = readFixtures(provider.id).map(callbackOf)
  const withBody = (callback: Callback, body: string): Callback => ({ ...callback, ...encodeBody(Buffer.from(body)) })
  const normalizeBody = async (callback: Callback, body: string) =>
    normalize(await provider.loadNormalizer(), withBody(callback, body), provider.timeZone)

  const wellFormed = fc.constantFrom(...fixtures.filter(({ body }) => isJsonObject(body)))

  test('an unknown status becomes unknown, with the raw word kept', async () => {
    const document = fixtures.find(({ requestId }) => requestId.includes('/document-')) as Callback
    const { statuses } = await provider.loadNormalizer()
    const inAnyTable = (word: string) => Object.hasOwn(statuses, word.trim().toUpperCase())
    const words = fc.string({ minLength: 1 }).filter((word) => !inAnyTable(word))
    await fc.assert(
      fc.asyncProperty(words, async (word) => {
        const renamed = JSON.stringify(renameStatus(JSON.parse(document.body), word))
        const { records, unmapped, problems } = await normalizeBody(document, renamed)
        expect(problems).toEqual([])
        expect(records.length).toBeGreaterThan(0)
        expect(new Set(unmapped)).toEqual(new Set([word]))
        for (const { record } of records)
          expect(record).toMatchObject({ status: 'unknown', final: false, providerStatus: word })
      }),
    )
  })

  test('what is not as documented becomes a reason with a path, never an exception', async () => {
    await fc.assert(
      fc.asyncProperty(wellFormed, fc.json({ maxDepth: 3 }), fc.nat(), async (callback, graft, at) => {
        const { records, problems, ignored } = await normalizeBody(
          callback,
          JSON.stringify(replaceAt(JSON.parse(callback.body), at, JSON.parse(graft))),
        )
        for (const problem of problems) expect(problem).toMatch(/: expected /)
        for (const { record, key } of records) {
          expect(STATUSES).toHaveProperty(record.status)
          expect(Object.values(key).join()).not.toContain('undefined')
        }
        expect(records.length + problems.length + (ignored ? 1 : 0)).toBeGreaterThan(0)
      }),
      { numRuns: 500 },
    )
  })

  test('bytes of any kind become a reason, never an exception', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (bytes) => {
        const callback = { ...(fixtures[0] as Callback), ...encodeBody(Buffer.from(bytes)) }
        const { problems, ignored } = normalize(await provider.loadNormalizer(), callback, provider.timeZone)
        expect(problems.length + (ignored ? 1 : 0)).toBeGreaterThan(0)
      }),
    )
  })
})

function isJsonObject(body: string): boolean {
  try {
    return !Array.isArray(JSON.parse(body))
  } catch {
    return false
  }
}

/** Sets every provider status of a payload; TeleSign's `status` is an object with a code. */
function renameStatus(json: unknown, word: string): unknown {
  if (Array.isArray(json)) return json.map((entry) => renameStatus(entry, word))
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      name === 'code' || (name === 'status' && typeof value === 'string') ? word : renameStatus(value, word),
    ]),
  )
}

/** Replaces the value at the `at`th place of a JSON tree, counted round and round. */
function replaceAt(json: unknown, at: number, graft: unknown): unknown {
  const places: [Record<string, unknown>, string][] = []
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    for (const name of Object.keys(node)) {
      places.push([node as Record<string, unknown>, name])
      visit((node as Record<string, unknown>)[name])
    }
  }
  visit(json)
  const [parent, name] = places[at % places.length] ?? [{}, '']
  parent[name] = graft
  return json
}
