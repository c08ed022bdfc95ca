import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// A zone far from UTC, with summer time: what reads local time by mistake fails here.
process.env.TZ = 'Pacific/Auckland'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Most files wait for emulators more than they compute.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    maxConcurrency: 2,
    coverage: {
      include: ['functions/**/*.ts', 'local/**/*.ts', 'lib/**/*.ts'],
      // Runs in browsers only: npm run test:browser.
      exclude: ['local/cloudwatch/**'],
      reporter: ['text'],
    },
  },
})
