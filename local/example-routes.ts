import type { Provider } from '../functions/domain/provider.ts'
import { plainText } from '../functions/domain/provider.ts'
import type { Secret } from '../functions/domain/request.ts'
import { curlOf, type Origins } from './example-callback.ts'
import type { GatewayRoute } from './gateway.ts'
import { onlyLocal } from './same-origin.ts'

/** `GET /local/examples` and `/local/examples/{provider}`: command lines that send a callback, signed at the moment of the answer. */
export const exampleRoutes = (
  providers: readonly Provider[],
  secretOf: (providerId: string) => Secret,
  origins: () => Origins,
): GatewayRoute[] => {
  const answer = async (wanted: readonly Provider[]) => {
    const lines = await Promise.all(wanted.map((provider) => curlOf(origins(), provider, secretOf(provider.id))))
    return { statusCode: 200, ...plainText(lines.map((line) => `${line}\n`).join('')) }
  }
  return [
    { key: 'GET /local/examples', invoke: onlyLocal(() => answer(providers)) },
    ...providers.map((provider) => ({
      key: `GET /local/examples/${provider.id}`,
      invoke: onlyLocal(() => answer([provider])),
    })),
  ]
}
