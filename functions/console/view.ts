import type { Clock } from './moment.ts'

/** The functions that widgets call, by what they may do. */
export const RIGHTS = ['view', 'reveal', 'replay', 'drop'] as const

export type Right = (typeof RIGHTS)[number]

/** What a widget was asked for, and the dashboard around it. */
export interface View {
  /** Which widget, or which of its pop-ups. */
  show: string
  /** A parameter of the action that was chosen, else a field of the widget's form, else an empty text. */
  asked: (name: string) => string
  theme: 'light' | 'dark'
  /** The width of the widget, in pixels. */
  width: number
  /** Whether columns must be stacked. */
  isNarrow: boolean
  clock: Clock
  /** The dashboard's time range, zoomed or not: milliseconds since 1970. */
  range: { start: number; end: number }
  /** The ARN of each function. */
  functions: Record<Right, string>
  dashboard: string
  account: string
}

const HOUR = 60 * 60 * 1000

const NARROWEST = 280

const NARROW = 520

/**
 * Reads the event with which a CloudWatch dashboard calls a custom widget; what is missing gets a dashboard's default.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html
 */
export function readView(event: unknown): View {
  const own = objectOf(event)
  const context = objectOf(own.widgetContext)
  const parameters = objectOf(context.params)
  const forms = objectOf(objectOf(context.forms).all)
  const zone = objectOf(context.timezone)
  const timeRange = objectOf(context.timeRange)
  const range = { ...timeRange, ...objectOf(timeRange.zoom) } as Record<string, unknown>
  const functions = objectOf(parameters.functions ?? own.functions)
  const now = Date.now()
  const width = Math.max(numberOf(context.width, 600), NARROWEST)
  return {
    show: textOf(own.show ?? parameters.show),
    asked: (name) => textOf(own[name] ?? forms[name]).trim(),
    theme: context.theme === 'dark' ? 'dark' : 'light',
    width,
    isNarrow: width < NARROW,
    clock: { label: textOf(zone.label) || 'UTC', offsetInMinutes: offsetOf(textOf(zone.offsetISO)) },
    range: { start: numberOf(range.start, now - 3 * HOUR), end: numberOf(range.end, now) },
    functions: Object.fromEntries(RIGHTS.map((right) => [right, textOf(functions[right])])) as View['functions'],
    dashboard: textOf(context.dashboardName),
    account: textOf(context.accountId),
  }
}

/** Minutes ahead of UTC; AWS shows the sign of its own `offsetInMinutes` nowhere. */
function offsetOf(iso: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(iso) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0))
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

const numberOf = (value: unknown, fallback: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : fallback
