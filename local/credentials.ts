import type { Secret } from '../functions/domain/provider.ts'

/** The shared key of every provider on the local stack. */
export const LOCAL_KEY = 'local-key'

/** TeleSign's on the local stack; the API key is in base64. */
export const LOCAL_TELESIGN = { customerId: 'local-customer', apiKey: 'bG9jYWwta2V5' }

/** A provider's secret on the local stack. */
export const localSecret = (providerId: string): Secret => ({
  current: providerId === 'telesign' ? LOCAL_TELESIGN.apiKey : LOCAL_KEY,
})
