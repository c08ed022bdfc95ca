import * as z from 'zod/mini'

/** A whole number. */
export const count = (minimum: number, maximum: number) =>
  z
    .int({ error: `expected a whole number from ${minimum} to ${maximum}` })
    .check(
      z.minimum(minimum, { error: `expected at least ${minimum}` }),
      z.maximum(maximum, { error: `expected at most ${maximum}` }),
    )

/** True or false. */
export const flag = z.boolean({ error: 'expected true or false' })

/** An object with these members and no others. */
export const members = <T extends z.core.$ZodShape>(shape: T, example: string) =>
  z.strictObject(shape, { error: `expected an object, such as ${example}` })
