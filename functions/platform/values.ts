import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'

/** What an item holds, as JSON has it: a number beyond what JavaScript counts exactly is the nearest that it has. */
// biome-ignore lint/suspicious/noExplicitAny: an item is read as what wrote it.
export const valuesOf = (item: Record<string, AttributeValue>): Record<string, any> =>
  unmarshall(item, { wrapNumbers: Number })
