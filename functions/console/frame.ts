import { Html, html, json } from './html.ts'
import { STYLE } from './style.ts'
import type { Right, View } from './view.ts'

/** What a widget answers with: its content, in the dashboard's theme. */
export const frame = ({ theme }: Pick<View, 'theme'>, ...content: readonly (Html | string | false)[]): string =>
  html`<style>${new Html(STYLE)}</style><div class="ledger ledger-${theme}">${content}</div>`.text

/** How an action's answer is shown, and what is asked before. */
export interface ActionOptions {
  display?: 'widget' | 'popup'
  /** Only our own words: a sanitizer may remove an attribute with other text, and the action would run without confirmation. */
  confirmation?: string
  /** Whether Enter in the form around it chooses it. */
  isSubmit?: boolean
}

/**
 * A button that calls a function of ours with parameters. The action belongs to the element right before it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_interactivity.html
 */
export function button(
  view: View,
  label: string,
  right: Right,
  parameters: Record<string, unknown>,
  { display = 'widget', confirmation, isSubmit = false }: ActionOptions = {},
): Html {
  const asks = confirmation === undefined ? '' : html` confirmation="${confirmation}"`
  return html`<button type="${isSubmit ? 'submit' : 'button'}" class="btn ledger-button">${label}</button><cwdb-action action="call" display="${display}" endpoint="${view.functions[right]}"${asks}>${json(parameters)}</cwdb-action>`
}

/** A line that says what has just been done, or what is wrong. */
export const notice = (kind: 'done' | 'wrong' | 'note', text: string): Html =>
  html`<p class="ledger-notice ledger-${kind}" role="status">${text}</p>`
