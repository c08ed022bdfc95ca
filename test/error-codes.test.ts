import { expect, test } from 'vitest'
import { statusOf } from '../functions/domain/normalizer.ts'
import { providers } from '../functions/providers/index.ts'

// Providers whose callbacks hold one message each, where a code says more than the word: not each code has an example.
test.each([
  ['vonage', 'rejected', '1000', 'rejected'],
  ['vonage', 'rejected', '1022', 'failed'],
  ['vonage', 'rejected', '1180', 'undelivered'],
  ['vonage', 'rejected', '1250', 'failed'],
  ['vonage', 'undeliverable', '1240', 'rejected'],
  ['vonage', 'rejected', '1360', 'expired'],
  ['vonage', 'rejected', '9999', 'rejected'],
  ['vonage', 'undeliverable', '1050', 'rejected'],
  ['vonage', 'undeliverable', '1300', 'undelivered'],
  ['vonage', ' Undeliverable ', null, 'failed'],
  ['vonage', 'delivered', '1000', 'delivered'],
  ['vonage', 'teleported', '1000', undefined],
  ['vonagesms', 'failed', '9', 'rejected'],
  ['vonagesms', 'failed', '14', 'rejected'],
  ['vonagesms', 'failed', '54', 'rejected'],
  ['vonagesms', 'failed', '11', 'failed'],
  ['vonagesms', 'failed', '2', 'undelivered'],
  ['vonagesms', 'rejected', '9', 'rejected'],
  ['messente', 'UNDELIV', '8', 'rejected'],
  ['messente', ' failed ', '2', 'expired'],
  ['messente', 'FAILED', '5', 'failed'],
  ['messente', 'FAILED', '999', 'undelivered'],
  ['messente', 'FAILED', 'constructor', 'undelivered'],
  ['messente', 'DELIVRD', '8', 'delivered'],
  ['messagebird', 'delivery_failed', '103', 'rejected'],
  ['messagebird', 'delivery_failed', '1', 'undelivered'],
  ['messagebird', 'expired', '103', 'expired'],
  ['ovh', '2', null, 'sent'],
  ['ovh', '5', null, 'undelivered'],
  ['ovh', '29', null, 'rejected'],
  ['ovh', '33', null, 'rejected'],
  ['ovh', '74', null, 'undelivered'],
  ['ovh', '202', null, 'rejected'],
  ['ovh', '0', null, undefined],
  ['ovh', '7', null, undefined],
  ['telnyx', 'sending_failed', '40300', 'rejected'],
  ['telnyx', 'delivery_failed', '40002', 'rejected'],
  ['telnyx', 'delivery_failed', '40005', 'expired'],
  ['telnyx', 'sending_failed', '40322', 'rejected'],
  ['telnyx', 'delivery_failed', '40001', 'undelivered'],
  ['telnyx', 'delivered', '40300', 'delivered'],
])('%s: %s with %s is %s', async (id, providerStatus, code, status) => {
  const normalizer = await providers.find((provider) => provider.id === id)?.loadNormalizer()
  if (normalizer === undefined) throw new Error(`expected a provider ${id}`)
  expect(statusOf(normalizer, { providerStatus, error: { code, message: null }, details: {} })).toBe(status)
})
