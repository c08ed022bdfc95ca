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

type Part = Html | string | number | null | undefined | false | readonly Part[]

/** A template whose every part is escaped, but for parts that are HTML themselves; what is null or false leaves nothing. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(String.raw({ raw: strings }, ...parts.map(render)))

/** JSON that may stand inside an element, whether it is read as text or as markup. */
export const json = (value: unknown): Html =>
  new Html(JSON.stringify(value).replace(/[<>&]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`))

/** Controls that a browser may obey or hide: those of C0 and C1, and those that turn the direction of text. */
const CONTROLS = /[^\P{Cc}\n\t]|[\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function render(part: Part): string {
  if (part instanceof Html) return part.text
  if (Array.isArray(part)) return part.map(render).join('')
  if (part === null || part === undefined || part === false) return ''
  return String(part)
    .replace(CONTROLS, '·')
    .replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')
}
