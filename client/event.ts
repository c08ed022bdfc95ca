import type { LedgerEvent as AnyEvent, DeliveryData, RecordData } from '../functions/domain/event.ts'

/** A new record. */
export type StatusRecorded = AnyEvent<RecordData> & { type: 'delivery-ledger.status.recorded' }

/** A delivery stands elsewhere than before; `previousStatus` is null where the delivery is new. */
export type DeliveryChanged = AnyEvent<DeliveryData> & { type: 'delivery-ledger.delivery.changed' }

/** A delivery is overdue. */
export type DeliveryOverdue = AnyEvent<DeliveryData> & { type: 'delivery-ledger.delivery.overdue' }

/** A CloudEvent of the ledger: its `type` says what `data` is. */
export type LedgerEvent = StatusRecorded | DeliveryChanged | DeliveryOverdue
