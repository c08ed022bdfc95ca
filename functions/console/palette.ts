import { STATUSES, type Status } from '../domain/status.ts'

/** How a status is drawn: progress as a circle, an arrival as a disk, what followed as a square, a failure as a cross. */
export type Shape = 'circle' | 'disk' | 'square' | 'diamond'

/** The class that gives a status its colour in either theme. */
export const colourClass = (status: Status): string => `ledger-${status}`

export function shapeOf(status: Status): Shape {
  const { rank } = STATUSES[status]
  if (rank < 30) return 'circle'
  if (rank === 30) return 'diamond'
  return rank === 40 ? 'disk' : 'square'
}

/** Each status's colour on light and on dark ground: at least 3 : 1 against it, and apart for the colour-blind by shape; no two are nearly alike. */
export const COLOURS: Record<Status, readonly [light: string, dark: string]> = {
  unknown: ['#8c8c8c', '#8a8a8a'],
  queued: ['#3f5f8a', '#b9cdea'],
  sent: ['#0972d3', '#539fe5'],
  skipped: ['#7d6608', '#d6b656'],
  rejected: ['#a82a0c', '#ff9d85'],
  failed: ['#d91515', '#ff6b6b'],
  undelivered: ['#b2126b', '#ff85c2'],
  expired: ['#c2410c', '#ffa04d'],
  delivered: ['#037f0c', '#4fc55b'],
  read: ['#067f77', '#3cc8bd'],
  clicked: ['#5a30b5', '#b79bff'],
  unsubscribed: ['#8a4b08', '#e0a060'],
  complained: ['#8b0000', '#e02b2b'],
}
