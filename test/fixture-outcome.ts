import type { Callback } from '../functions/domain/callback.ts'
import { encodeBody } from '../functions/domain/callback.ts'
import { type Normalized, normalize } from '../functions/domain/normalizer.ts'
import type { Provider } from '../functions/domain/provider.ts'
import type { Fixture } from '../local/fixtures.ts'

/** When every fixture arrives. */
const ARRIVAL = '2026-01-02T03:04:05.678Z'

/** The callback that a receiver would make of a fixture. */
export function callbackOf({ provider, name, target, headers, body }: Fixture): Callback {
  const [path = '', query = ''] = target.split('?')
  const recipient_uuid = /messages\/([^/]+)\/status/.exec(path)?.[1]
  return {
    provider,
    requestId: `${provider}/${name}`,
    receivedAt: ARRIVAL,
    pathParameters: recipient_uuid === undefined ? {} : { recipient_uuid },
    query,
    contentType: headers['Content-Type'] ?? null,
    ...encodeBody(body),
  }
}

/** What becomes of a fixture: the records without what all share, and whatever else there is to say. */
export const outcomeOf = async (provider: Provider, fixture: Fixture) =>
  withoutEmpty(await normalizedOf(provider, fixture))

/** What normalizing a fixture gives. */
export const normalizedOf = async (provider: Provider, fixture: Fixture): Promise<Normalized> =>
  normalize(await provider.loadNormalizer(), callbackOf(fixture), provider.timeZone)

const withoutEmpty = ({ records, unmapped, problems, ignored }: Normalized) => ({
  ...(records.length > 0 && { records: records.map(({ record }) => record) }),
  ...(unmapped.length > 0 && { unmapped }),
  ...(problems.length > 0 && { problems }),
  ...(ignored !== undefined && { ignored }),
})
