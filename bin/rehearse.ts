import { run, script } from './script.ts'

script(
  'rehearse',
  'Deploys the stack to an emulator of AWS and tries it: about a minute. Needs Python 3.10 or newer.',
).parse()

await run(async () => (await import('../rehearsal/rehearse.ts')).rehearse(console.log))
