import { type Action, bindActions, parametersOf } from './actions.ts'
import { writeAddress } from './address.ts'
import { call } from './call.ts'
import { contentOf, failureOf } from './content.ts'
import { widgetContext } from './context.ts'
import type { CustomWidget } from './dashboard.ts'
import { closePopup, confirmed, openPopup, popupOf } from './dialogs.ts'
import { fill } from './fill.ts'
import { formValues } from './forms.ts'
import { addFrame, sizeOf } from './frame.ts'
import { readFields, type Settings } from './settings.ts'

/** A widget on the page. */
export interface Widget {
  updateOn: { refresh: boolean; resize: boolean; timeRange: boolean }
  /** Asks the function again, with the parameters of the dashboard. */
  update(): Promise<void>
  /** The same, with the fields of forms that the page's address keeps in the place of those that are shown. */
  restore(): Promise<void>
}

type Display = Action['display']

/** Puts a widget into the grid, still empty. */
export function createWidget(
  grid: HTMLElement,
  id: string,
  definition: CustomWidget,
  settings: () => Settings,
): Widget {
  const { properties } = definition
  const { frame, place } = addFrame(grid, id, definition)
  const latest = { popup: 0, widget: 0 }

  const values = () => formValues([place, popupOf(frame)].filter((found) => found !== undefined))

  /** Once the form is there, the address follows what it was sent with. */
  const keepFields = () => {
    const fields = formValues([place])
    const isFirst = Object.keys(readFields()).length === 0
    if (Object.keys(fields).length > 0) writeAddress(fields, { push: !isFirst })
  }

  async function ask(endpoint: string, parameters: object, forms: Record<string, string>, display: Display) {
    const current = ++latest[display]
    const context = widgetContext({ id, properties, settings: settings(), forms, size: sizeOf(place) })
    frame.ariaBusy = 'true'
    const content = await call(endpoint, { ...parameters, widgetContext: context }).then(contentOf, failureOf)
    // A late answer must not take the place of a newer one.
    if (current !== latest[display]) return
    frame.ariaBusy = 'false'
    show(content, display)
  }

  function show(content: Node, display: Display): void {
    const shownIn = display === 'popup' ? popupOf(frame) : place
    if (shownIn === undefined) return
    fill(shownIn, content)
    if (display === 'widget') keepFields()
    bindActions(shownIn, run)
  }

  async function run(action: Action): Promise<void> {
    const { kind, display, endpoint, confirmation, content } = action
    if (confirmation !== null && !(await confirmed(confirmation))) return
    const forms = values()
    if (display === 'popup') openPopup(frame, properties.title)
    else await closePopup()
    try {
      if (kind === 'call') return await ask(endpoint ?? '', parametersOf(action), forms, display)
      const shown = document.createDocumentFragment()
      shown.append(...content.cloneNode(true).childNodes)
      show(shown, display)
    } catch (error) {
      show(failureOf(error as Error), display)
    }
  }

  return {
    updateOn: { refresh: true, resize: true, timeRange: true, ...properties.updateOn },
    update: () => ask(properties.endpoint, properties.params ?? {}, values(), 'widget'),
    restore: () => ask(properties.endpoint, properties.params ?? {}, readFields(), 'widget'),
  }
}
