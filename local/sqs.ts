import { buildApp } from 'fauxqs'
import { type Emulator, namedEmulator } from './emulator.ts'

/** The SQS emulator (fauxqs), in memory unless there is a folder; `SQS_ENDPOINT` names another in its place. */
export async function startSqs(folder?: string): Promise<Emulator> {
  const named = await namedEmulator('SQS_ENDPOINT')
  if (named !== undefined) return named
  const { stores, close } = folder === undefined ? { stores: undefined, close() {} } : await persistentStores(folder)
  const app = buildApp({ logger: false, host: 'localhost', ...(stores && { stores }) })
  app.addHook('onClose', async () => close())
  // Not with fauxqs's own start function, which listens on every interface.
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  return { endpoint: url, isShared: false, ended, stop: async () => resolve(await app.close()) }
}

/** As fauxqs's start function wires them; it does not export the parts. */
async function persistentStores(folder: string) {
  const load = (module: string) => import(new URL(module, import.meta.resolve('fauxqs')).href)
  const [{ SqsStore }, { SnsStore }, { S3Store }, { PersistenceManager }] = await Promise.all(
    ['sqs/sqsStore.js', 'sns/snsStore.js', 's3/s3Store.js', 'persistence.js'].map(load),
  )
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() }
  const persistence = new PersistenceManager(folder)
  // fauxqs 2.4.1 sets the receive count to NULL here, which its own table refuses: a message whose visibility timeout has
  // passed would be lost until the next start.
  const makeReady = persistence.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  )
  persistence.updateMessageReady = (messageId: string) => makeReady.run(messageId)
  persistence.loadSqsAndSns(stores.sqsStore, stores.snsStore)
  stores.sqsStore.persistence = persistence
  for (const queue of stores.sqsStore.allQueues()) {
    queue.persistence = persistence
    // The previous process, which had received them, has ended: make them visible at once.
    for (const receiptHandle of [...queue.inflightMessages.keys()]) queue.changeVisibility(receiptHandle, 0)
  }
  return { stores, close: () => persistence.close() }
}
