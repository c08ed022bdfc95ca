import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { endChild, startChild } from '../local/child.ts'
import { freePort } from '../local/port.ts'
import { ensurePythonPackage } from './python.ts'

const PACKAGE = ['ministack', '1.4.21'] as const
const REGION = 'eu-west-1'
const ACCOUNT = '000000000000'

/** A running emulator of AWS. */
export interface CloudEmulator {
  endpoint: string
  account: string
  region: string
  /** The environment in which the AWS SDK and the CDK talk to it. */
  env: NodeJS.ProcessEnv
  stop(): Promise<void>
}

/** Starts an emulator of AWS (MiniStack) on a free port of 127.0.0.1, with all that it writes in a folder that is deleted with it. */
export async function startCloudEmulator(): Promise<CloudEmulator> {
  const program = join(ensurePythonPackage(...PACKAGE), 'ministack')
  const folder = mkdtempSync(join(tmpdir(), 'delivery-ledger-cloud-'))
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const env = {
    ...process.env,
    TMPDIR: folder,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    MINISTACK_REGION: REGION,
    // Functions run as children of it, by the first node on the path: this one.
    LAMBDA_EXECUTOR: 'local',
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  }
  const child = await startChild(program, [], `Running on ${endpoint}`, env)
  return {
    endpoint,
    account: ACCOUNT,
    region: REGION,
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    async stop() {
      // The functions' processes do not end with a SIGTERM alone.
      await fetch(`${endpoint}/_ministack/reset`, { method: 'POST' }).catch(() => {})
      await endChild(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
