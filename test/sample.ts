import { hash } from 'node:crypto'

/** Which part of what grows with the catalogue is tested: any text, another one tests another part. */
const SEED = process.env.TEST_SEED ?? '0'

/** Providers of which all is tested; with them every kind of body. */
const WHOLE: ReadonlySet<string> = new Set(['avaamo', 'nifteem', 'octopush', 'telesign'])

/** All cases of the first four providers, and of every other one in so many, chosen by the seed. */
export const sampled = <T extends { provider: string; name: string }>(cases: readonly T[], oneIn: number): T[] =>
  cases.filter(
    ({ provider, name }) =>
      WHOLE.has(provider) ||
      Number.parseInt(hash('sha256', `${SEED} ${provider} ${name}`).slice(0, 8), 16) % oneIn === 0,
  )
