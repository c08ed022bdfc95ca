// What the bundles have in place of the SDK's `@aws-sdk/middleware-endpoint-discovery`, with a cache library inside: DynamoDB's
// client asks for it at its start, and discovers endpoints only where it is configured to, which ours are not.

/** Whether endpoints are discovered: never. */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => false,
  configFileSelector: () => false,
  default: false,
}

/** A client's configuration, as it is. */
export const resolveEndpointDiscoveryConfig = <T>(configuration: T): T => configuration
