import type { CustomWidget } from './dashboard.ts'
import { element } from './element.ts'

/** Adds a widget's frame to the grid, at its place and with its title; gives it and the place of its content. */
export function addFrame(grid: HTMLElement, id: string, { x, y, width, height, properties }: CustomWidget) {
  const template = element<HTMLTemplateElement>('#widget').content.cloneNode(true) as DocumentFragment
  const frame = element('.widget', template)
  const title = element('.widget-title', template)
  const place = element('.widget-content', template)
  title.id = `${id}-title`
  title.textContent = properties.title
  for (const labelled of [frame, place]) labelled.setAttribute('aria-labelledby', title.id)
  // CSS counts lines of a grid from 1.
  for (const [name, value] of Object.entries({ x: x + 1, y: y + 1, width, height })) {
    frame.style.setProperty(`--${name}`, String(value))
  }
  grid.append(template)
  return { frame, place }
}

/** The pixels that a content may take without scrolling: "the viewable area of the widget box". */
export function sizeOf(place: HTMLElement): { width: number; height: number } {
  const { paddingLeft, paddingRight, paddingTop, paddingBottom } = getComputedStyle(place)
  return {
    width: place.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight),
    height: place.clientHeight - Number.parseFloat(paddingTop) - Number.parseFloat(paddingBottom),
  }
}
