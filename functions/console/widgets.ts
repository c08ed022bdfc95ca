/** The console's widgets and their places on the dashboard, in units of its grid of 24 columns. */
export const WIDGETS = [
  { title: 'Find a message', show: 'message', x: 0, y: 0, width: 12, height: 17 },
  { title: 'Now', show: 'now', x: 12, y: 0, width: 12, height: 9 },
  { title: 'Quarantine', show: 'quarantine', x: 12, y: 9, width: 12, height: 8 },
] as const

/** When a widget is loaded again, besides when the dashboard is opened. */
export const updateOn = (show: string) => ({ refresh: true, resize: true, timeRange: show === 'now' })
