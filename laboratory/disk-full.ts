import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endChild, startChild } from '../local/child.ts'
import { LOCAL_KEY } from '../local/credentials.ts'
import { freePort } from '../local/port.ts'

/** The results of callbacks that were sent to a local stack while its disk was full. */
export interface FullDisk {
  taken: number
  refused: number
  /** Callbacks missing in the ledger after the disk had room again and the refused ones were sent again. */
  missing: number
}

const DISK =
  'mount -t tmpfs -o size=16m none "$0" && head -c 14000000 /dev/zero > "$0/filler" && echo mounted && exec sleep infinity'
const REFUSALS = 50
const PATIENCE = 30_000

/**
 * Runs the local stack with its data on a disk that becomes full under it, kills it, makes room and starts it again.
 *
 * @throws Error where the machine does not allow users to mount a disk (Linux with user namespaces does).
 */
export async function fillDisk(root: string): Promise<FullDisk> {
  const folder = mkdtempSync(join(tmpdir(), 'delivery-ledger-disk-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const disk = await startChild('unshare', ['--map-root-user', '--mount', 'sh', '-c', DISK, folder], 'mounted')
  const { npm_lifecycle_event, ...environment } = process.env
  const startStack = () =>
    startChild(
      'nsenter',
      [
        ...`--target ${disk.pid} --user --mount --preserve-credentials`.split(' '),
        process.execPath,
        join(root, 'bin', 'local.ts'),
      ],
      'listens on',
      { ...environment, PORT: String(port), LEDGER_DATA_DIR: folder },
    )
  let stack = await startStack()
  try {
    const [taken, refused]: [number[], number[]] = [[], []]
    for (let id = 0; refused.length < REFUSALS; id++) ((await send(url, id)) === 200 ? taken : refused).push(id)
    stack.kill('SIGKILL')
    await once(stack, 'exit')

    rmSync(`/proc/${disk.pid}/root${folder}/filler`)
    stack = await startStack()
    const end = Date.now() + PATIENCE
    for (const id of refused) while ((await send(url, id)) !== 200 && Date.now() < end) await sleep(100)
    let missing = [...taken, ...refused]
    while (missing.length > 0 && Date.now() < end) {
      const found = await Promise.all(missing.map((id) => isKept(url, id)))
      missing = missing.filter((_, index) => !found[index])
      await sleep(100)
    }
    return { taken: taken.length, refused: refused.length, missing: missing.length }
  } finally {
    await Promise.all([endChild(stack), endChild(disk)])
    rmSync(folder, { recursive: true, force: true })
  }
}

async function send(url: string, id: number): Promise<number> {
  const body = {
    channel: 'sms',
    message_id: `id-${id}`,
    number: '+33600112233',
    status: 'DELIVERED',
    delivery_date: '2025-01-22 11:46:06',
    meta_data: 'x'.repeat(8_000),
  }
  const headers = { 'x-api-key': LOCAL_KEY }
  return (await fetch(`${url}/webhooks/octopush`, { method: 'POST', headers, body: JSON.stringify(body) })).status
}

const isKept = async (url: string, id: number): Promise<boolean> =>
  (await fetch(`${url}/v1/messages/octopush/id-${id}`)).ok
