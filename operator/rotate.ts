import { randomBytes } from 'node:crypto'
import type { Proof } from '../functions/domain/proof/proof.ts'
import { type Provider, providerName } from '../functions/domain/provider.ts'
import type { Request, Secret } from '../functions/domain/request.ts'
import type { Output } from './output.ts'
import { begin, finish } from './rotation.ts'
import type { Target } from './target.ts'

const KEY_BYTES = 32

/** A rotation takes two runs: the first adds a new key beside the current one, the second removes the previous one. */
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
  provider: Provider,
  { finish: isLast, key }: Rotation,
): Promise<void> {
  if (target.hasFixedKeys)
    throw new Error('the keys of the local stack are fixed; rotate those of a deployed one (--stack)')
  const { keyIssuer, secret, proof } = provider
  const id = providerName(provider)
  const known = await target.readSecret(id)
  if (isLast) {
    const left = finish(known, id)
    if (!dryRun) await target.writeSecret(id, left)
    printJson({ provider: id, finished: !dryRun })
    return print(
      dryRun
        ? 'the previous key would be removed'
        : 'the previous key is removed; receivers stop accepting it within five minutes',
    )
  }
  const beside = begin(known, id)
  if (key?.trim() === '') throw new Error('--key-file: the new key is empty')
  if (keyIssuer === 'provider' && key === undefined)
    throw new Error(`${id} makes its own keys: give the new one (${secret.current}) with --key-file`)
  const next = key ?? randomBytes(KEY_BYTES).toString('hex')
  if (proof.isKey?.(next) === false) throw new Error(`--key-file: ${id} has no such key; see its README`)
  if (!(await isUsable(proof, { ...known, current: next })))
    throw new Error(`--key-file: ${id} cannot sign with this key; expected at least 8 bytes, in base64`)
  if (dryRun) {
    printJson({ provider: id, rotated: false })
    return print(`${id} would accept a new key beside the current one`)
  }
  await target.writeSecret(id, beside(next))
  printJson(
    { provider: id, rotated: true, ...(keyIssuer === 'ledger' && { key: next }) },
    keyIssuer === 'ledger' ? next : undefined,
  )
  print(
    `${id} accepts both keys in ten seconds. Give the new one to the provider; when it uses it, run this again with --finish.`,
  )
}

/** Whether a callback that is signed with the key would be accepted. A public key of a provider's cannot be tried. */
async function isUsable(proof: Proof, secret: Secret): Promise<boolean> {
  const url = 'https://ledger.example.com/'
  const bare: Request = { method: 'POST', url, headers: {}, body: Buffer.from('{}'), receivedAt: Date.now() }
  let signed: Request
  try {
    signed = proof.prove(bare, secret)
  } catch {
    return true
  }
  return (await proof.verify(signed, secret)) === 'authentic'
}
