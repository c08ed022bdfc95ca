import type { RecipientForm } from './event.ts'

/** A topic or an event bus, by its ARN, and how recipients are written there; of a deployment's list the first is the stage's own topic. */
export type OutletSettings = { recipients: RecipientForm } & ({ topic: string } | { bus: string })
