const EXAMPLES = 3

/** What is missing, and what is too many. */
export const differences = (where: string, found: ReadonlySet<string>, expected: ReadonlySet<string>): string[] => [
  ...some(`${where}: missing`, [...expected.difference(found)]),
  ...some(`${where}: too many`, [...found.difference(expected)]),
]

/** How many there are, and the first of them. */
export const some = (what: string, items: readonly string[]): string[] =>
  items.length === 0
    ? []
    : [
        `${what}: ${items.length}, such as ${items
          .slice(0, EXAMPLES)
          .map((item) => item.slice(0, 300))
          .join('  ')}`,
      ]
