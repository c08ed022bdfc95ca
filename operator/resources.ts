import {
  type CloudFormationClient,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation'

/** Finds physical ids of a deployed stack's resources. */
export interface Resources {
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
    idsOf,
    idOf(type, prefix) {
      const [id] = idsOf(type, prefix)
      if (id === undefined) throw new Error(`expected ${type} ${prefix}… in ${stack}`)
      return id
    },
  }
}

/** The secret of a provider. */
export const secretId = (idOf: Resources['idOf'], provider: string): string => idOf(...secretOf(provider))

/** The type and the logical id of a provider's secret. */
export const secretOf = (provider: string): [type: string, prefix: string] => [
  'AWS::SecretsManager::Secret',
  `Ingress${provider.charAt(0).toUpperCase()}${provider.slice(1)}Secret`,
]
