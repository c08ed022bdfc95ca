/** HTML that may be shown as it is. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

type Part = Html | string | number | boolean | null | undefined | readonly Part[]

/** A template in which every part is escaped, except HTML; null, undefined, true and false are left out. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(String.raw({ raw: strings }, ...parts.map(render)))

/** A text that may stand in an attribute, unchanged: what a person typed, and may send again. */
export const attribute = (text: string): Html => new Html(escapeMarkup(text))

/** JSON that may stand inside an element, whether it is read as text or as markup. */
export const json = (value: unknown): Html =>
  new Html(JSON.stringify(value).replace(/[<>&]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`))

/** Controls that a browser may obey or hide: those of C0 and C1, and those that turn the direction of text. */
const CONTROLS = /[^\P{Cc}\n\t]|[\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function render(part: Part): string {
  if (part instanceof Html) return part.text
  if (Array.isArray(part)) return part.map(render).join('')
  if (part === null || part === undefined || typeof part === 'boolean') return ''
  return escapeMarkup(String(part).replace(CONTROLS, '·'))
}

const escapeMarkup = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')
