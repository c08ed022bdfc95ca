import pMap from 'p-map'
import { providersOf } from '../domain/source.ts'
import type { Status } from '../domain/status.ts'
import type { Summary } from '../domain/summary.ts'
import { canBeOverdue, findDeliveries } from '../platform/lookups.ts'
import { newestFailed } from '../platform/newest-failed.ts'
import { deliveryTable } from './deliveries.ts'
import type { Desk, Discretion } from './desk.ts'
import { overdueOff } from './figures.ts'
import { button } from './frame.ts'
import { type Html, html } from './html.ts'
import { offNote } from './off.ts'
import { recipientNames } from './sought.ts'
import type { View } from './view.ts'

/** Failures that somebody may do something about; what was skipped was so on purpose. */
const FAILURES = ['failed', 'undelivered', 'rejected', 'expired'] as const satisfies Status[]

/** Deliveries of a list; of a narrow one, whose rows are higher. */
const SHOWN = { wide: 6, narrow: 3 }

/** Look-ups that are under way at once. */
const CONCURRENCY = 16

const DAY = 24 * 60 * 60 * 1_000

/** The widget with the newest deliveries that failed in the last 24 hours, and those that are overdue. */
export async function latelyWidget(desk: Desk, view: View, discretion: Discretion): Promise<Html[]> {
  const { deliveries } = desk
  const nameIn = await recipientNames(deliveries)
  const isFailedOn = deliveries.lookups.includes('failed')
  const isOverdueOn = canBeOverdue(deliveries)
  const [failed, overdue] = await Promise.all([
    isFailedOn ? readFailed(desk) : [],
    isOverdueOn ? readOverdue(desk) : [],
  ])
  const { isMasked } = discretion
  const right = isMasked ? 'view' : 'reveal'
  const hasRecipients = [failed, overdue].flat().some(({ recipient }) => recipient !== null)
  const shown = view.isNarrow ? SHOWN.narrow : SHOWN.wide
  const list = (label: string, summaries: readonly Summary[], moment: Moment, command: string, none: string) => [
    summaries.length === 0
      ? html`<p class="ledger-faint">${none}</p>`
      : deliveryTable(view, discretion, summaries.slice(0, shown), { label, nameIn, moment }),
    html`${summaries.length > shown && html`<p class="ledger-faint">The newest ${shown}. <code>${command}</code> lists all.</p>`}`,
  ]
  return [
    html`<h4>Failed <span class="ledger-faint">in the last 24 hours</span></h4>`,
    ...(isFailedOn
      ? list('Failed', failed, 'statusAt', 'ledger failed', 'No delivery has failed.')
      : offNote('Not listed', ['failed'])),
    html`<h4>Overdue <span class="ledger-faint">no final status in time</span></h4>`,
    ...(isOverdueOn
      ? list('Overdue', overdue, 'overdueSince', 'ledger overdue', 'No delivery is overdue.')
      : [overdueOff()]),
    html`<div class="ledger-row ledger-small">${
      hasRecipients &&
      button(view, isMasked ? 'Show recipients' : 'Mask recipients', isMasked ? 'reveal' : 'view', { show: 'lately' })
    }${button(view, 'Refresh', right, { show: 'lately' })}</div>`,
  ]
}

type Moment = 'statusAt' | 'overdueSince'

/** One more than is shown: so it is known whether there are more. */
const LIMIT = SHOWN.wide + 1

const readFailed = (desk: Desk): Promise<Summary[]> =>
  newestFailed(desk.deliveries, {
    ...{ providers: enabledOf(desk), statuses: FAILURES },
    ...{ since: Date.now() - DAY, limit: LIMIT },
  })

async function readOverdue(desk: Desk): Promise<Summary[]> {
  const found = await pMap(
    enabledOf(desk),
    (provider) => findDeliveries(desk.deliveries, { provider, overdue: true }, LIMIT),
    { concurrency: CONCURRENCY },
  )
  return found
    .flatMap(({ summaries }) => summaries)
    .toSorted((one, other) => ((one.overdueSince ?? '') < (other.overdueSince ?? '') ? 1 : -1))
    .slice(0, LIMIT)
}

const enabledOf = ({ providers, enabled = providers }: Desk): string[] => providersOf(enabled)
