import { describe, expect, test } from 'vitest'
import { readConfiguration } from '../../lib/configuration.ts'
import { sourcesIn } from '../../operator/resources.ts'
import { rightsOf, templateOf } from './template.ts'

const PROVIDERS = ['octopush', 'twilio', { id: 'twilio', account: 'eu' }, 'twilio/us']

describe('a stage with several accounts of one provider', () => {
  const template = templateOf({ providers: PROVIDERS, silenceMinutes: { twilio: 60 }, statusMetrics: true })
  const functions = template.findResources('AWS::Lambda::Function')
  const variablesOf = (id: RegExp) =>
    Object.entries(functions).find(([name]) => id.test(name))?.[1].Properties.Environment.Variables

  test('each has a route, a receiver and a secret of its own', () => {
    for (const name of ['twilio', 'twilio/eu', 'twilio/us']) {
      template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: `ANY /webhooks/${name}` })
      template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { PROVIDER: name } } })
      template.hasResourceProperties('AWS::SecretsManager::Secret', {
        Description: `delivery-ledger: the current and the previous key of ${name}`,
      })
    }
    const own = JSON.stringify(rightsOf(template, 'IngressTwilioAccountEuReceiver'))
    expect(own).toContain('IngressTwilioAccountEuSecret')
    expect(own).not.toMatch(/IngressTwilioSecret|IngressTwilioAccountUsSecret/)
  })

  test('the worker loads one mapping for all of them; the console shows each', () => {
    expect(variablesOf(/^PipelineWorker/).PROVIDERS).toBe('octopush,twilio')
    expect(variablesOf(/^ConsoleView/).PROVIDERS).toBe('octopush,twilio,twilio/eu,twilio/us')
  })

  test('each has alarms of its own, by its metrics', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'quarantined',
      Dimensions: [
        { Name: 'provider', Value: 'twilio/eu' },
        { Name: 'service', Value: 'delivery-ledger-prod' },
      ],
    })
    const alarms = Object.keys(template.findResources('AWS::CloudWatch::Alarm'))
    expect(alarms.filter((id) => id.includes('TwilioAccountEu')).length).toBe(
      alarms.filter((id) => /Twilio(?!Account)/.test(id)).length,
    )
  })

  test('metric math names them by ids that CloudWatch takes', () => {
    const used = JSON.stringify(template.toJSON()).match(/twilio[^"\\ ,)]*Invocations/g) ?? []
    expect(new Set(used)).toEqual(new Set(['twilioInvocations', 'twilio_euInvocations', 'twilio_usInvocations']))
  })

  test('the command line finds them by their secrets', () => {
    const ids = Object.keys(template.findResources('AWS::SecretsManager::Secret'))
    expect(sourcesIn(ids).sort()).toEqual(['octopush', 'twilio', 'twilio/eu', 'twilio/us'])
  })
})

test.each([[['twilio', 'twilio']], [['twilio/eu', { id: 'twilio', account: 'eu' }]]])(
  '%j names one account twice',
  (providers) => {
    expect(() => readConfiguration('prod', { prod: { providers } })).toThrow(
      'stages.prod.providers: expected each provider or account once',
    )
  },
)

test.each([[{ id: 'twilio', account: 'EU' }], [{ id: 'nobody' }], ['twilio/eu/west'], [{ account: 'eu' }]])(
  '%j names no account',
  (provider) => {
    expect(() => readConfiguration('prod', { prod: { providers: [provider] } })).toThrow(
      'stages.prod.providers.0: expected one of',
    )
  },
)
