import fc from 'fast-check'

// Each of some hundred mutants runs each property again.
fc.configureGlobal({ numRuns: 30 })
