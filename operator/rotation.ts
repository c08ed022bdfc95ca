import type { Secret } from '../functions/domain/request.ts'

/**
 * Gives what puts a new key beside the current one, which becomes the previous one.
 *
 * @throws Error where a rotation of `name` is in progress.
 */
export function begin({ current, previous, ...others }: Secret, name: string): (next: string) => Secret {
  if (previous) throw new Error(`a rotation of ${name} is in progress: finish it first (--finish)`)
  return (next) => ({ ...others, current: next, previous: current })
}

/**
 * A secret without its previous key, which ends its rotation.
 *
 * @throws Error where no rotation of `name` is in progress.
 */
export function finish({ previous, ...others }: Secret, name: string): Secret {
  if (!previous) throw new Error(`no rotation of ${name} is in progress`)
  return others
}
