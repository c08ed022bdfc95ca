/** The console's widgets and their places on the dashboard, in units of its grid of 24 columns. */
export const WIDGETS = [
  { title: 'Find a message', show: 'message', x: 0, y: 0, width: 12, height: 17 },
  { title: 'Now', show: 'now', x: 12, y: 0, width: 12, height: 11 },
  { title: 'Lately', show: 'lately', x: 12, y: 11, width: 12, height: 14 },
  { title: 'Quarantine', show: 'quarantine', x: 0, y: 17, width: 12, height: 8 },
] as const

/** The widget of a stage that sends events to endpoints. */
export const TOLD_WIDGET = { title: 'Told', show: 'told', x: 0, y: 25, width: 12, height: 6 } as const

/** Widgets that make many requests, or read metrics, which is paid for: they wait for their button. */
const COSTLY = ['now', 'lately']

/** When a widget is loaded again, besides when the dashboard is opened. */
export const updateOn = (show: string) => ({
  refresh: !COSTLY.includes(show),
  resize: true,
  timeRange: show === 'now',
})
