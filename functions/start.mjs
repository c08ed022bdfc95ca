import { createRequire } from 'node:module'

// Lambda invokes a function only when the top-level awaits of its module are over, which CommonJS, that the bundles are in
// (lib/bundling.ts), does not have.
const { handler, ready } = createRequire(import.meta.url)('./index.js')
await ready

export { handler }
