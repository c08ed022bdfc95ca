import {
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb'

/** Updates an item where its condition, if it has one, holds; undefined where it does not. */
export async function updateIf(
  client: DynamoDBClient,
  input: UpdateItemCommandInput,
): Promise<UpdateItemCommandOutput | undefined> {
  try {
    return await client.send(new UpdateItemCommand(input))
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return undefined
    throw error
  }
}
