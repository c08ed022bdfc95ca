import { existsSync, readFileSync } from 'node:fs'
import type { Secret } from '../functions/domain/request.ts'
import { sourceOf } from '../functions/domain/source.ts'
import { FRUGAL } from '../functions/platform/clients.ts'

/** Credentials that the emulators accept; the clients prepare no log, as in the cloud. */
export const LOCAL_AWS = {
  ...FRUGAL,
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
}

/** The shared key of every provider on the local stack. */
export const LOCAL_KEY = 'local-key'

/**
 * The secret of a provider, or of its account, on the local stack: from the file that `LEDGER_SECRETS_FILE` names, `{"<provider>": <secret>}`, else from
 * `secret.json` in its fixtures, where another key than the shared one is needed.
 */
export function localSecret(source: string): Secret {
  const { LEDGER_SECRETS_FILE } = process.env
  const own = LEDGER_SECRETS_FILE ? readJson(LEDGER_SECRETS_FILE)[source] : undefined
  const file = new URL(`../functions/providers/${sourceOf(source).provider}/fixtures/secret.json`, import.meta.url)
  return own ?? (existsSync(file) ? readJson(file) : { current: LOCAL_KEY })
}

const readJson = (file: string | URL) => JSON.parse(readFileSync(file, 'utf8'))
