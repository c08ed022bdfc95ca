import { defineConfig } from 'vitest/config'
import config from '../vitest.config.ts'

/** The tests for each mutant of `laboratory/stryker-platform.json`, patient on a busy machine. */
export default defineConfig({
  test: {
    ...config.test,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    include: ['test/{authentication,counts,secrets,upgrade}.test.ts'],
    testNamePattern: /^(?!.*garbage in every place)/,
    setupFiles: ['laboratory/stryker-setup.ts'],
  },
})
