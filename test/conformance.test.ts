import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Callback } from '../functions/domain/callback.ts'
import { encodeBody } from '../functions/domain/callback.ts'
import { normalize } from '../functions/domain/normalizer.ts'
import { STATUSES } from '../functions/domain/status.ts'
import { providers } from '../functions/providers/index.ts'
import { callbackOf } from '../local/fixture-outcome.ts'
import { readFixtures } from '../local/fixtures.ts'

describe.each(providers)('$id', (provider) => {
  const fixtures = readFixtures(provider.id).map(callbackOf)
  const normalizeCallback = async (callback: Callback) =>
    normalize(await provider.loadNormalizer(), callback, provider.timeZone)

  test('an unknown status becomes unknown, with the raw word kept', async () => {
    const document = fixtures.find(({ requestId }) => requestId.includes('/document-')) as Callback
    const { records } = await normalizeCallback(document)
    const written = new Set(records.map(({ record }) => record.providerStatus))
    const isNumber = [...written].every((word) => /^\d+$/.test(word))
    // Of letters and digits alone, so that they are spelled alike in JSON, in a text within JSON, in a form and in a query.
    const words = isNumber
      ? fc.integer({ min: 10_000_000, max: 99_999_999 }).map(String)
      : fc.stringMatching(/^[A-Za-z]{8,20}$/)
    await fc.assert(
      fc.asyncProperty(words, async (word) => {
        const rename = (text: string) =>
          [...written].reduce((text, old) => text.replace(new RegExp(`\\b${RegExp.escape(old)}\\b`, 'g'), word), text)
        const renamed = { ...document, body: rename(document.body), query: rename(document.query) }
        const { records, unmapped, problems } = await normalizeCallback(renamed)
        expect(problems).toEqual([])
        expect(records.length).toBeGreaterThan(0)
        expect(new Set(unmapped)).toEqual(new Set([word]))
        for (const { record } of records)
          expect(record).toMatchObject({ status: 'unknown', final: false, providerStatus: word })
      }),
    )
  })

  test('a payload that is not as documented gives a reason with a path, never an exception', async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...fixtures),
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      async (callback, graft, at) => {
        const { records, problems, ignored } = await normalizeCallback(spoil(callback, at, graft))
        for (const problem of problems) expect(problem).toMatch(/: expected /)
        for (const { record, key } of records) {
          expect(STATUSES).toHaveProperty(record.status)
          expect(Object.values(key).join()).not.toContain('undefined')
        }
        expect(records.length + problems.length + ignored.length).toBeGreaterThan(0)
      },
    )
    await fc.assert(property, { numRuns: 500 })
  })

  test('bytes of any kind become a reason, never an exception', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (bytes) => {
        const callback = { ...(fixtures[0] as Callback), query: '', ...encodeBody(Buffer.from(bytes)) }
        const { problems, ignored } = await normalizeCallback(callback)
        for (const problem of problems) expect(problem).toMatch(/: expected /)
        expect(problems.length + ignored.length).toBeGreaterThan(0)
      }),
    )
  })
})

/** The callback with another value at the `at`th place of its JSON, form or query, counted round and round. */
function spoil(callback: Callback, at: number, graft: string): Callback {
  if (callback.body === '') return { ...callback, query: spoilParameters(callback.query, at, graft) }
  try {
    return { ...callback, body: JSON.stringify(replaceAt(JSON.parse(callback.body), at, JSON.parse(graft))) }
  } catch {
    return { ...callback, body: spoilParameters(callback.body, at, graft) }
  }
}

function spoilParameters(text: string, at: number, graft: string): string {
  const parameters = [...new URLSearchParams(text)]
  const [name = graft] = parameters[at % parameters.length] ?? []
  // Every other time the name comes twice.
  const kept = at % 2 === 0 ? parameters : parameters.filter(([other]) => other !== name)
  return new URLSearchParams([...kept, [name, graft]]).toString()
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
