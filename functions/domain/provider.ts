import type { Normalizer } from './normalizer.ts'
import type { Proof } from './proof/proof.ts'
import type { Request, Secret } from './request.ts'
import { isSource, sourceName, sourceOf } from './source.ts'

/** A path of ours, its parameters in braces, and the methods that the provider may call it with. */
interface Route {
  methods: readonly ('GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT')[]
  path: string
}

/** What the provider gets back. */
export interface Answer {
  /** By default 200. */
  status?: number
  headers?: Record<string, string>
  body?: string
}

/** A question that the provider asks before it sends anything, answered at once and never queued. */
export interface Handshake {
  /** Whether it is answered before or after the request is authenticated. */
  asked: 'before the proof' | 'after the proof'
  /** The answer, `refused` without the right token, undefined where the request is no such question. */
  answer(request: Request, secret: Secret): Answer | 'refused' | undefined | Promise<Answer | 'refused' | undefined>
}

/** A system that calls us back about messages. */
export interface Provider {
  /** Lower-case letters and digits: it stands in keys, ids, metric dimensions and resource names. */
  id: string
  /** One of several accounts with it, each with routes and a secret of its own. */
  account?: string
  routes: readonly Route[]
  /** How its callbacks are authenticated. */
  proof: Proof
  /** Who makes the key: we, and give it to the provider, or the provider, and gives it to us. */
  keyIssuer: 'ledger' | 'provider'
  /** What each member of its secret is, in words without an apostrophe. */
  secret: { current: string; [name: string]: string }
  handshake?: Handshake
  /** The answer to an accepted callback; by default an empty `200`. */
  acknowledgement: Answer
  /** The IANA zone of its times that name none. */
  timeZone: string
  /** Loads what only the worker needs: the payload's schema, the status table, the mapping. */
  loadNormalizer: () => Promise<Normalizer>
}

/**
 * The provider that a name stands for, or an account of it, which has routes of its own.
 *
 * @throws Error where there is no such provider, or no account can have that name.
 */
export function providerNamed(providers: readonly Provider[], name: string): Provider {
  const { provider: id, account } = sourceOf(name)
  const provider = providers.find((provider) => provider.id === id)
  const ids = providers.map(({ id }) => id)
  if (provider === undefined || !isSource(name, ids)) throw new Error(`expected one of ${ids.join(', ')}, not ${name}`)
  if (account === null) return provider
  const own = { ...provider, account }
  return { ...own, routes: provider.routes.map(({ methods, path }) => ({ methods, path: targetOf(own, path) })) }
}

/** Where an account is called in place of a target of its provider: `/webhooks/{id}/{account}`, or before a path that the provider decides. */
export function targetOf({ id, account }: Pick<Provider, 'id' | 'account'>, target: string): string {
  if (account === undefined) return target
  const own = `/webhooks/${id}`
  return target.startsWith(own) ? `${own}/${account}${target.slice(own.length)}` : `/${account}${target}`
}

/** The name of a provider, or of its account. */
export const providerName = ({ id, account }: Pick<Provider, 'id' | 'account'>): string =>
  sourceName({ provider: id, account })

/** An answer with a JSON body. */
export const json = (value: object): Answer => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

/** An answer with a text that no browser takes for anything else. */
export const plainText = (body: string): Answer => ({
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body,
})

type Defaults = Pick<Provider, 'timeZone' | 'keyIssuer' | 'secret' | 'acknowledgement' | 'routes'>

/**
 * A provider, checked. By default it is called at `POST /webhooks/{id}`, its key is ours, its times are in UTC.
 *
 * @throws Error where the id could be mistaken for something else in a key.
 */
export function defineProvider(provider: Omit<Provider, keyof Defaults> & Partial<Defaults>): Provider {
  if (!/^[a-z][a-z0-9]*$/.test(provider.id)) throw new Error(`provider id ${provider.id}: expected a-z and 0-9`)
  return {
    routes: [{ methods: ['POST'], path: `/webhooks/${provider.id}` }],
    timeZone: 'UTC',
    keyIssuer: 'ledger',
    secret: { current: 'a key of yours' },
    acknowledgement: {},
    ...provider,
  }
}
