/** What the AWS SDK says where something on this machine is missing, and what to do about it. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/region is missing/i, 'which region is the stack in? Give --region or --profile, or set AWS_REGION'],
  [/could not load credentials/i, 'no AWS credentials: give --profile, or set AWS_PROFILE'],
  [/could not resolve credentials using profile: \[(.*)\]/i, 'no credentials in the profile $1: check --profile'],
  [
    /stack with id (\S+) does not exist/i,
    'no stack $1 in this account and region: check --stack, --profile and --region',
  ],
]

/** An error for people: one line that says what to do. */
export function inOneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const remedy = REMEDIES.find(([pattern]) => pattern.test(message))
  const found = remedy?.[0].exec(message)?.[1] ?? ''
  return remedy?.[1].replace('$1', found) ?? message.replace(/\s*\n\s*/g, ' ')
}
