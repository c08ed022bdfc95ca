/** The name that is most like a text, regardless of case; undefined where there are no names. */
export function nearestTo(text: string, names: readonly string[]): string | undefined {
  const distanceTo = (name: string) => distanceOf(text.toLowerCase(), name.toLowerCase())
  return names.toSorted((one, other) => distanceTo(one) - distanceTo(other))[0]
}

/** How many characters to insert, delete or replace. https://en.wikipedia.org/wiki/Levenshtein_distance */
export function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (let at = 1; at <= other.length; at++)
      next.push(
        Math.min((next[at - 1] ?? 0) + 1, (row[at] ?? 0) + 1, (row[at - 1] ?? 0) + Number(letter !== other[at - 1])),
      )
    row = next
  }
  return row[other.length] ?? 0
}
