import { PRICES } from './prices.ts'

const GB = 1024 ** 3

/** Callbacks in a batch: the event source's default, https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
const BATCH = 10

/** What a line of the log costs in dollars: its bytes, and the 26 that CloudWatch adds. */
const line = (bytes: number): number => (PRICES.loggedGigabyte * (bytes + 26)) / GB

/** What Lambda itself writes for each invocation: `START` and `END` with the request's id, `REPORT` with times and memory. */
const platformLines = line(71) + line(51) + line(165)

/** One thing that a callback costs in the usual stack (SDK, middy, Powertools) as `peers/usual-*.ts` have it, in dollars, and why. */
export interface Expense {
  dollars: number
  because: string
}

/** What a callback costs in the usual stack, on the same prices as ours. */
export const USUAL_STACK: Record<string, Expense> = {
  'HTTP API': {
    dollars: PRICES.httpRequest,
    because: 'an HTTP API, as ours; a REST API would be 3.50 a million',
  },
  'Lambda requests': {
    dollars: PRICES.invocation * (1 + 1 / BATCH),
    because: `a receiver for each callback, a worker for each batch of ${BATCH}, the default`,
  },
  'Lambda time': {
    dollars: PRICES.gigabyteSecond * (0.01 * 0.25 + (0.032 / BATCH) * 0.5),
    because: 'assumed as for us: 10 ms at 256 MB, and 32 ms a batch at 512 MB',
  },
  SQS: { dollars: PRICES.queueRequest * (1 + 2 / BATCH), because: 'a send, and a receive and a delete for each ten' },
  'DynamoDB writes': { dollars: PRICES.write, because: 'a PutItem of up to 1 KB' },
  'logs of Lambda': {
    dollars: platformLines * (1 + 1 / BATCH),
    because: 'START, END and REPORT, written unless the system log level is raised',
  },
  'logs of its own': {
    dollars: line(484),
    because:
      "one line of Powertools' logger with the context of its middleware, which the peer writes for each callback",
  },
  'logs of metrics': {
    dollars: line(188),
    because: "one metric of Powertools' metrics, which the peer publishes with each callback",
  },
}

/** What Powertools' idempotency adds to a callback. */
export const IDEMPOTENCY: Record<string, Expense> = {
  'DynamoDB writes': {
    dollars: 2 * PRICES.write,
    because: 'a record that locks the message, and an update that marks it as done',
  },
}
