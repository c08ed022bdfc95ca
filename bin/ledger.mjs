#!/usr/bin/env node
// The command `ledger` (`npx ledger` in this folder), on Node 24 or newer as all scripts.
import { fileURLToPath } from 'node:url'

process.argv.splice(2, 0, fileURLToPath(new URL('ledger.ts', import.meta.url)))
await import('./node.mjs')
