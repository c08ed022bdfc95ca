import { maskRecipient, maskText, maskTyped } from '../domain/mask.ts'
import { bodyPopup } from './body.ts'
import { type Change, dropChosen, replayChosen } from './changes.ts'
import type { Desk, Discretion } from './desk.ts'
import { frame, notice } from './frame.ts'
import type { Html } from './html.ts'
import { latelyWidget } from './lately.ts'
import { lifePopup } from './life.ts'
import { messageWidget } from './message.ts'
import { nowWidget, outcomesPopup } from './now.ts'
import { quarantineWidget } from './quarantine.ts'
import { recordPopup } from './records.ts'
import { toldWidget } from './told.ts'
import { unmappedPopup } from './unmapped.ts'
import { type Right, readView, type View } from './view.ts'

const DESCRIPTION = `## delivery-ledger
A widget of the delivery-ledger console. Parameters:

- \`show\`: \`message\`, \`now\`, \`lately\`, \`quarantine\` or \`told\`
- \`functions\`: the ARNs of the console's functions, by right: \`view\`, \`reveal\`, \`replay\`, \`drop\`
`

const MASKED: Discretion = { isMasked: true, nameOf: maskRecipient, textOf: maskText }

const REVEALED: Discretion = { isMasked: false, nameOf: (recipient) => recipient, textOf: (text) => text }

/** The call that a function is answering, as Lambda names it. */
interface Call {
  awsRequestId?: string
}

/**
 * A function of the console, which has one right: it answers a CloudWatch dashboard's calls with HTML, and never throws.
 *
 * A call does not name its caller. The audit line of what was revealed or changed has the request id, by which CloudTrail's
 * record of the call is found, which does.
 */
export function createConsole(desk: Desk, right: Right) {
  return async (event: unknown, { awsRequestId }: Call = {}): Promise<string | { markdown: string }> => {
    if ((event as { describe?: unknown } | null)?.describe) return { markdown: DESCRIPTION }
    const view = readView(event)
    const audit = (about: Record<string, unknown>) =>
      desk.audit({ action: right, ...about, dashboard: view.dashboard, account: view.account, requestId: awsRequestId })
    try {
      return frame(view, ...(await answer(desk, right, view, audit)))
    } catch (error) {
      desk.telemetry.unexpected(error)
      return frame(
        view,
        notice(
          'wrong',
          `This could not be loaded (request ${awsRequestId ?? 'unknown'}). Try again; if it stays, look for the request in the function's log.`,
        ),
      )
    }
  }
}

async function answer(
  desk: Desk,
  right: Right,
  view: View,
  audit: (about: Record<string, unknown>) => void,
): Promise<Html[]> {
  if (right === 'view') return show(desk, view, MASKED)
  if (right === 'reveal') {
    audit({
      show: view.show,
      provider: view.asked('life') || view.asked('provider'),
      messageId: view.asked('messageId'),
      id: view.asked('id'),
      ...foundBy(view),
    })
    return show(desk, view, REVEALED)
  }
  const change: Change = await (right === 'replay' ? replayChosen(desk, view) : dropChosen(desk, view))
  audit({ ids: change.ids })
  return quarantineWidget(desk, view, MASKED, notice(change.isDone ? 'done' : 'wrong', change.text))
}

/** What was looked for, never in the clear where it may be a recipient. */
function foundBy(view: View): Record<string, string> {
  if (view.show !== 'message') return {}
  return { find: maskTyped(view.asked('find')), hashes: view.asked('hashes') }
}

async function show(desk: Desk, view: View, discretion: Discretion): Promise<Html[]> {
  switch (view.show) {
    case 'message':
      return messageWidget(desk, view, discretion)
    case 'life':
      return lifePopup(desk, view, discretion)
    case 'record':
      return recordPopup(desk, view, discretion)
    case 'quarantine':
      return quarantineWidget(desk, view, discretion)
    case 'body':
      return bodyPopup(desk, view, discretion)
    case 'now':
      return nowWidget(desk, view)
    case 'outcomes':
      return outcomesPopup(desk, view)
    case 'lately':
      return latelyWidget(desk, view, discretion)
    case 'told':
      return toldWidget(desk, view)
    case 'unmapped':
      return unmappedPopup(desk, view)
    default:
      return [notice('wrong', 'The parameter "show" is expected to be message, now, lately, quarantine or told.')]
  }
}
