import type { Callback } from '../callback.ts'

/** Reads what a callback says; undefined where it says nothing, as a console's test does. Throws Malformed. */
export type Body<Payload> = (callback: Callback) => Payload | undefined
