import { expect, test } from 'vitest'
import { actionsOf, rightsOf, templateOf } from './template.ts'

const stage = { providers: ['octopush'], events: {} }
const template = templateOf({ ...stage, webhooks: [{ name: 'crm', url: 'https://crm.example.com/hooks' }] })
const without = templateOf(stage)

/** What a function may do to resources, by the beginnings of their logical ids. */
const rightsTo = (functionId: string, resource: string) =>
  actionsOf(rightsOf(template, functionId).filter(({ Resource }) => JSON.stringify(Resource).includes(`"${resource}`)))

/** The widgets of the dashboard, by what they show. */
const shownBy = (of: typeof template): string[] =>
  [...JSON.stringify(of.findResources('AWS::CloudWatch::Dashboard')).matchAll(/\\"show\\":\\"(\w+)\\"/g)].map(
    ([, show = '']) => show,
  )

test.each(['ConsoleView', 'ConsoleReveal'])('%s reads how endpoints are, and what was told to them', (id) => {
  expect(rightsTo(id, 'WebhooksTable')).toEqual(['dynamodb:GetItem', 'dynamodb:Query'])
  expect(rightsTo(id, 'WebhookscrmQueue')).toEqual(['sqs:GetQueueAttributes'])
  expect(rightsTo(id, 'WebhookscrmDeadLetters')).toEqual(['sqs:GetQueueAttributes'])
  expect(rightsTo(id, 'DeliveriesHashKey')).toEqual(['secretsmanager:GetSecretValue'])
  expect(rightsTo(id, 'WebhookscrmSecret')).toEqual([])
})

test.each(['ConsoleReplay', 'ConsoleDrop'])('%s reaches nothing of an endpoint', (id) => {
  expect(JSON.stringify(rightsOf(template, id))).not.toContain('Webhooks')
})

test('the dashboard shows what was told where the stage has endpoints, and only there', () => {
  expect(shownBy(template)).toContain('told')
  expect(shownBy(without)).not.toContain('told')
  expect(shownBy(without)).toContain('message')
})

test('the console of a stage without endpoints knows of none', () => {
  const variables = JSON.stringify(without.findResources('AWS::Lambda::Function'))
  expect(variables).not.toContain('"WEBHOOKS"')
  expect(JSON.stringify(template.findResources('AWS::Lambda::Function'))).toContain('"WEBHOOKS"')
})
