import { createHash, randomUUID } from 'node:crypto'
import type { Callback } from '../functions/domain/callback.ts'
import type { Expectation } from '../functions/domain/expectation.ts'

const MINUTE = 60_000

/** How long a provider takes from what happened to its callback, in milliseconds. */
const DELAY = 1_400

/** Callbacks of one example message. */
export interface Example {
  messageId: string
  /** What it shows, where that is worth a line. */
  title?: string
  callbacks: Callback[]
  /** What its sender says, where it does. */
  expectation?: Expectation
}

/** What happened at which second of a message's life. */
type Step<T extends string = string> = readonly [word: T, second: number]

/** What several of the examples have in common, and are looked up by. */
export const LOOKED_UP = {
  'all to one number': '+33639982204',
  'all with one reference': 'order-4711',
  'all of one campaign': 'Delivery notes',
}

/** Some twenty messages of the hour before `now` (milliseconds since 1970), as four providers would report them. */
export function examplesOf(now: number): Example[] {
  const at = (minutesAgo: number) => now - minutesAgo * MINUTE
  const id = (name: string) => createHash('sha256').update(`${name} ${now}`).digest('hex')
  const sms = (name: string) => `sms_${id(name).slice(0, 22)}`
  return [
    octopush(sms('a'), at(52), '+33639980117', 'Appointments', [
      ['rcs', 'PROCESSED', 0],
      ['rcs', 'ISP_SEND', 4],
      ['rcs', 'TIMEOUT', 124],
      ['sms', 'PROCESSED', 126],
      ['sms', 'ACK', 131],
      ['sms', 'DELIVERED', 143],
    ]),
    octopush(sms('b'), at(48), '+33639982204', 'Appointments', [...SENT, ['sms', 'DELIVERED', 9]]),
    octopush(sms('c'), at(41), '+33639981560', 'Appointments', [...SENT, ['sms', 'DELIVERED', 31]]),
    octopush(sms('d'), at(37), '+33639987713', 'Delivery notes', [...SENT, ['sms', 'NOT_DELIVERABLE', 64]]),
    octopush(sms('e'), at(33), '+33639984091', 'Delivery notes', [
      ['sms', 'PROCESSED', 0],
      ['sms', 'BLACKLISTED_NUMBER', 1],
    ]),
    octopush(sms('f'), at(22), '+33639985538', 'Delivery notes', [...SENT, ['sms', 'EXPIRED', 900]]),
    octopush(sms('g'), at(3), '+33639983326', 'Delivery notes', SENT),
    octopush(sms('h'), at(16), '+33639986642', 'Appointments', [...SENT, ['sms', 'HANDSET_UNREACHABLE', 40]]),
    octopush(sms('i'), at(14), '+33639989975', 'Appointments', [...SENT, ['sms', 'HANDSET_UNREACHABLE', 52]]),
    octopush(`voice_${id('j').slice(0, 22)}`, at(27), '+33639980862', 'Reminders', [
      ['voice_sms', 'PROCESSED', 0],
      ['voice_sms', 'BUSY', 38],
    ]),
    newsletter(`email_${id('k').slice(0, 22)}`, at(45)),
    nifteem(id('l'), at(50), '+33639981178', 1, [...WHATSAPP, ['DELIVERED', 4], ['READ', 312]]),
    nifteem(id('m'), at(30), '+33639988420', 1, [...WHATSAPP, ['DELIVERED', 3]]),
    nifteem(id('n'), at(25), '+33639983049', 2, [...WHATSAPP, ['DELIVERED', 6]]),
    nifteem(id('o'), at(19), '+33639985511', 1, [
      ['DISPATCHED', 0],
      ['NOSENT', 1],
    ]),
    nifteem(id('p'), at(9), '+33639982297', 1, [
      ['DISPATCHED', 0],
      ['PAUSED_BY_USER', 60],
    ]),
    telesign(id('q').slice(0, 32).toUpperCase(), at(39), { code: 3000, description: 'Delivered' }),
    telesign(id('r').slice(0, 32).toUpperCase(), at(12), { code: 207, description: 'Error delivering SMS to handset' }),
    avaamo(randomUUID(), at(35), { status: 'delivered' }),
    avaamo(randomUUID(), at(6), { status: 'failed', error_message: 'The user has blocked the bot' }),
    ...expected(at, sms),
    ...unreadable(at),
  ]
}

const SENT = [
  ['sms', 'PROCESSED', 0],
  ['sms', 'ACK', 3],
] as const

const WHATSAPP = [
  ['DISPATCHED', 0],
  ['SENT', 2],
] as const

const callback = (provider: string, time: number, payload: unknown, pathParameters = {}): Callback => ({
  provider,
  requestId: randomUUID(),
  receivedAt: new Date(time + DELAY).toISOString(),
  method: provider === 'avaamo' ? 'PUT' : 'POST',
  pathParameters,
  query: '',
  contentType: 'application/json',
  body: typeof payload === 'string' ? payload : JSON.stringify(payload),
  encoding: 'utf8',
})

/** On the clock of Paris, as Octopush writes times. */
const paris = (time: number): string => new Date(time).toLocaleString('sv', { timeZone: 'Europe/Paris' })

function octopush(
  message_id: string,
  start: number,
  number: string,
  list_name: string,
  steps: readonly (readonly [channel: string, word: string, second: number])[],
): Example {
  const callbacks = steps.map(([channel, status, second]) => {
    const time = start + second * 1_000
    const payload = { channel, message_id, list_name, number, status, unit_price: channel === 'rcs' ? 0.06 : 0.045 }
    return callback('octopush', time, {
      ...payload,
      delivery_date: paris(time),
      meta_data: { order: message_id.slice(-6) },
    })
  })
  const [first] = steps
  // A provider that gets no answer in time sends the callback again.
  const repeated = callbacks.slice(-1).map((last) => ({ ...last, requestId: randomUUID() }))
  return {
    messageId: message_id,
    callbacks: [...callbacks, ...repeated],
    ...(first?.[0] === 'rcs' && { title: 'SMS after RCS timed out' }),
  }
}

/** One e-mail to several people; each callback repeats their histories. */
function newsletter(message_id: string, start: number): Example {
  const lives: Record<string, readonly Step[]> = {
    'amelie@example.com': [
      ['PROCESSED', 0],
      ['ISP_SEND', 2],
      ['DELIVERED', 5],
      ['OPENED', 410],
      ['CLICKED', 433],
    ],
    'bastien@example.org': [
      ['PROCESSED', 0],
      ['ISP_SEND', 2],
      ['DELIVERED', 7],
      ['OPENED', 1_250],
    ],
    'chloe@example.net': [
      ['PROCESSED', 0],
      ['ISP_SEND', 3],
      ['HARD_BOUNCE', 4],
    ],
    'dorian@example.com': [
      ['PROCESSED', 0],
      ['ISP_SEND', 2],
      ['DELIVERED', 6],
      ['SPAM_REPORT', 1_900],
    ],
    'elise@example.org': [
      ['PROCESSED', 0],
      ['ISP_SEND', 2],
      ['DELIVERED', 9],
    ],
  }
  const moments = [10, 500, 2_000]
  const callbacks = moments.map((moment) => {
    const deliveries = Object.entries(lives).map(([email, steps]) => {
      const history = steps
        .filter(([, second]) => second <= moment)
        .map(([status, second]) => ({ status, delivery_date: paris(start + second * 1_000) }))
      return { email, unit_price: 0.002, ...history.at(-1), status_history: history.slice(0, -1) }
    })
    return callback('octopush', start + moment * 1_000, {
      channel: 'email',
      message_id,
      list_name: 'October news',
      deliveries,
    })
  })
  return { messageId: message_id, title: 'an e-mail to five people', callbacks }
}

function nifteem(id: string, start: number, channelIdentifier: string, parts: number, steps: readonly Step[]): Example {
  const messageId = `m-${id.slice(0, 12)}`
  const callbacks = Array.from({ length: parts }, (_, index) => index + 1).flatMap((messagePart) =>
    steps.map(([status, second], index) => {
      const time = start + (second + messagePart) * 1_000
      return callback('nifteem', time, {
        ...{ event: 'DISPATCH_STATUS', module: 'DISPATCH_API', dispatchId: 'd-spring', messageId, messagePart },
        ...{ messageTotalParts: parts, channel: 'WHATSAPP', channelIdentifier, status, statusOrder: index + 1 },
        statusDate: new Date(time).toISOString(),
      })
    }),
  )
  return { messageId, callbacks, ...(steps.at(-1)?.[0] === 'READ' && { title: 'a WhatsApp message that was read' }) }
}

/** RCS without success, then SMS. */
function telesign(reference_id: string, start: number, end: { code: number; description: string }): Example {
  const utc = (time: number) => new Date(time).toISOString().replace('T', ' ').replace('Z', '')
  const entry = (index: number, second: number, report: object) => ({
    ...report,
    updated_on: utc(start + second * 1_000),
    reference_id: createHash('sha256').update(`${reference_id}${index}`).digest('hex').slice(0, 32).toUpperCase(),
  })
  const rcs = entry(0, 0, { code: 3056, description: 'Message failed to deliver in specified fallback time' })
  const sms = entry(1, 121, end)
  const payload = (last: typeof rcs, last_channel: string, channel_status: object[]) => {
    const { reference_id: _, ...status } = last
    return { reference_id, external_id: null, status: { ...status, last_channel }, channel_status }
  }
  return {
    messageId: reference_id,
    title: end.code === 3000 ? 'the same by another provider' : 'a message that failed on two channels',
    callbacks: [
      callback('telesign', start, payload(rcs, 'rcs', [{ rcs }])),
      callback('telesign', start + 121_000, payload(sms, 'sms', [{ rcs }, { sms }])),
    ],
  }
}

const avaamo = (recipient_uuid: string, start: number, end: { status: string; error_message?: string }): Example => ({
  messageId: recipient_uuid,
  callbacks: [{ status: 'sent' }, end].map((payload, index) =>
    callback('avaamo', start + index * 5_000, payload, { recipient_uuid }),
  ),
})

/** What senders say that they have sent: one was reported in part, one not at all, and one may still be. */
function expected(at: (minutesAgo: number) => number, sms: (name: string) => string): Example[] {
  const expectation = (messageId: string, minutesAgo: number, reference: string): Expectation => ({
    ...{
      provider: 'octopush',
      account: null,
      messageId,
      recipient: '+33639982204',
      part: null,
      channel: 'sms',
      reference,
    },
    ...{ campaign: 'Delivery notes', patience: 1_800 },
    sentAt: new Date(at(minutesAgo)).toISOString(),
    statedAt: new Date(at(minutesAgo)).toISOString(),
  })
  return [
    {
      ...octopush(sms('s'), at(56), '+33639982204', 'Delivery notes', SENT),
      title: 'a message that is overdue',
      expectation: expectation(sms('s'), 56, 'order-4711'),
    },
    { messageId: sms('t'), callbacks: [], expectation: expectation(sms('t'), 44, 'order-4711') },
    { messageId: sms('u'), callbacks: [], expectation: expectation(sms('u'), 2, 'order-4738') },
  ]
}

/** Callbacks that cannot be read, and one that reports no status. */
function unreadable(at: (minutesAgo: number) => number): Example[] {
  const withoutNumber = [28, 21, 13, 4].map((minutes) =>
    callback('octopush', at(minutes), {
      ...{ channel: 'sms', message_id: `sms_test_${minutes}`, list_name: 'Import', status: 'DELIVERED' },
      ...{ unit_price: 0.045, delivery_date: paris(at(minutes)) },
    }),
  )
  const withoutTime = [18, 11].map((minutes) =>
    callback('telesign', at(minutes), {
      reference_id: '35C8B5D509BC10689196FED2AD551B8A',
      status: { code: 3000, description: 'Delivered', last_channel: 'sms', updated_on: at(minutes) },
    }),
  )
  const others = [
    callback('nifteem', at(24), '{"event":"DISPATCH_STATUS","messageId":"m-'),
    callback('nifteem', at(17), { event: 'INCOMING_MESSAGE', messageId: 'm-reply', message: 'Thanks!' }),
    callback('octopush', at(8), {
      ...{ message_id: 'sms_reply', number: '+33639980117', text: 'STOP', stop_date: paris(at(8)) },
    }),
  ]
  return [{ messageId: '', callbacks: [...withoutNumber, ...withoutTime, ...others] }]
}
