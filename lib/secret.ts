/**
 * How Secrets Manager generates a key. Any change of it makes CloudFormation put a new one into each secret that is there.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
 */
export const GENERATED_KEY = {
  secretStringTemplate: '{}',
  generateStringKey: 'current',
  excludePunctuation: true,
  passwordLength: 40,
} as const
