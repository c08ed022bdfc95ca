/**
 * Puts new content into a place; the focus stays on the field of the same id or name, else in the place. (What CloudWatch does
 * with the focus is not documented.) A place that scrolls can be reached by keyboard.
 */
export function fill(place: HTMLElement, content: Node): void {
  const focused = place.contains(document.activeElement) ? document.activeElement : null
  place.replaceChildren(content)
  place.tabIndex = place.scrollHeight > place.clientHeight || place.scrollWidth > place.clientWidth ? 0 : -1
  if (focused !== null) (successorOf(focused, place) ?? place).focus()
}

const successorOf = (focused: Element, place: HTMLElement): HTMLElement | null => {
  const { id } = focused
  const name = focused.getAttribute('name')
  if (id) return place.querySelector(`#${CSS.escape(id)}`)
  return name ? place.querySelector(`[name="${CSS.escape(name)}"]`) : null
}
