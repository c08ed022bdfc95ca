import { defineConfig } from 'vitest/config'

// A zone far from UTC, with summer time: what reads local time by mistake fails here.
process.env.TZ = 'Pacific/Auckland'

export default defineConfig({
  test: { include: ['browser/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 60_000 },
})
