/** The console's widgets and their places on the dashboard, in units of its grid of 24 columns. */
export const WIDGETS = [
  { title: 'Find a message', show: 'message', x: 0, y: 0, width: 12, height: 17 },
  { title: 'Now', show: 'now', x: 12, y: 0, width: 12, height: 9 },
  { title: 'Quarantine', show: 'quarantine', x: 12, y: 9, width: 12, height: 8 },
] as const

/**
 * When a widget is loaded again, besides when the dashboard is opened. *Now* reads metrics, which is paid for, so it waits for
 * its button or another time range.
 */
export const updateOn = (show: string) => ({ refresh: show !== 'now', resize: true, timeRange: show === 'now' })
