import * as z from 'zod/mini'
import { type Fields, query } from '../../domain/body/form.ts'
import type { Normalizer } from '../../domain/normalizer.ts'
import { optionalWord, read, textOf, word } from '../../domain/payload.ts'
import { readTimestamp } from '../../domain/timestamp.ts'
import { keyOf, STATUSES } from './statuses.ts'

const payload = z.looseObject({
  id: word,
  ptt: word,
  date: optionalWord,
  description: optionalWord,
  descriptionDlr: optionalWord,
})

/** The mapping of OVHcloud's callbacks of SMS. */
export const normalizer: Normalizer<Fields> = {
  version: 1,
  body: query,
  statuses: STATUSES,

  wordOf: ({ providerStatus, details }) => keyOf(providerStatus, textOf(details.description)) ?? providerStatus,

  facts(fields, { timeZone }) {
    const { id, ptt, descriptionDlr, ...details } = read(payload, fields)
    const isFailure = !/^\s*[0346]\s*$/.test(ptt) || /^\s*(2|16)\s*$/.test(details.description ?? '')
    return [
      {
        messageId: id,
        channel: 'sms',
        providerStatus: ptt,
        description: isFailure ? null : descriptionDlr,
        error: isFailure ? { code: ptt, message: descriptionDlr } : null,
        // Its zone is not documented: the text stays in the details.
        occurredAt: readTimestamp(details.date ?? '', timeZone),
        details,
      },
    ]
  },
}
