import { parseCallback } from '../functions/domain/callback.ts'
import { countMessages } from '../functions/platform/queue.ts'
import { tableOf } from '../local/table.ts'
import { type Letter, look, moveLetters } from './letters.ts'
import type { Output } from './output.ts'
import { isSelected, type Selection } from './selection.ts'
import type { Target } from './target.ts'

/** Lists the messages of the dead-letter queue. */
export async function listLetters(target: Target, { print, printJson }: Output, selection: Selection) {
  let count = 0
  for await (const { id, receivedAt, text } of look(target.deadLetters)) {
    const provider = providerOf(text)
    if (!isSelected(selection, { provider, receivedAt })) continue
    count++
    const bytes = Buffer.byteLength(text)
    printJson({ id, provider, receivedAt, bytes }, tableOf([[receivedAt, provider, id, `${bytes} bytes`]]))
  }
  print(count === 0 ? 'no dead letters' : `${count} dead letters`)
}

/** Shows one message as it is in the queue; gives true where there is one. */
export async function showLetter(target: Target, { print, printJson }: Output, id: string): Promise<boolean> {
  for await (const { receiptHandle, ...message } of look(target.deadLetters)) {
    if (message.id !== id) continue
    const letter = { ...message, provider: providerOf(message.text) }
    printJson(letter, letter.text)
    return true
  }
  print('no dead letter has that id')
  return false
}

/** Moves messages back to the worker's queue. After an interruption one may be sent twice, which changes nothing. */
export async function redriveLetters(target: Target, output: Output, ids: string[], selection: Selection) {
  const { queue, deadLetters } = target
  const isMeant = (letter: Letter) =>
    ids.length === 0 ? isSelected(selection, { ...letter, provider: providerOf(letter.text) }) : ids.includes(letter.id)
  const found = new Set<string>()
  const total = ids.length > 0 ? ids.length : await countMessages(deadLetters)
  const isWhole = await moveLetters(
    { from: deadLetters, to: queue },
    output,
    total,
    (letter) => isMeant(letter) && found.add(letter.id).size > 0,
  )
  const missing = ids.filter((id) => !found.has(id))
  for (const id of missing) output.print(`no dead letter has the id ${id}`)
  return isWhole && missing.length === 0
}

function providerOf(text: string): string {
  try {
    return parseCallback(text).provider
  } catch {
    return 'unknown'
  }
}
