import pMap from 'p-map'
import { decodeBody } from '../functions/domain/callback.ts'
import { sourceName } from '../functions/domain/source.ts'
import {
  findQuarantined,
  INCOMPLETE,
  listHeads,
  type QuarantineHead,
  release,
} from '../functions/platform/quarantine.ts'
import { type Replay, replay, summaryOf as summaryOfReplays } from '../functions/platform/replay.ts'
import { providers } from '../functions/providers/index.ts'
import { tableOf } from '../local/table.ts'
import { bulk } from './bulk.ts'
import type { Output } from './output.ts'
import { isSelected, type Selection } from './selection.ts'
import type { Target } from './target.ts'

const PAGE = 100

/** Lists what is quarantined, newest first. */
export async function listItems(target: Target, { print, printJson }: Output, selection: Selection, limit: number) {
  let count = 0
  for await (const item of selected(target, selection)) {
    if (count === limit)
      return print(`… and more: narrow the list (--provider, --reason, --since, --until), or give --limit ${2 * limit}`)
    count++
    printJson(summaryOf(item), tableOf([[item.receivedAt, sourceName(item), item.id, reasonOf(item)]]))
  }
  print(count === 0 ? 'nothing is quarantined' : `${count} quarantined`)
}

/** Shows one item with its raw body; gives true where there is one. */
export async function showItem({ quarantine }: Target, { print, printJson }: Output, id: string): Promise<boolean> {
  const item = await findQuarantined(quarantine, id)
  if (item === undefined) {
    print('no quarantined callback has that id')
    return false
  }
  const { reason, receivedAt, callback } = item
  const body = callback ? decodeBody(callback).toString() : `(${INCOMPLETE})`
  printJson({ ...summaryOf(item), callback }, `${reason}\n\n${sourceName(item)}, ${receivedAt}\n${body}`)
  return true
}

/** Replays at the same time, and how long each is waited for, in milliseconds. */
const CONCURRENCY = 100
const PATIENCE = 60_000

/** Sends items through the worker again and prints the result of each; gives true where all were recorded. */
export async function replayItems(target: Target, output: Output, ids: string[], selection: Selection) {
  const items = await find(target, ids, selection)
  if (output.dryRun) return bulk(output, 'replayed', items, items.length, async () => {})
  const replays: Replay[] = []
  await pMap(
    items,
    async ({ id }) => {
      const one = await replay(target.quarantine, target.queue, id, Date.now() + PATIENCE)
      replays.push(one)
      output.printJson(one)
      output.progress(replays.length, items.length)
    },
    { concurrency: CONCURRENCY },
  )
  output.print(summaryOfReplays(replays))
  const reasons = Map.groupBy(
    replays.filter(({ outcome }) => outcome === 'unreadable'),
    ({ reason }) => reason,
  )
  for (const [reason, { length }] of [...reasons].sort(([, one], [, other]) => other.length - one.length))
    output.print(`  ${length} × ${reason}`)
  return replays.every(({ outcome }) => outcome === 'recorded')
}

/** Deletes items permanently. */
export async function dropItems(target: Target, output: Output, ids: string[], selection: Selection) {
  const items = await find(target, ids, selection)
  return bulk(output, 'dropped', items, items.length, ({ id }) => release(target.quarantine, [id]))
}

async function find(target: Target, ids: string[], selection: Selection): Promise<QuarantineHead[]> {
  if (ids.length === 0) return Array.fromAsync(selected(target, selection))
  const found = await Promise.all(ids.map((id) => findQuarantined(target.quarantine, id)))
  return found.map((item, index) => {
    if (item === undefined) throw new Error(`no quarantined callback has the id ${ids[index]}`)
    return item
  })
}

async function* selected({ quarantine }: Target, selection: Selection): AsyncGenerator<QuarantineHead> {
  const of = selection.provider === undefined ? providers.map(({ id }) => id) : [selection.provider]
  for (let before: string | undefined; ; ) {
    const { heads, next } = await listHeads(quarantine, of, PAGE, before)
    yield* heads.filter((head) => isSelected(selection, head))
    if (next === undefined) return
    before = next
  }
}

const reasonOf = ({ reason, attemptedAt }: QuarantineHead) =>
  attemptedAt ? `${reason} (replayed ${attemptedAt})` : reason

const summaryOf = ({ id, provider, account, receivedAt, reason, attemptedAt }: QuarantineHead) => ({
  id,
  provider,
  ...(account && { account }),
  receivedAt,
  reason,
  ...(attemptedAt && { attemptedAt }),
})
