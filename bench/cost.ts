import { run, script } from '../bin/script.ts'

const { json = false } = script('cost', 'What a million callbacks and a month cost, in dollars at list prices.')
  .option('--json', 'for programs')
  .parse()
  .opts<{ json?: true }>()

await run(async () => (await import('./cost-model.ts')).printCosts(json))
