import { buffer } from 'node:stream/consumers'
import type { LedgerEvent } from '../functions/domain/event.ts'
import type { Chaos } from './chaos.ts'
import { serve } from './server.ts'

/** An event that the topic has taken; its subscribers get it from then on. */
export interface Told {
  event: LedgerEvent
  /** Milliseconds since 1970. */
  at: number
}

/** How often a call is disturbed, as a share of calls that publish. */
const SHARE = { failure: 0.04, reset: 0.04, partial: 0.15, lost: 0.04, death: 0.02 }

const ENTRY = /^PublishBatchRequestEntries\.member\.(\d+)\.(Id|Message)$/

/**
 * Starts a topic, which takes what SNS takes, and answers as SNS does: an emulator's would cost the laboratory more than all else does. Its
 * faults are those of SNS and of its callers.
 */
export async function startTopic({
  faults,
  mortals,
  isTopicDown,
}: Pick<Chaos, 'faults' | 'mortals'> & { isTopicDown(): boolean }) {
  const told: Told[] = []
  const server = await serve(async (request, response) => {
    const caller = /\bapp\/([\w-]+)/.exec(String(request.headers['user-agent']))?.[1] ?? ''
    const role = caller.startsWith('publisher') ? 'publisher' : 'follower'
    const cut = () => request.socket.destroy()
    const form = new URLSearchParams((await buffer(request)).toString())
    const entries: Record<'Id' | 'Message', string>[] = []
    for (const [name, value] of form) {
      const [, number, member] = ENTRY.exec(name) ?? []
      if (number !== undefined)
        entries[Number(number) - 1] = { ...entries[Number(number) - 1], [member as 'Id']: value } as never
    }
    if (isTopicDown()) {
      faults.count('SNS out of reach for a while')
      return cut()
    }
    if (faults.surely(`${role} killed before it publishes`, SHARE.death)) return void mortals.kill(caller)
    if (faults.surely('SNS answers 500', SHARE.failure)) {
      response.writeHead(500, { 'content-type': 'text/xml' })
      return void response.end(
        '<ErrorResponse><Error><Type>Receiver</Type><Code>InternalError</Code></Error></ErrorResponse>',
      )
    }
    if (faults.surely('SNS connection reset before the publish', SHARE.reset)) return cut()
    const isPartial = faults.surely('SNS fails entries of a batch', SHARE.partial)
    const isTaken = (_: unknown, index: number) => !isPartial || index % 2 === 0
    const at = Date.now()
    told.push(...entries.filter(isTaken).map(({ Message }) => ({ event: JSON.parse(Message), at })))
    if (faults.surely(`${role} killed after it has published`, SHARE.death)) return void mortals.kill(caller)
    if (faults.surely('SNS answer lost after the publish', SHARE.lost)) return cut()
    const failed = entries.filter((entry, index) => !isTaken(entry, index))
    response.writeHead(200, { 'content-type': 'text/xml' })
    response.end(answerOf(entries.filter(isTaken), failed))
  })
  return { ...server, told }
}

/** https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
const answerOf = (taken: readonly { Id: string }[], failed: readonly { Id: string }[]): string => {
  const members = (all: readonly { Id: string }[], more: string) =>
    all.map(({ Id }) => `<member><Id>${Id}</Id>${more}</member>`).join('')
  const successful = `<Successful>${members(taken, '<MessageId>0</MessageId>')}</Successful>`
  const failures = `<Failed>${members(failed, '<Code>InternalError</Code><SenderFault>false</SenderFault>')}</Failed>`
  return `<PublishBatchResponse><PublishBatchResult>${successful}${failures}</PublishBatchResult></PublishBatchResponse>`
}
