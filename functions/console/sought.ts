import { looksLikeRecipient, maskRecipient, maskTyped } from '../domain/mask.ts'
import { campaignValue, recipientValue, referenceValue } from '../platform/delivery-indexes.ts'
import type { Deliveries } from '../platform/delivery-table.ts'
import { type Desk, sourcesOf } from './desk.ts'
import type { View } from './view.ts'

/** How a text can be looked up besides as the id of a message. */
export const LOOKUP_KINDS = ['recipient', 'reference', 'campaign'] as const

/** How a text was found. */
export type Kind = 'id' | (typeof LOOKUP_KINDS)[number]

/** What a person looks for. */
export interface Sought {
  /** As it was typed, or masked: what was typed is not known then, and cannot be the id of a message. */
  text: string
  isMasked: boolean
  /** The text in each of the indexes, which tells nothing of it. */
  values: Record<Exclude<Kind, 'id'>, string>
  /** An empty text for all. */
  provider: string
}

const VALUE_OF = { recipient: recipientValue, reference: referenceValue, campaign: campaignValue }

/** What the form's field, or an action, asks for; undefined where a masked text came without its values. */
export async function readSought(desk: Desk, view: View): Promise<Sought | undefined> {
  const text = view.asked('find')
  const asked = view.asked('provider')
  const provider = sourcesOf(desk).includes(asked) ? asked : ''
  const [values = '', ...mask] = view.asked('hashes').split(' ')
  if (mask.join(' ') === text) {
    const [recipient = '', reference = '', campaign = ''] = values.split('.')
    return { text, isMasked: true, values: { recipient, reference, campaign }, provider }
  }
  if (text.includes(MASK)) return undefined
  const hashKey = await hashKeyOf(desk.deliveries)
  const [recipient = '', reference = '', campaign = ''] = LOOKUP_KINDS.map((kind) =>
    hashKey === undefined ? '' : VALUE_OF[kind](hashKey, text),
  )
  return { text, isMasked: false, values: { recipient, reference, campaign }, provider }
}

const MASK = '•••'

/** How recipients are named in parameters: as in their index, which tells nobody who they are; not at all where a stage hashes nothing. */
export async function recipientNames(deliveries: Deliveries): Promise<(recipient: string | null) => string> {
  const hashKey = await hashKeyOf(deliveries)
  return (recipient) => (recipient === null || hashKey === undefined ? '' : recipientValue(hashKey, recipient))
}

/** Undefined where the stage has no index of hashes: its functions may not read the secret then. */
const hashKeyOf = async ({ lookups, hashKey }: Deliveries): Promise<string | undefined> =>
  LOOKUP_KINDS.some((kind) => lookups.includes(kind)) ? hashKey() : undefined

/**
 * Masks what was typed where it is a recipient: it was found as one, or looks like one and is no message's id; and where nothing was
 * found, any number among its words.
 */
export function disguise(sought: Sought, kinds: readonly Kind[]): Sought {
  const isRecipient = kinds.includes('recipient')
  if (sought.isMasked || (kinds.includes('id') && !isRecipient)) return sought
  const text = isRecipient
    ? maskRecipient(sought.text)
    : kinds.length === 0 || looksLikeRecipient(sought.text)
      ? maskTyped(sought.text)
      : sought.text
  return text === sought.text ? sought : { ...sought, text, isMasked: true }
}

/** The parameters, or fields, by which the same is asked for again. */
export const parametersOf = ({ text, isMasked, values, provider }: Sought) => ({
  find: text,
  hashes: isMasked ? `${LOOKUP_KINDS.map((kind) => values[kind]).join('.')} ${text}` : '',
  provider,
})
