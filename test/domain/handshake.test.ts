import { describe, expect, test } from 'vitest'
import { eventGrid } from '../../functions/domain/handshake/event-grid.ts'
import { snsSubscription } from '../../functions/domain/handshake/sns-subscription.ts'
import { mailersend } from '../../functions/providers/mailersend/provider.ts'
import { mandrill } from '../../functions/providers/mandrill/provider.ts'
import { CONFIRMATION_URL } from '../../functions/providers/scaleway/publisher.ts'

describe('the confirmation of a subscription of SNS', () => {
  const link = 'https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=t&Token=2336412f37'
  const confirmation = {
    Type: 'SubscriptionConfirmation',
    TopicArn: 'arn:aws:sns:eu-central-1:123456789012:MyTopic',
    SubscribeURL: link,
  }
  const ask = async (message: object, fail?: Error) => {
    const visited: string[] = []
    const { answer } = snsSubscription(async (url) => {
      visited.push(url)
      if (fail) throw fail
    })
    const request = { method: 'POST', url: '', headers: {}, body: Buffer.from(JSON.stringify(message)), receivedAt: 0 }
    return { answered: await answer(request, { current: confirmation.TopicArn }), visited }
  }

  test('visits the link and answers 200', async () => {
    expect(await ask(confirmation)).toEqual({ answered: {}, visited: [link] })
  })

  test.each([
    ['another host', link.replace('amazonaws.com', 'amazonaws.com.example.org')],
    ['no host of SNS', link.replace('sns.eu-central-1', 'bucket.s3')],
    ['another region', link.replace('eu-central-1', 'us-east-1')],
    ['another action', link.replace('ConfirmSubscription', 'Publish')],
    ['no TLS', link.replace('https', 'http')],
    ['a user before the host', link.replace('https://', 'https://sns.eu-central-1.amazonaws.com@example.org/')],
  ])('refuses a link to %s', async (_, SubscribeURL) => {
    expect(await ask({ ...confirmation, SubscribeURL })).toEqual({ answered: 'refused', visited: [] })
  })

  test('refuses every link where the topic names no region', async () => {
    for (const SubscribeURL of ['http://169.254.169.254/x', link])
      expect(await ask({ ...confirmation, TopicArn: 'my-topic', SubscribeURL })).toEqual({
        answered: 'refused',
        visited: [],
      })
  })

  test('leaves all other messages alone', async () => {
    for (const Type of ['Notification', 'UnsubscribeConfirmation'])
      expect(await ask({ ...confirmation, Type })).toEqual({ answered: undefined, visited: [] })
  })

  test('fails where SNS does not confirm, so that it asks again', async () => {
    await expect(ask(confirmation, new Error('expected the subscription to be confirmed'))).rejects.toThrow('confirmed')
  })
})

describe('Event Grid', () => {
  const ask = (method: string, headers: Record<string, string>, body = '') =>
    eventGrid.answer({ method, url: '', headers, body: Buffer.from(body), receivedAt: 0 }, { current: 'x' })
  const validation = { 'aeg-event-type': 'SubscriptionValidation' }

  test('gets its validation code back', async () => {
    const body = '{"validationResponse":"512d38b6"}'
    for (const event of ['[{"data":{"validationCode":"512d38b6"}}]', '{"data":{"validationCode":"512d38b6"}}'])
      expect(await ask('POST', validation, event)).toMatchObject({ body })
  })

  test.each(['', 'text', 'null', '[]', '[null]', '[{"data":null}]', '[{"data":{"validationCode":{"a":1}}}]'])(
    'asks nothing with %j',
    async (body) => expect(await ask('POST', validation, body)).toBeUndefined(),
  )

  test('may send as CloudEvents, as often as it likes where it asks that', async () => {
    const origin = { 'webhook-request-origin': 'eventgrid.azure.net' }
    const allowed = { allow: 'OPTIONS, POST', 'webhook-allowed-origin': 'eventgrid.azure.net' }
    expect(await ask('OPTIONS', origin)).toEqual({ headers: allowed })
    expect(await ask('OPTIONS', { ...origin, 'webhook-request-rate': '120' })).toEqual({
      headers: { ...allowed, 'webhook-allowed-rate': '*' },
    })
  })

  test('asks nothing with an event, nor with OPTIONS and no origin', async () => {
    const event = '[{"data":{"validationCode":"512d38b6"}}]'
    expect(await ask('POST', { 'aeg-event-type': 'Notification' }, event)).toBeUndefined()
    expect(await ask('POST', { 'webhook-request-origin': 'eventgrid.azure.net' }, event)).toBeUndefined()
    expect(await ask('OPTIONS', {})).toBeUndefined()
  })
})

test('a form of too many fields is not looked through for an empty list of Mandrill', async () => {
  const answer = (body: string) =>
    mandrill.handshake?.answer(
      { method: 'POST', url: '', headers: {}, body: Buffer.from(body), receivedAt: 0 },
      { current: 'x' },
    )
  expect(await answer('&mandrill_events=%5B%5D')).toBeDefined()
  expect(await answer(`${'&'.repeat(1_000)}mandrill_events=%5B%5D`)).toBeUndefined()
})

describe("MailerSend's test of a URL", () => {
  const TEST_KEY = 'test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G'
  const ask = (body: string, key: string) => {
    const bare = { method: 'POST', url: '', headers: {}, body: Buffer.from(body), receivedAt: 0 }
    const request = mailersend.proof.prove(bare, { current: key })
    return mailersend.handshake?.answer(request, { current: 'the secret' })
  }

  test.each([TEST_KEY, 'the secret'])('is answered where it is signed with %s', async (key) => {
    expect(await ask('{"type":"webhook.test","message":"This is a ping test message"}', key)).toEqual({})
  })

  test.each([
    ['another key', '{"type":"webhook.test"}', 'another'],
    ['another type', '{"type":"activity.sent","was":{"type":"webhook.test"}}', TEST_KEY],
    ['no JSON', 'webhook.test', TEST_KEY],
    ['a body of no test', `{"type":"webhook.test","message":"${'.'.repeat(5_000)}"}`, TEST_KEY],
  ])('is not, with %s', async (_, body, key) => expect(await ask(body, key)).toBeUndefined())
})

test('the key with which MailerSend tests a URL signs nothing else', async () => {
  const bare = { method: 'POST', url: '', headers: {}, body: Buffer.from('{"type":"activity.sent"}'), receivedAt: 0 }
  const request = mailersend.proof.prove(bare, { current: 'test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G' })
  expect(await mailersend.proof.verify(request, { current: 'the secret' })).toBe('refused')
})

test.each([
  ['https://sns.mnq.fr-par.scaleway.com/?Action=ConfirmSubscription&Token=a', {}],
  ['https://sns.mnq.nl-ams.scaleway.com/?Action=ConfirmSubscription&Token=a', 'refused'],
  ['https://sns.mnq.fr-par.scaleway.com.example.org/?Action=ConfirmSubscription&Token=a', 'refused'],
  ['https://sns.fr-par.amazonaws.com/?Action=ConfirmSubscription&Token=a', 'refused'],
  ['http://sns.mnq.fr-par.scaleway.com/?Action=ConfirmSubscription&Token=a', 'refused'],
])('a subscription of Scaleway with the link %s gets %j', async (SubscribeURL, answer) => {
  const message = { Type: 'SubscriptionConfirmation', TopicArn: 'arn:scw:sns:fr-par:project-1:topic', SubscribeURL }
  const visited: string[] = []
  const request = { method: 'POST', url: '', headers: {}, body: Buffer.from(JSON.stringify(message)), receivedAt: 0 }
  const visit = async (url: string) => visited.push(url)
  expect(await snsSubscription(visit, CONFIRMATION_URL).answer(request, { current: '' })).toEqual(answer)
  expect(visited).toEqual(answer === 'refused' ? [] : [SubscribeURL])
})
