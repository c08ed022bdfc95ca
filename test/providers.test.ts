import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { statusOf } from '../functions/domain/normalizer.ts'
import { providers } from '../functions/providers/index.ts'
import { localSecret } from '../local/credentials.ts'
import { ARRIVAL, normalizedOf, ORIGIN, outcomeOf, routeOf } from '../local/fixture-outcome.ts'
import { readFixtures, readHandshakes, signedRequest } from '../local/fixtures.ts'

describe.each(providers)('$id fixtures', (provider) => {
  const fixtures = readFixtures(provider.id)

  test.each(fixtures)('$name becomes what its .json says', async (fixture) => {
    const outcome = await outcomeOf(provider, fixture)
    expect(existsSync(fixture.expectation), `npm run fixtures -- ${provider.id} --update writes what is missing`).toBe(
      true,
    )
    expect(outcome).toEqual(JSON.parse(readFileSync(fixture.expectation, 'utf8')))
  })

  test.each([...fixtures, ...readHandshakes(provider.id)])('$name goes to a route of the provider', (fixture) => {
    expect(routeOf(provider, fixture)?.route.methods).toContain(fixture.method)
  })

  test.each(fixtures)('$name is authentic as its provider sends it', async (fixture) => {
    const secret = localSecret(provider.id)
    const request = await signedRequest(provider, fixture, secret, ORIGIN, ARRIVAL)
    expect(await provider.proof.verify(request, secret)).toBe('authentic')
    expect(await provider.proof.verify(request, { current: 'YW5vdGhlciBrZXkgb2Ygc29tZWJvZHk=' })).toBe('refused')
  })

  test.each(readHandshakes(provider.id))('$name is answered as its .json says', async (fixture) => {
    const secret = localSecret(provider.id)
    const request = await signedRequest(provider, fixture, secret, ORIGIN, ARRIVAL)
    expect(await provider.handshake?.answer(request, secret)).toEqual(
      JSON.parse(readFileSync(fixture.expectation, 'utf8')),
    )
  })

  test('hold every status of the table', async () => {
    const normalizer = await provider.loadNormalizer()
    const outcomes = await Promise.all(fixtures.map((fixture) => outcomeOf(provider, fixture)))
    const seen = outcomes.flatMap(({ records = [] }) =>
      records.map((record) => (normalizer.wordOf?.(record) ?? record.providerStatus).trim().toUpperCase()),
    )
    const missing = Object.keys(normalizer.statuses).filter((word) => !seen.includes(word))
    expect(missing, 'words of the table that no fixture has').toEqual([])
  })

  test('hold an unmapped status, a ping and a malformed callback, and no key in what is kept', async () => {
    const outcomes = await Promise.all(fixtures.map((fixture) => outcomeOf(provider, fixture)))
    const kinds = outcomes.flatMap(({ unmapped, problems, ignored }) => [
      ...(unmapped ? ['unmapped'] : []),
      ...(problems ? ['malformed'] : []),
      ...(ignored?.includes('ping') ? ['ping'] : []),
    ])
    const missing = ['unmapped', 'malformed', 'ping'].filter((kind) => !kinds.includes(kind))
    expect(missing, 'kinds of callbacks that no fixture is of').toEqual([])
    for (const value of Object.values(localSecret(provider.id))) expect(JSON.stringify(outcomes)).not.toContain(value)
  })

  test('repeat the records of an attempt, alone or among others, in the next', async () => {
    const attempts = fixtures.filter(({ name }) => /^attempt-\d$/.test(name))
    const outcomes = await Promise.all(attempts.map((fixture) => outcomeOf(provider, fixture)))
    const [fewest = [], ...others] = outcomes
      .map(({ records = [] }) => records.map((record) => JSON.stringify(record)))
      .sort((a, b) => a.length - b.length)
    for (const records of others) expect(records).toEqual(expect.arrayContaining(fewest))
  })

  test('replayed, give equal keys; different records, different ones', async () => {
    const keysOf = async () => {
      const all = await Promise.all(fixtures.map((fixture) => normalizedOf(provider, fixture)))
      return all.flatMap(({ records }) => records.map(({ record, key }) => ({ record, key: JSON.stringify(key) })))
    }
    const [first, again] = [await keysOf(), await keysOf()]
    expect(again).toEqual(first)
    const distinctRecords = new Set(first.map(({ record }) => JSON.stringify(record)))
    expect(new Set(first.map(({ key }) => key)).size).toBe(distinctRecords.size)
  })
})

describe('the catalogue', () => {
  test('has unique ids and routes', () => {
    const ids = providers.map(({ id }) => id)
    const paths = providers.flatMap(({ routes }) => routes.map(({ path }) => path))
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(paths).size).toBe(paths.length)
  })

  test.each(providers)(
    '$id has an existing time zone and a table in upper case',
    async ({ timeZone, loadNormalizer }) => {
      expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow()
      const { statuses, version } = await loadNormalizer()
      expect(Object.keys(statuses)).toEqual(Object.keys(statuses).map((word) => word.toUpperCase()))
      expect(version).toBeGreaterThan(0)
    },
  )

  // The tables as the contract has them, word for word.
  const CONTRACT = {
    avaamo: 'sent sent failed failed delivered delivered undelivered undelivered skipped skipped',
    nifteem: 'DISPATCHED queued SENT sent DELIVERED delivered READ read FAILED failed NOSENT skipped',
    octopush: `PROCESSED queued TRANSMITTED queued ACK sent ISP_SEND sent DELIVERED delivered READ read OPENED read
      CLICKED clicked UNSUBSCRIBED unsubscribed SPAM_REPORT complained UNDEFINED unknown UNKNOWN_DELIVERY unknown
      ABANDONED failed EMPTY_TEXT failed BAD_DESTINATION failed BLACKLISTED_NUMBER rejected NOT_ALLOWED rejected
      ANTI_FLOODING rejected FILTERED rejected BLOCKED rejected SPAM_DETECTED rejected SPAM_PRESUMPTION rejected
      EXPIRED expired TIMEOUT expired NOT_DELIVERED undelivered NOT_DELIVERABLE undelivered
      UNFOUND_DESTINATION undelivered BUSY undelivered REFUSED undelivered HARD_BOUNCE undelivered
      SOFT_BOUNCE undelivered DOMAIN_ERROR undelivered UNKNOWNED_USER undelivered`,
    telesign: `200 delivered 3000 delivered 201 read 203 sent 290 queued 291 queued 292 queued 250 unknown 295 unknown
      299 unknown 221 expired 3056 expired 229 rejected 230 rejected 233 rejected 237 rejected 238 rejected 231 failed
      207 undelivered 210 undelivered 211 undelivered 220 undelivered 222 undelivered`,
  }

  test.each(Object.entries(CONTRACT))('maps the words of %s', async (id, table) => {
    const normalizer = await providers.find((provider) => provider.id === id)?.loadNormalizer()
    const words = table.split(/\s+/)
    for (let i = 0; i < words.length; i += 2) {
      const [word = '', status] = words.slice(i, i + 2)
      const record = { providerStatus: ` ${word.toLowerCase()} `, error: null, details: {} }
      expect(statusOf(normalizer ?? { statuses: {} }, record), word).toBe(status)
    }
  })
})
