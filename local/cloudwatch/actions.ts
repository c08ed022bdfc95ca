/** A `<cwdb-action>`, with AWS's defaults. */
export interface Action {
  kind: 'call' | 'html'
  display: 'popup' | 'widget'
  confirmation: string | null
  endpoint: string | null
  /** The HTML to show, or the JSON of parameters. */
  content: HTMLElement
}

const EVENTS = ['click', 'dblclick', 'mouseenter']

/**
 * Lets each `<cwdb-action>` act on events of the element right before it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_interactivity.html
 */
export function bindActions(place: ParentNode, run: (action: Action) => void): void {
  for (const content of place.querySelectorAll<HTMLElement>('cwdb-action')) {
    const action = actionOf(content)
    const event = EVENTS.find((name) => name === content.getAttribute('event')) ?? 'click'
    // "The mouseenter event can be used only in combination with the html action."
    if (event === 'mouseenter' && action.kind === 'call') continue
    content.previousElementSibling?.addEventListener(event, (happened) => {
      if (happened.currentTarget instanceof HTMLAnchorElement) happened.preventDefault()
      run(action)
    })
  }
}

const actionOf = (content: HTMLElement): Action => ({
  kind: content.getAttribute('action') === 'call' ? 'call' : 'html',
  display: content.getAttribute('display') === 'popup' ? 'popup' : 'widget',
  confirmation: content.getAttribute('confirmation'),
  endpoint: content.getAttribute('endpoint'),
  content,
})

/** The parameters in an action's content, none where it is empty; throws what was expected. */
export function parametersOf({ content }: Action): object {
  const text = content.textContent.trim()
  try {
    const parameters = JSON.parse(text || '{}')
    if (parameters !== null && typeof parameters === 'object' && !Array.isArray(parameters)) return parameters
  } catch {
    // Reported below.
  }
  throw new Error(`cwdb-action: expected a JSON object, not ${text}`)
}
