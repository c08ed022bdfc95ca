import type { CustomWidget } from './dashboard.ts'
import { RANGES, type Settings } from './settings.ts'

/** A widget, as the page calls its function. */
interface Asked {
  id: string
  properties: CustomWidget['properties']
  settings: Settings
  forms: Record<string, string>
  /** The size of the visible area, in pixels. */
  size: { width: number; height: number }
}

/**
 * What CloudWatch adds to every call of a widget's function.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html
 */
export function widgetContext({ id, properties, settings, forms, size }: Asked) {
  const now = Date.now()
  const { milliseconds, period } = RANGES[settings.range]
  return {
    dashboardName: 'local',
    widgetId: id,
    accountId: '000000000000',
    locale: 'en',
    timezone: settings.zone === 'UTC' ? UTC : localZone(now),
    period,
    isAutoPeriod: true,
    // `zoom` is there only while a graph is zoomed into, which this page does not have.
    timeRange: { mode: 'relative', start: now - milliseconds, end: now, relativeStart: milliseconds },
    theme: settings.theme,
    linkCharts: true,
    title: properties.title,
    forms: { all: forms },
    params: properties.params ?? {},
    ...size,
  }
}

const UTC = { label: 'UTC', offsetISO: '+00:00', offsetInMinutes: 0 }

/** The browser's zone as it is now; no page of AWS documents the sign of `offsetInMinutes` or the label, so trust `offsetISO`. */
function localZone(now: number) {
  const offsetInMinutes = -new Date(now).getTimezoneOffset()
  const [hours, minutes] = [Math.abs(offsetInMinutes) / 60, Math.abs(offsetInMinutes) % 60].map((part) =>
    String(Math.floor(part)).padStart(2, '0'),
  )
  return { label: 'Local', offsetISO: `${offsetInMinutes < 0 ? '-' : '+'}${hours}:${minutes}`, offsetInMinutes }
}
