import {
  type CloudFormationClient,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation'
import { resourceName, sourceName } from '../functions/domain/source.ts'

/** Finds physical ids of a deployed stack's resources. */
export interface Resources {
  logicalIds: string[]
  /** The ids of a type whose logical id has this prefix. */
  idsOf(type: string, prefix?: string): string[]
  /** The first of them; throws where there is none. */
  idOf(type: string, prefix: string): string
}

/** The resources of a deployed stack. */
export async function readResources(client: CloudFormationClient, stack: string): Promise<Resources> {
  const resources: StackResourceSummary[] = []
  for await (const page of paginateListStackResources({ client }, { StackName: stack }))
    resources.push(...(page.StackResourceSummaries ?? []))

  const idsOf = (type: string, prefix = ''): string[] =>
    resources
      .filter(({ ResourceType, LogicalResourceId }) => ResourceType === type && LogicalResourceId?.startsWith(prefix))
      .map(({ PhysicalResourceId }) => PhysicalResourceId ?? '')

  return {
    logicalIds: resources.flatMap(({ LogicalResourceId }) => LogicalResourceId ?? []),
    idsOf,
    idOf(type, prefix) {
      const [id] = idsOf(type, prefix)
      if (id === undefined) throw new Error(`expected ${type} ${prefix}… in ${stack}`)
      return id
    },
  }
}

/** The secret of a provider, or of its account. */
export const secretId = (idOf: Resources['idOf'], source: string): string => idOf(...secretOf(source))

/** The type and the logical id of the secret of a provider, or of its account. */
const secretOf = (source: string): [type: string, prefix: string] => [
  'AWS::SecretsManager::Secret',
  `Ingress${resourceName(source)}Secret`,
]

/** The names of the providers and accounts that have a secret, among logical ids. */
export const sourcesIn = (logicalIds: readonly string[]): string[] =>
  logicalIds.flatMap((id) => {
    const [, provider, account] = /^Ingress([A-Z][a-z0-9]*)(?:Account([A-Z][a-z0-9]*))?Secret/.exec(id) ?? []
    return provider === undefined ? [] : sourceName({ provider, account }).toLowerCase()
  })
