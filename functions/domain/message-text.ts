/**
 * A message of SQS or SNS as JSON. SQS refuses U+FFFE and U+FFFF, which JSON may carry as they are, so they are escaped, and with them
 * all beyond the basic plane, which emulators refuse; the rest JSON escapes anyway.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export const messageText = (message: object): string =>
  JSON.stringify(message).replace(/[\uD800-\uDFFF\uFFFE\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`)
