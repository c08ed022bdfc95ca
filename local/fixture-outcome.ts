import { type Callback, callbackOf as callbackOfRequest } from '../functions/domain/callback.ts'
import { type Normalized, normalize } from '../functions/domain/normalizer.ts'
import type { Provider } from '../functions/domain/provider.ts'
import { providers } from '../functions/providers/index.ts'
import { type Fixture, requestOf } from './fixtures.ts'

/** When every fixture arrives, and where. */
export const ARRIVAL = Date.parse('2026-01-02T03:04:05.678Z')
export const ORIGIN = 'https://ledger.example.com'

/** The route of a provider that a fixture goes to, with what stands in the path. */
export function routeOf({ routes }: Pick<Provider, 'routes'>, { target }: Pick<Fixture, 'target'>) {
  const pathname = (target.split('?')[0] ?? '').replace(/^\/\//, '/')
  for (const route of routes) {
    const pattern = new URLPattern({ pathname: route.path.replace(/\{(\w+)\}/g, ':$1') })
    const pathParameters = pattern.exec({ pathname })?.pathname.groups
    if (pathParameters) return { route, pathParameters: pathParameters as Record<string, string> }
  }
  return undefined
}

/** The callback that the receiver of its provider would make of a fixture. */
export const callbackOf = (fixture: Fixture): Callback =>
  callbackBy(providers.find(({ id }) => id === fixture.provider) as Provider, fixture)

/** The callback that the receiver of a provider would make of a fixture. */
const callbackBy = (provider: Provider, fixture: Fixture): Callback =>
  callbackOfRequest(requestOf(fixture, ORIGIN, ARRIVAL), provider.proof.withheld, {
    provider: provider.id,
    requestId: `${provider.id}/${fixture.name}`,
    pathParameters: routeOf(provider, fixture)?.pathParameters ?? {},
  })

/** What becomes of a fixture: the records without what all share, and whatever else there is to say. */
export const outcomeOf = async (provider: Provider, fixture: Fixture) =>
  withoutEmpty(await normalizedOf(provider, fixture))

/** What normalizing a fixture gives. */
export const normalizedOf = async (provider: Provider, fixture: Fixture): Promise<Normalized> =>
  normalize(await provider.loadNormalizer(), callbackBy(provider, fixture), provider.timeZone)

const withoutEmpty = ({ records, unmapped, problems, ignored }: Normalized) => ({
  ...(records.length > 0 && { records: records.map(({ record: { account, ...record } }) => record) }),
  ...(unmapped.length > 0 && { unmapped }),
  ...(problems.length > 0 && { problems }),
  ...(ignored.length > 0 && { ignored }),
})
