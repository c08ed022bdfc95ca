import type { Dashboard } from './dashboard.ts'
import { element } from './element.ts'
import { keepSettings, readSettings, restoreSettings } from './settings.ts'
import { createWidget, type Widget } from './widget.ts'

/** How long a window must keep its size until widgets are asked for content of that size, in milliseconds. */
const SETTLED = 300

const controls = element<HTMLFormElement>('#controls')
const grid = element('#grid')
restoreSettings(controls)
const settings = () => readSettings(controls)

const showTheme = () => {
  const { theme } = settings()
  document.documentElement.dataset.theme = theme
  // AWS's samples select on this class: https://github.com/aws-samples/cloudwatch-custom-widgets-samples (samples/costExplorerReport)
  document.body.classList.toggle('cwdb-theme-dark', theme === 'dark')
}
showTheme()

const { widgets: definitions } = (await (await fetch('/cloudwatch/dashboard.json')).json()) as Dashboard
const widgets = definitions.map((definition, n) => createWidget(grid, `widget-${n + 1}`, definition, settings))

const update = (wanted: (widget: Widget) => boolean = () => true) => {
  for (const widget of widgets) if (wanted(widget)) widget.update()
}
const restore = () => {
  for (const widget of widgets) widget.restore()
}
restore()

// The way back, or a link that was put into the address bar.
addEventListener('hashchange', () => {
  restoreSettings(controls)
  showTheme()
  restore()
})

let timer: ReturnType<typeof setInterval> | undefined
const startTimer = () => {
  clearInterval(timer)
  const { every } = settings()
  if (every > 0) timer = setInterval(() => update(({ updateOn }) => updateOn.refresh), every * 1000)
}
startTimer()

// "The refresh button will call all Lambda functions"; `updateOn` decides on the rest.
// https://github.com/aws-samples/cloudwatch-custom-widgets-samples#does-custom-widgets-refresh-and-auto-refresh
element('#refresh').addEventListener('click', () => update())

controls.addEventListener('change', ({ target }) => {
  keepSettings(controls)
  const { name } = target as HTMLInputElement
  if (name === 'every') return startTimer()
  showTheme()
  update(({ updateOn }) => name !== 'range' || updateOn.timeRange)
})

let settling: ReturnType<typeof setTimeout> | undefined
let innerSize = `${innerWidth} ${innerHeight}`
addEventListener('resize', () => {
  clearTimeout(settling)
  settling = setTimeout(() => {
    const size = `${innerWidth} ${innerHeight}`
    if (size !== innerSize) update(({ updateOn }) => updateOn.resize)
    innerSize = size
  }, SETTLED)
})

// A form of a widget is never sent: its values travel with the next action.
addEventListener('submit', (event) => event.preventDefault())
