import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import type { Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'

/** Options of the tables. */
export interface LedgerTablesProps {
  remove: boolean
  encryptionKey?: Key | undefined
}

/** What every table of ours has: string keys, billing by request, expiry, recovery to any second, protection from deletion. */
export const tableProps = ({ remove, encryptionKey }: LedgerTablesProps) => ({
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  sortKey: { name: 'sk', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  timeToLiveAttribute: 'expiresAt',
  deletionProtection: !remove,
  removalPolicy: remove ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  ...(encryptionKey && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
})

/** The ledger, with a stream of its new rows, and the quarantine. */
export class LedgerTables extends Construct {
  readonly ledger: Table
  readonly quarantine: Table

  constructor(scope: Construct, id: string, props: LedgerTablesProps) {
    super(scope, id)
    this.ledger = new Table(this, 'Ledger', { ...tableProps(props), stream: StreamViewType.NEW_IMAGE })
    this.quarantine = new Table(this, 'Quarantine', tableProps(props))
  }
}
