import { expect, test } from 'vitest'
import { normalize } from '../functions/domain/normalizer.ts'
import { mailersend } from '../functions/providers/mailersend/provider.ts'
import { callbackWith } from './callbacks.ts'

// The receiver answers it as a handshake, and sends nothing to the queue.
test('a test of MailerSend that is in the queue even so is ignored as a ping', async () => {
  const callback = callbackWith('mailersend', '{"type":"webhook.test","message":"This is a ping test message"}')
  const { records, ignored, problems } = normalize(await mailersend.loadNormalizer(), callback, 'UTC')
  expect({ records, ignored, problems }).toEqual({ records: [], ignored: ['ping'], problems: [] })
})
