import { silently } from './silence.ts'

/** Microseconds of CPU for one of the `times` operations of `act`; what it prints is discarded. */
export async function cpu(act: () => Promise<unknown>, times: number): Promise<number> {
  const before = process.cpuUsage()
  await silently(act)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}
