import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { ReadWriteType, Trail } from 'aws-cdk-lib/aws-cloudtrail'
import type { Key } from 'aws-cdk-lib/aws-kms'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs'
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { acknowledgeAuditBucket } from './acknowledgements.ts'

/** The recorded functions, and for how many days the records can be searched. */
export interface AuditTrailProps {
  functions: IFunction[]
  logRetention: RetentionDays
  encryptionKey?: Key | undefined
}

/**
 * Who invoked a function, and when: a call from a dashboard does not name its caller to the function; CloudTrail records it. Its lines
 * in the log group have the same request ids as the functions' own audit lines.
 * https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
 */
export class AuditTrail extends Construct {
  constructor(scope: Construct, id: string, { functions, logRetention, encryptionKey }: AuditTrailProps) {
    super(scope, id)
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(365) }],
      removalPolicy: RemovalPolicy.RETAIN,
    })
    acknowledgeAuditBucket(bucket)
    const trail = new Trail(this, 'Trail', {
      bucket: bucket as IBucket,
      sendToCloudWatchLogs: true,
      cloudWatchLogGroup: new LogGroup(this, 'Log', {
        retention: logRetention,
        removalPolicy: RemovalPolicy.DESTROY,
        ...(encryptionKey && { encryptionKey }),
      }),
      managementEvents: ReadWriteType.NONE,
      isMultiRegionTrail: false,
      includeGlobalServiceEvents: false,
    })
    trail.addLambdaEventSelector(functions, { includeManagementEvents: false, readWriteType: ReadWriteType.WRITE_ONLY })
  }
}
