/** The element of the page that a selector names; throws where there is none. */
export function element<Kind extends HTMLElement = HTMLElement>(selector: string, place: ParentNode = document): Kind {
  const found = place.querySelector<Kind>(selector)
  if (found === null) throw new Error(`expected ${selector} in the page`)
  return found
}
