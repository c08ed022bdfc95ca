import { silently } from './silence.ts'

/** Microseconds of CPU for one of what `act` does `times` of; what it prints goes nowhere. */
export async function cpu(act: () => Promise<unknown>, times: number): Promise<number> {
  const before = process.cpuUsage()
  await silently(act)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}
