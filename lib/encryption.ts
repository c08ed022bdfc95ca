import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'

/** A customer-managed key, turned over once a year, that CloudWatch may use: for logs, and for topics that alarms go to; it goes with the stack only if `remove`. */
export function createKey(scope: Construct, id: string, description: string, remove: boolean): Key {
  const removalPolicy = remove ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN
  const key = new Key(scope, id, { description, enableKeyRotation: true, removalPolicy })
  const { region, account } = Stack.of(scope)
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [
        new ServicePrincipal(`logs.${region}.amazonaws.com`),
        new ServicePrincipal('cloudwatch.amazonaws.com'),
      ],
      actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*', 'kms:DescribeKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  )
  return key
}

/** Lets a function use what a key protects; nothing where AWS's own keys do. */
export const grantUse = (key: Key | undefined, grantee: IGrantable): void => void key?.grantEncryptDecrypt(grantee)
