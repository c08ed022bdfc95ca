import { defineConfig } from 'vitest/config'
import config from '../vitest.config.ts'

/** The tests that are fast enough to run for each mutant of `npm run stryker`. */
export default defineConfig({
  test: {
    ...config.test,
    include: [
      'test/domain/{callback,history,key,proof,standing,timestamp}.test.ts',
      'test/{authentication,providers,secrets}.test.ts',
    ],
    setupFiles: ['laboratory/stryker-setup.ts'],
  },
})
