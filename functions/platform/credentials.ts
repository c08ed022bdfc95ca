import { fromEnv } from '@aws-sdk/credential-provider-env'

/**
 * What the bundles have in place of the SDK's `@aws-sdk/credential-provider-node`: a function has its role's credentials in
 * its environment, so the code that looks for others (profiles, SSO, instance metadata) need not be loaded, which is a third
 * of a bundle. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const defaultProvider = fromEnv
