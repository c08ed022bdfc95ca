import { providersOf, sourceOf } from '../functions/domain/source.ts'
import { putExpectation } from '../functions/query/expectations.ts'
import type { Output } from './output.ts'
import type { Target } from './target.ts'

/** What was sent; times in milliseconds since 1970, the patience in seconds. */
export interface Sent {
  sentAt: number
  recipient?: string
  part?: number
  reference?: string
  campaign?: string
  channel?: string
  patience?: number
}

/** Says that a message was sent, so that silence about it is noticed. */
export async function expectMessage(
  { deliveries, ledger, providers }: Target,
  { print, printJson }: Output,
  { provider: name, messageId }: { provider: string; messageId: string },
  { sentAt, ...more }: Sent,
): Promise<void> {
  const stated = { sentAt: new Date(sentAt).toISOString(), ...more }
  const telemetry = { followed() {}, unexpected() {} }
  const desk = { providers: providersOf(providers), deliveries, ledger, telemetry }
  const { provider, account } = sourceOf(name)
  await putExpectation(desk, { provider, messageId }, { account }, Buffer.from(JSON.stringify(stated)))
  printJson({ provider, account, messageId, ...stated })
  print(`expected: ${name} ${messageId}`)
}
