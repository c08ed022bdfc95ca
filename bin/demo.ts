import { parseArgs } from 'node:util'
import { demonstrate } from '../local/demo.ts'

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' } } })
const isComplete = await demonstrate(values.seed, console.log)
process.exit(isComplete ? 0 : 1)
