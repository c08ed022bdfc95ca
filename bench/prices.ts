/**
 * List prices of us-east-1 in dollars, without free tiers, as the pages had them in November 2026. A price is of one unit;
 * of months where it says so.
 */
export const PRICES = {
  /** https://aws.amazon.com/api-gateway/pricing/ (HTTP APIs, first 300 million, up to 512 KB each) */
  httpRequest: 1 / 1e6,
  /** https://aws.amazon.com/lambda/pricing/ */
  invocation: 0.2 / 1e6,
  /** The same page, Arm. */
  gigabyteSecond: 0.0000133334,
  /** https://aws.amazon.com/sqs/pricing/ (standard queues, each 64 KB) */
  queueRequest: 0.4 / 1e6,
  /** https://aws.amazon.com/sns/pricing/ (standard topics, each 64 KB; filters by attributes, and deliveries to SQS, are free) */
  topicRequest: 0.5 / 1e6,
  /** https://aws.amazon.com/eventbridge/pricing/ (custom events, each 64 KB) */
  busEvent: 1 / 1e6,
  /** https://aws.amazon.com/ec2/pricing/on-demand/ (data transfer out to the internet, first 10 TB) */
  transferredGigabyte: 0.09,
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ (each 1 KB) */
  write: 0.625 / 1e6,
  /** The same page (each 4 KB, strongly consistent) */
  read: 0.125 / 1e6,
  /** The same page: standard class and point-in-time recovery, a GB and month. */
  storedGigabyteMonth: 0.25 + 0.2,
  /** https://aws.amazon.com/cloudwatch/pricing/ (a GB of logs) */
  loggedGigabyte: 0.5,
  /** https://aws.amazon.com/cloudwatch/pricing/ (a metric and month in which it has data) */
  customMetricMonth: 0.3,
  /** The same page, a month of each metric that an alarm looks at. */
  alarmMetricMonth: 0.1,
  /** The same page. */
  dashboardMonth: 3,
  /** https://aws.amazon.com/secrets-manager/pricing/ */
  secretMonth: 0.4,
  /** https://aws.amazon.com/kms/pricing/ */
  keyMonth: 1,
} as const
