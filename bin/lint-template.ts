import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePythonPackage } from '../rehearsal/python.ts'

// W3005: CDK names dependencies that references imply already; harmless.
const options = ['--ignore-checks', 'W3005', '--']

const cfnLint = join(ensurePythonPackage('cfn-lint', '1.58.0'), 'cfn-lint')
const { status } = spawnSync(cfnLint, [...options, ...globSync('cdk.out/*.template.json')], { stdio: 'inherit' })
process.exit(status ?? 1)
