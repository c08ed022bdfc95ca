import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Choices that are the same for the same seed. */
export interface Random {
  /** A whole number, both bounds included. */
  integer(from: number, to: number): number
  /** True in about this share of calls, 0 to 1. */
  chance(share: number): boolean
  pick<T>(items: readonly T[]): T
  /** Digits or lower-case hexadecimal, of the given length. */
  digits(length: number): string
}

/** The choices of a seed. */
export function random(seed: number): Random {
  const generator = xoroshiro128plus(seed)
  const integer = (from: number, to: number) => uniformInt(generator, from, to)
  return {
    integer,
    chance: (share) => integer(0, 999_999) < share * 1e6,
    pick: (items) => items[integer(0, items.length - 1)] as (typeof items)[number],
    digits: (length) => Array.from({ length }, () => integer(0, 9)).join(''),
  }
}
