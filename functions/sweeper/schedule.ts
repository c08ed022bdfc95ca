/** How often the sweeper runs, and how long it may, in seconds. */
export const SCHEDULE = { every: 300, sweeperTimeout: 60 } as const
