import { readAddress, writeAddress } from './address.ts'

/** What a person can set for the whole dashboard. */
export interface Settings {
  range: Range
  zone: 'UTC' | 'Local'
  /** Seconds between refreshes; 0 for none. */
  every: number
  theme: 'light' | 'dark'
}

/** The controls' names; all else in the page's address are fields of forms. */
const NAMES = ['range', 'zone', 'every', 'dark']

/** The value of a box that is not checked. */
const OFF: Record<string, string> = { dark: 'off' }

/** The fields of forms that the page's address keeps. */
export const readFields = (): Record<string, string> =>
  Object.fromEntries(Object.entries(readAddress()).filter(([name]) => !NAMES.includes(name)))

type Range = keyof typeof RANGES

const HOUR = 3_600_000

/** CloudWatch's relative time ranges in milliseconds, and the period of a graph over each in seconds (a guess: AWS documents 300 for a day). */
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

/** Keeps the settings in the page's address. */
export function keepSettings(controls: HTMLFormElement): void {
  const set = new FormData(controls)
  writeAddress(Object.fromEntries(NAMES.map((name) => [name, String(set.get(name) ?? OFF[name] ?? '')])))
}

/** Sets the controls to what the page's address says; without, to the theme that the browser prefers. */
export function restoreSettings(controls: HTMLFormElement): void {
  const kept = readAddress()
  for (const control of controls.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[name]')) {
    const value = kept[control.name]
    if (control instanceof HTMLSelectElement) {
      if ([...control.options].some((option) => option.value === value)) control.value = String(value)
    } else if (control.type === 'radio') {
      control.checked = value === undefined ? control.defaultChecked : control.value === value
    } else {
      control.checked = value === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : value !== OFF.dark
    }
  }
}
