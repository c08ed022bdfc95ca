import { randomBytes } from 'node:crypto'
import type { Provider } from '../functions/domain/provider.ts'
import type { Output } from './output.ts'
import type { Target } from './target.ts'

const KEY_BYTES = 32

/** A rotation takes two runs: the first lets a new key in beside the old one, the second shuts the old one out. */
export interface Rotation {
  /** The second run. */
  finish: boolean
  /** Where the provider makes the keys: its new one. */
  key?: string | undefined
}

/** Rotates a provider's key without refusing a callback. */
export async function rotateKey(
  target: Target,
  { print, printJson, dryRun }: Output,
  { id, keyIssuer, authenticate, prove }: Provider,
  { finish, key }: Rotation,
): Promise<void> {
  const { current, previous } = await target.readSecret(id)
  if (finish) {
    if (!previous) throw new Error(`no rotation of ${id} is under way`)
    if (!dryRun) await target.writeSecret(id, { current })
    printJson({ provider: id, finished: !dryRun })
    return print(
      dryRun
        ? 'the previous key would be removed'
        : 'the previous key is removed; receivers forget it within five minutes',
    )
  }
  if (previous) throw new Error(`a rotation of ${id} is under way: end it first (--finish)`)
  if (key?.trim() === '') throw new Error('the new key is empty')
  if (keyIssuer === 'provider' && key === undefined)
    throw new Error(`${id} makes its keys itself: give the new one (--key-file)`)
  const next = key ?? randomBytes(KEY_BYTES).toString('hex')
  const body = Buffer.from('{}')
  if (!authenticate({ headers: prove(body, next), query: new URLSearchParams(), body }, { current: next }))
    throw new Error(`the new key is none that ${id} can sign with: expected at least 8 bytes, in base64`)
  if (dryRun) {
    printJson({ provider: id, rotated: false })
    return print(`a new key of ${id} would be let in beside the one in use`)
  }
  await target.writeSecret(id, { current: next, previous: current })
  printJson(
    { provider: id, rotated: true, ...(keyIssuer === 'ledger' && { key: next }) },
    keyIssuer === 'ledger' ? next : undefined,
  )
  print(
    `both keys of ${id} are let in from ten seconds on. Give the new one to the provider; when it uses it, run again with --finish.`,
  )
}
