import type { Normalizer } from './normalizer.ts'
import type { Authenticate } from './signature.ts'

/** What of a request proves who sent it. Header names are lower case. */
export interface Request {
  headers: Record<string, string | undefined>
  query: URLSearchParams
  body: Buffer
}

/** A provider's credentials: the current key and, while it is being rotated, the previous one. */
export interface Secret {
  current: string
  previous?: string | undefined
}

/** A path of ours, its parameters in braces, and the methods that the provider may call it with. */
interface Route {
  methods: readonly ('POST' | 'PUT')[]
  path: string
}

/** A system that calls us back about messages. */
export interface Provider {
  /** Lower-case letters and digits: it stands in keys, ids, metric dimensions and resource names. */
  id: string
  routes: readonly Route[]
  authenticate: Authenticate
  /** The headers with which it proves that it has the key: what `authenticate` accepts. */
  prove: (body: Buffer, key: string) => Record<string, string>
  /** Who makes the key: we, and the provider is given it, or the provider, and we are. */
  keyIssuer: 'ledger' | 'provider'
  /** The JSON body of the `200` that it gets; empty where it wants none. */
  acknowledgement?: object
  /** The IANA zone of its times that name none. */
  timeZone: string
  /** Loads what only the worker needs: the payload's schema, the status table, the mapping. */
  loadNormalizer: () => Promise<Normalizer>
}

/**
 * A provider, checked.
 *
 * @throws Error where the id could be mistaken for something else in a key.
 */
export function defineProvider(
  provider: Omit<Provider, 'timeZone' | 'keyIssuer' | 'prove'> & Partial<Provider>,
): Provider {
  if (!/^[a-z][a-z0-9]*$/.test(provider.id)) throw new Error(`provider id ${provider.id}: expected a-z and 0-9`)
  return { timeZone: 'UTC', keyIssuer: 'ledger', prove: (_, key) => ({ 'x-api-key': key }), ...provider }
}
