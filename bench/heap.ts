import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Megabytes of the heap that are in use now, garbage not counted. */
export function liveHeap(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 1e6
}
