import { rehearse } from '../rehearsal/rehearse.ts'

await rehearse(console.log)
