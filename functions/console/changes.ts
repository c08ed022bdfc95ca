import pMap from 'p-map'
import { findHead, release } from '../platform/quarantine.ts'
import { replay, summaryOf } from '../platform/replay.ts'
import type { Desk } from './desk.ts'
import { groupIdOf, readHeads } from './groups.ts'
import type { View } from './view.ts'

/** How long a function may wait for outcomes, in milliseconds; it has half a minute. */
const PATIENCE = 15_000

const CONCURRENCY = 50

/** What a change did: the callbacks that it was about, and whether all went well. */
export interface Change {
  ids: string[]
  text: string
  isDone: boolean
}

const GONE: Change = { ids: [], text: 'That callback is no longer in quarantine.', isDone: false }

/** Sends one callback, or all of a group, through the worker again, and reports the results. */
export async function replayChosen(desk: Desk, view: View): Promise<Change> {
  const { ids, isAll } = await chosen(desk, view)
  if (ids.length === 0) return GONE
  const deadline = Date.now() + PATIENCE
  const replays = await pMap(ids, (id) => replay(desk.quarantine, desk.queue, id, deadline), {
    concurrency: CONCURRENCY,
  })
  return {
    ids: replays.filter(({ outcome }) => outcome !== 'gone' && outcome !== 'incomplete').map(({ id }) => id),
    text: `${summaryOf(replays)}.${isAll ? '' : MORE}`,
    isDone: replays.every(({ outcome }) => outcome === 'recorded'),
  }
}

/** Deletes one callback, or all of a group, permanently. */
export async function dropChosen(desk: Desk, view: View): Promise<Change> {
  const { ids, isAll } = await chosen(desk, view)
  if (ids.length === 0) return GONE
  await release(desk.quarantine, ids)
  return { ids, text: `${ids.length} deleted.${isAll ? '' : MORE}`, isDone: true }
}

const MORE = ' There are older ones: refresh, and repeat it for them.'

/** The ids that a change is about, and whether there are no more of them. */
async function chosen({ quarantine, providers }: Desk, view: View): Promise<{ ids: string[]; isAll: boolean }> {
  const group = view.asked('group')
  if (group === '') {
    const head = await findHead(quarantine, view.asked('id'))
    return { ids: head === undefined ? [] : [head.id], isAll: true }
  }
  const of = providers.filter((provider) => group.startsWith(`${provider}-`))
  const { heads, isAll } = await readHeads(quarantine, of)
  return { ids: heads.filter((head) => groupIdOf(head) === group).map(({ id }) => id), isAll }
}
