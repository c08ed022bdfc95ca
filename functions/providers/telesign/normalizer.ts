import type { Normalizer } from '../../domain/normalizer.ts'
export const normalizer: Normalizer = { version: 1, statuses: {}, facts: () => [] }
