import { run, script } from './script.ts'

const { seed } = script(
  'demo',
  "Sends every provider's example callbacks to a fresh local stack, and shows what it keeps.",
)
  .option('--seed <text>', 'any text; another one shuffles the callbacks differently', '1')
  .parse()
  .opts<{ seed: string }>()

await run(async () => {
  const { demonstrate } = await import('../local/demo.ts')
  return (await demonstrate(seed, console.log)) ? 0 : 1
})
