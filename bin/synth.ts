import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { providers } from '../functions/providers/index.ts'
import { ensurePythonPackage } from '../rehearsal/python.ts'
import { run, script } from './script.ts'

const CDK = fileURLToPath(new URL('../node_modules/aws-cdk/bin/cdk', import.meta.url))

// W3005: CDK names dependencies that references imply already; harmless.
const LINT_OPTIONS = ['--ignore-checks', 'W3005', '--']

const { stage, providers: ids } = script(
  'synth',
  'Synthesizes the stack, with cdk-nag and cfn-lint. Needs Python 3.10 or newer.',
)
  .option('--stage <name>', 'a stage of cdk.json', 'prod')
  .option('--providers <ids>', 'in place of those of the stage; all without', providers.map(({ id }) => id).join())
  .parse()
  .opts<{ stage: string; providers: string }>()

const show = (program: string, args: string[]) => spawnSync(program, args, { stdio: 'inherit' }).status ?? 1

await run(async () => {
  const cfnLint = join(ensurePythonPackage('cfn-lint', '1.58.0'), 'cfn-lint')
  const failed = show(process.execPath, [
    CDK,
    'synth',
    '--quiet',
    '--no-notices',
    '--context',
    `stage=${stage}`,
    '--context',
    `providers=${ids}`,
  ])
  if (failed) return failed
  console.log(`cdk-nag has no findings in stage ${stage}`)
  const found = show(cfnLint, [
    ...LINT_OPTIONS,
    ...globSync([`cdk.out/*-${stage}.template.json`, `cdk.out/*${stage}*.nested.template.json`]),
  ])
  if (!found) console.log(`cfn-lint has no findings in stage ${stage}`)
  return found
})
