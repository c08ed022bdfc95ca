import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import type { Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'

/** What the tables may have differently. */
export interface LedgerTablesProps {
  remove: boolean
  encryptionKey?: Key | undefined
}

/** The ledger, with a stream of its new rows for whoever wants to follow it, and the quarantine. */
export class LedgerTables extends Construct {
  readonly ledger: Table
  readonly quarantine: Table

  constructor(scope: Construct, id: string, { remove, encryptionKey }: LedgerTablesProps) {
    super(scope, id)
    const common = {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expiresAt',
      deletionProtection: !remove,
      removalPolicy: remove ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
      ...(encryptionKey && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
    }
    this.ledger = new Table(this, 'Ledger', { ...common, stream: StreamViewType.NEW_IMAGE })
    this.quarantine = new Table(this, 'Quarantine', common)
  }
}
