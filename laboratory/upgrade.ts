import type { Provider } from '../functions/domain/provider.ts'
import type { Status } from '../functions/domain/status.ts'

/** What the next version of Octopush's table says of words, one of them new. */
const NEXT: Record<string, Status> = { ACK: 'queued', HANDED_OVER: 'sent' }

/** The event of Nifteem that only the next version of the mapping knows. */
export const NEXT_EVENT = 'STATUS_REPORT'

/** The catalogue after an upgrade: words of Octopush mean something else, and Nifteem has a second name for its event. */
export const upgraded = (providers: readonly Provider[]): Provider[] =>
  providers.map((provider) => ({
    ...provider,
    loadNormalizer: async () => {
      const mapping = await provider.loadNormalizer()
      const version = mapping.version + 1
      if (provider.id === 'octopush') return { ...mapping, version, statuses: { ...mapping.statuses, ...NEXT } }
      if (provider.id !== 'nifteem') return mapping
      const named = (json: unknown) =>
        (json as { event?: unknown }).event === NEXT_EVENT ? { ...(json as object), event: 'DISPATCH_STATUS' } : json
      return { ...mapping, version, facts: (json, context) => mapping.facts(named(json), context) }
    },
  }))
