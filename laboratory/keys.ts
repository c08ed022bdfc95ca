import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Secret } from '../functions/domain/request.ts'
import { localSecret } from '../local/credentials.ts'
import type { Random } from './random.ts'

/** A new secret of the kind that a provider has: a pair of keys, a topic, or a text. */
export function makeSecret(provider: string, random: Random): Secret {
  const known = localSecret(provider)
  if (known.current.startsWith('arn:')) return { ...known, current: `${known.current}-${random.digits(8)}` }
  if (known.privateKey === undefined) return { ...known, current: random.digits(40) }
  const { publicKey, privateKey } = makePair(createPrivateKey(known.privateKey).asymmetricKeyType)
  return {
    ...known,
    current: der(publicKey),
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  }
}

/** A pair of keys of a type. */
function makePair(type: string | undefined) {
  if (type === 'ed25519') return generateKeyPairSync('ed25519')
  if (type === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2_048 })
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

const der = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64')

/** Keys that change during traffic: a provider gets the new one when every receiver knows it. */
export function createKeys(ids: readonly string[], random: Random) {
  const secrets = new Map(ids.map((provider) => [provider, makeSecret(provider, random)]))
  const announced = new Map(secrets)
  const all = [...secrets.values()].map(({ current }) => current)
  return {
    /** All keys there ever were. */
    all,
    /** What receivers are given. */
    secretOf: (provider: string) => secrets.get(provider) as Secret,
    /** What a provider signs with. */
    announcedTo: (provider: string) => announced.get(provider) as Secret,
    /** Puts new keys beside those in use; one provider may be given the key that another has. */
    rotate(borrowed?: { by: string; from: string }) {
      const before = new Map(secrets)
      for (const [provider, { current: previous }] of before)
        secrets.set(provider, { ...makeSecret(provider, random), previous })
      if (borrowed !== undefined) {
        const current = before.get(borrowed.from)?.current as string
        secrets.set(borrowed.by, { current, previous: before.get(borrowed.by)?.current })
      }
      all.push(...[...secrets.values()].map(({ current }) => current))
    },
    /** Gives the providers the new keys. */
    announce() {
      for (const [provider, secret] of secrets) announced.set(provider, secret)
    },
  }
}
