import { describe, expect, test } from 'vitest'
import { EVENT_TYPES } from '../../../functions/domain/event.ts'
import { STATUSES } from '../../../functions/domain/status.ts'
import { readConfiguration } from '../../../lib/configuration.ts'

describe('webhooks', () => {
  const crm = { name: 'crm', url: 'https://crm.example.com/hooks?account=1' }
  const read = (webhooks: unknown, stage: object = { events: {} }) =>
    readConfiguration('prod', { prod: { providers: ['octopush', 'telesign'], ...stage, webhooks } })
  const status = Object.keys(STATUSES)

  test('are sent all events, two requests at a time, unless an endpoint says otherwise', () => {
    expect(read([crm]).webhooks).toEqual([{ ...crm, filter: {}, concurrency: 2 }])
    const more = {
      name: 'a-2',
      filter: {
        type: ['delivery-ledger.delivery.changed'],
        final: ['true'],
        provider: ['telesign'],
        campaign: ['spring 26'],
      },
      recipients: 'hashed',
      concurrency: 10,
    }
    expect(read([crm, { url: crm.url, ...more }]).webhooks?.[1]).toEqual({ url: crm.url, ...more })
    expect(read([], {}).webhooks).toEqual([])
  })

  const mistakes: [given: unknown, message: string][] = [
    ['a', 'webhooks: expected a list of endpoints, such as [{"name": "crm", "url": "https://crm.example.com/hooks"}]'],
    [[{ url: crm.url }], 'webhooks.0.name: expected a name of at most 31 small letters, digits and hyphens'],
    [[{ ...crm, name: 'Crm' }], 'webhooks.0.name: expected a name of'],
    [[{ ...crm, name: '1crm' }], 'webhooks.0.name: expected a name of'],
    [[{ ...crm, name: 'c'.repeat(32) }], 'webhooks.0.name: expected a name of'],
    [[crm, { ...crm, url: 'https://example.com' }], 'webhooks.1.name: expected another name: endpoint 0 has this one'],
    [[{ name: 'crm' }], 'webhooks.0.url: expected an https URL'],
    [[{ ...crm, url: 'crm.example.com' }], 'webhooks.0.url: expected an https URL'],
    [[{ ...crm, url: 'http://crm.example.com' }], 'webhooks.0.url: expected an https URL'],
    [
      [{ ...crm, url: 'https://a:b@crm.example.com' }],
      'webhooks.0.url: expected no credentials in it: events are signed',
    ],
    [[{ ...crm, url: 'https://crm.example.com/#a' }], 'webhooks.0.url: expected no fragment (#…) in it'],
    [[{ ...crm, url: 'https://crm.example.com/#' }], 'webhooks.0.url: expected no fragment (#…) in it'],
    [[{ ...crm, url: `https://crm.example.com/${'a'.repeat(200)}` }], 'webhooks.0.url: expected at most 200 bytes'],
    ...[
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '10.1.2.3',
      '172.16.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
      '[::1]',
      '[fd00::1]',
      '[fe80::1]',
      '[::ffff:10.0.0.1]',
      '[64:ff9b::a00:1]',
      'localhost',
      'crm.localhost',
      'crm',
      'crm.internal.',
    ].map(
      (host) => [[{ ...crm, url: `https://${host}/` }], 'webhooks.0.url: expected a public host'] as [unknown, string],
    ),
    [[{ ...crm, filter: { kind: ['a'] } }], 'webhooks.0.filter: unknown kind'],
    [
      [{ ...crm, filter: { type: ['delivered'] } }],
      'webhooks.0.filter.type.0: expected one of delivery-ledger.status.recorded, ',
    ],
    [
      [{ ...crm, filter: { status: ['failed', 'bounced'] } }],
      'webhooks.0.filter.status.1: expected one of unknown, queued, sent',
    ],
    [[{ ...crm, filter: { final: [true] } }], 'webhooks.0.filter.final.0: expected one of true, false'],
    [[{ ...crm, filter: { final: 'true' } }], 'webhooks.0.filter.final: expected a list of texts, such as ["true"]'],
    [[{ ...crm, filter: { channel: [] } }], 'webhooks.0.filter.channel: expected a list of texts, such as ["a"]'],
    [
      [{ ...crm, filter: { channel: ['sms '] } }],
      'webhooks.0.filter.channel.0: expected a text without blanks at its ends',
    ],
    [
      [{ ...crm, filter: { campaign: [''] } }],
      'webhooks.0.filter.campaign.0: expected a text without blanks at its ends',
    ],
    [
      [crm, { ...crm, name: 'b', filter: { provider: ['telesign', 'twilio'] } }],
      "webhooks.1.filter.provider.1: expected one of the stage's providers: octopush, telesign",
    ],
    [
      [
        {
          ...crm,
          filter: {
            type: Object.values(EVENT_TYPES),
            provider: ['telesign'],
            channel: ['sms'],
            status: ['read'],
            final: ['true'],
            campaign: ['a'],
          },
        },
      ],
      'webhooks.0.filter: expected at most 5 attributes, which is what SNS takes',
    ],
    [
      [{ ...crm, filter: { type: Object.values(EVENT_TYPES).slice(0, 3), status, channel: ['a', 'b', 'c', 'd'] } }],
      'webhooks.0.filter: expected at most 150 combinations of values, which is what SNS takes: 3 × 4 × 13 are 156',
    ],
    [[{ ...crm, filter: { campaign: ['a'.repeat(2_000)] } }], 'webhooks.0.filter: expected at most 2000 bytes'],
    [[{ ...crm, filter: { campaign: ['ж'.repeat(1_500)] } }], 'webhooks.0.filter: expected at most 2000 bytes'],
    [[{ ...crm, recipients: 'clear' }], 'webhooks.0.recipients: expected one of plain, masked, hashed'],
    [[{ ...crm, concurrency: 1 }], 'webhooks.0.concurrency: expected at least 2'],
    [
      [...'abcdef'].map((name) => ({ ...crm, name })),
      'webhooks: expected at most 5 endpoints; a queue of your own can subscribe',
    ],
  ]
  test.each(mistakes)('a mistake in %j is named by its path', (webhooks, message) => {
    expect(() => read(webhooks)).toThrow(`stages.prod.${message}`)
  })

  test('can be sent the events of a provider of which the stage has named accounts alone', () => {
    const stage = { events: {}, providers: [{ id: 'twilio', account: 'eu' }, 'octopush'] }
    expect(read([{ ...crm, filter: { provider: ['twilio'] } }], stage).webhooks).toHaveLength(1)
    expect(() => read([{ ...crm, filter: { provider: ['telesign'] } }], stage)).toThrow(
      "webhooks.0.filter.provider.0: expected one of the stage's providers: twilio, octopush",
    )
  })

  test('go to public addresses too', () => {
    for (const host of ['8.8.8.8', '[2606:4700::1111]', 'crm.example.com:8443'])
      expect(read([{ ...crm, url: `https://${host}/` }]).webhooks).toHaveLength(1)
  })

  test('need events, and the stage is told what to set', () => {
    expect(() => read([crm], {})).toThrow(
      'stages.prod.events: expected beside webhooks: set {"recipients": "masked"}, or plain, or hashed',
    )
  })
})
