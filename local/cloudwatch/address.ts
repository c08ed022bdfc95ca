/**
 * What the page's address keeps after its `#`, so that a reload, a bookmark and a link show the same: settings of the page, and
 * the fields of its widgets' forms.
 */
export const readAddress = (): Record<string, string> => Object.fromEntries(new URLSearchParams(location.hash.slice(1)))

/** Keeps values in the address beside those that are there; an empty one is removed. With `push` the way back leads to the address before. */
export function writeAddress(values: Record<string, string>, { push = false } = {}): void {
  const address = new URLSearchParams(location.hash.slice(1))
  for (const [name, value] of Object.entries(values)) value === '' ? address.delete(name) : address.set(name, value)
  const hash = `#${address}`
  if (hash === location.hash || (hash === '#' && location.hash === '')) return
  if (push) history.pushState(null, '', hash)
  else history.replaceState(null, '', hash)
}
