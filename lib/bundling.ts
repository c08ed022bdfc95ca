import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A folder of functions/ that has a handler. */
export type Entry =
  | 'receiver'
  | 'worker'
  | 'follower'
  | 'publisher'
  | 'sweeper'
  | 'sender'
  | 'keeper'
  | 'query'
  | 'console'

/** The folder that the sources are in. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * How functions are bundled, in esbuild's words. As CommonJS: an ES module that imports node:http costs a whole start more,
 * https://github.com/nodejs/node/issues/59686
 */
export const BUNDLING = {
  format: 'cjs',
  target: 'node24',
  mainFields: ['module', 'main'] as string[],
  minify: true,
} as const satisfies Record<string, unknown>

/** The modules that a bundle replaces; in a receiver's, the catalogue by its one provider. */
export const aliasesOf = (provider?: string): Record<string, string> => ({
  '@aws-sdk/credential-provider-node': join(ROOT, 'functions', 'platform', 'credentials.ts'),
  '@aws-sdk/middleware-endpoint-discovery': join(ROOT, 'functions', 'platform', 'endpoint-discovery.ts'),
  ...(provider && { '#catalogue': join(ROOT, 'functions', 'providers', provider, 'provider.ts') }),
})

/** The modules that are left out of a bundle, because they are never loaded. */
export const externalOf = (entry: Entry): string[] => [
  // The SDK loads it for calls that stream events; of our clients, only those of the logs and of Lambda have such calls.
  ...(entry === 'console' || entry === 'keeper' ? [] : ['@smithy/core/event-streams']),
  // Only the worker maps payloads; the others never load that half of a provider, which needs zod.
  ...(entry === 'worker' ? [] : ['*/normalizer.ts']),
]
