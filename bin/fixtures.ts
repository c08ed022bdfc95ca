import { differencesOf } from '../authoring/fixtures.ts'
import { providerNamed } from '../functions/domain/provider.ts'
import { providers } from '../functions/providers/index.ts'
import { run, script } from './script.ts'

const command = script('fixtures', 'Compares the fixtures of providers with what their mappings give.')
  .argument('[providers...]', 'of which providers; of all without')
  .option('--update', 'writes what is missing or different; read each file before you commit it')
  .parse()
const { update } = command.opts<{ update?: true }>()

await run(async () => {
  const chosen = command.args.length === 0 ? providers : command.args.map((id) => providerNamed(providers, id))
  const differences = (await Promise.all(chosen.map((provider) => differencesOf(provider, update)))).flat()
  for (const { file, is } of differences) console.log(`${is.padEnd(10)}${file}`)
  const nothing = 'every fixture is what its mapping gives'
  console.log(
    update ? `${differences.length} files written` : differences.length === 0 ? nothing : 'write them with --update',
  )
  return update || differences.length === 0 ? 0 : 1
})
