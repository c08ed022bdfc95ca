/** What a person can set for the whole dashboard. */
export interface Settings {
  range: Range
  zone: 'UTC' | 'Local'
  /** Seconds between refreshes; 0 for none. */
  every: number
  theme: 'light' | 'dark'
}

type Range = keyof typeof RANGES

const HOUR = 3_600_000

/** CloudWatch's relative time ranges in milliseconds, and the period of a graph over each in seconds (a guess: AWS tells 300 for a day). */
export const RANGES = {
  PT1H: { milliseconds: HOUR, period: 60 },
  PT3H: { milliseconds: 3 * HOUR, period: 60 },
  PT12H: { milliseconds: 12 * HOUR, period: 300 },
  P1D: { milliseconds: 24 * HOUR, period: 300 },
  P3D: { milliseconds: 72 * HOUR, period: 900 },
  P7D: { milliseconds: 168 * HOUR, period: 3600 },
} as const

/** What the controls of the page are set to. */
export function readSettings(controls: HTMLFormElement): Settings {
  const set = new FormData(controls)
  return {
    range: set.get('range') as Range,
    zone: set.get('zone') as Settings['zone'],
    every: Number(set.get('every')),
    theme: set.has('dark') ? 'dark' : 'light',
  }
}

/** Keeps the settings in the page's address, so that a reload and a bookmark have them. */
export function keepSettings(controls: HTMLFormElement): void {
  history.replaceState(null, '', `#${new URLSearchParams([...new FormData(controls)] as [string, string][])}`)
}

/** Sets the controls to what the page's address says; without, to the theme that the browser prefers. */
export function restoreSettings(controls: HTMLFormElement): void {
  const kept = new URLSearchParams(location.hash.slice(1))
  for (const control of controls.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[name]')) {
    const value = kept.get(control.name)
    if (control instanceof HTMLSelectElement) {
      if ([...control.options].some((option) => option.value === value)) control.value = String(value)
    } else if (control.type === 'radio') {
      control.checked = value === null ? control.defaultChecked : control.value === value
    } else {
      control.checked = kept.size > 0 ? value !== null : matchMedia('(prefers-color-scheme: dark)').matches
    }
  }
}
