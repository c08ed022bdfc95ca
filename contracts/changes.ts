type Node = Record<string, unknown>

/** What only people read, and what counts where it is referred to. */
const PASSED_OVER = new Set([
  'components',
  'description',
  'summary',
  'title',
  'operationId',
  'info',
  'servers',
  'openapi',
  'asyncapi',
])

/** Where a document says what a request must hold. */
const DEMAND = /^((\/[^/]+){3}\/(?:parameters|requestBody)).*\/required[/=]/

/**
 * What a program that was written for one document of a contract would miss in another, as lines; empty where the version rises. A
 * path, parameter, member or word that is gone, a type that is another, and what a request must hold in addition.
 */
export function incompatibilities(before: Node, after: Node): string[] {
  if (isNewer(versionOf(after), versionOf(before))) return []
  const [old, now] = [factsOf(before), factsOf(after)]
  const gone = [...old].filter((fact) => !now.has(fact) && !DEMAND.test(fact)).map((fact) => `gone: ${fact}`)
  const operations = new Set([...old].map(operationOf))
  const demanded = [...now]
    .filter((fact) => !old.has(fact) && DEMAND.test(fact) && operations.has(operationOf(fact)))
    .map((fact) => `demanded: ${fact}`)
  return [...gone, ...demanded]
}

const operationOf = (fact: string): string => fact.split('/').slice(0, 4).join('/')

const versionOf = ({ info }: Node): number[] =>
  String((info as Node).version)
    .split('.')
    .map(Number)

const isNewer = (version: number[], than: number[]): boolean => {
  const index = version.findIndex((number, place) => number !== than[place])
  return index >= 0 && (version[index] ?? 0) > (than[index] ?? 0)
}

/** Each value of a document as `/path/to/it=value`, with what it refers to in its place. */
function factsOf(document: Node): Set<string> {
  const facts = new Set<string>()
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value))
      for (const [index, entry] of value.entries()) visit(entry, `${path}/${placeOf(entry, index)}`)
    else if (typeof value !== 'object' || value === null) facts.add(`${path}=${JSON.stringify(value)}`)
    else if ('$ref' in value) visit(resolve(document, String(value.$ref)), path)
    else
      for (const [name, entry] of Object.entries(value)) {
        const isMember = path.endsWith('/properties')
        if (isMember || !PASSED_OVER.has(name)) visit(entry, `${path}/${name.replaceAll('/', '~1')}`)
      }
  }
  visit(document, '')
  return facts
}

/** Parameters by their names, words as they are: their order means nothing. */
const placeOf = (entry: unknown, index: number): string | number => {
  if (typeof entry !== 'object' || entry === null) return ''
  return 'name' in entry && 'in' in entry ? `${entry.in} ${entry.name}` : index
}

const resolve = (document: Node, reference: string): unknown =>
  reference
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((node, name) => (node as Node)[name.replaceAll('~1', '/')], document)
