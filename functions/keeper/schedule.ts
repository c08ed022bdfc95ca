/** How often the keeper runs, and how long it may, in seconds. */
export const KEEPER_SCHEDULE = { every: 60, keeperTimeout: 60 } as const
