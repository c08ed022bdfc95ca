import { type Browser, chromium } from 'playwright-core'

/** Without a sandbox, which root cannot have; what is opened is this repository's. The rest keeps it off the network. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Debian's Chromium without a window, or the executable that `CHROMIUM` names; throws where there is none. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true, args: ARGUMENTS })
