import type { Publisher } from '../../domain/proof/sns.ts'
import { AUTHORITY } from './authority.ts'

/**
 * Scaleway's Topics and Events. Its certificates are in a bucket, a place that anybody could have in another region: the
 * authority decides. https://www.scaleway.com/en/docs/topics-and-events/reference-content/veriying-webhooks
 */
export const topicsAndEvents: Publisher = {
  topic: /^arn:scw:sns:[a-z]{2}-[a-z]{3}:[^:]+:[^:]+$/,
  certificateUrl:
    /^https:\/\/messaging\.s3\.[a-z]{2}-[a-z]{3}\.scw\.cloud\/([a-z]{2}-[a-z]{3})\/sns\/[\w-]+\.(?:pem|crt)$/,
  certificateUrlIn: (region) => `https://messaging.s3.${region}.scw.cloud/${region}/sns/sns_certificate_0.crt`,
  authority: {
    certificate: AUTHORITY,
    chainUrlIn: (region) => `https://messaging.s3.fr-par.scw.cloud/${region}/sns/sns-trust-chain.pem`,
  },
}

/** Where it confirms a subscription; the group is the region. */
export const CONFIRMATION_URL = /^https:\/\/sns\.mnq\.([a-z]{2}-[a-z]{3})\.scaleway\.com\/\?Action=ConfirmSubscription&/
