import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { providers } from '../../functions/providers/index.ts'
import { readConfiguration } from '../../lib/configuration.ts'
import { alarmsOf, templateOf } from './template.ts'

const nameOf = ({ id }: { id: string }) => id.charAt(0).toUpperCase() + id.slice(1)
// Of two that begin alike the longer first.
const PROVIDER = new RegExp(
  `^(?:${providers
    .map(nameOf)
    .sort((a, b) => b.length - a.length)
    .join('|')})`,
)

describe('a stack with everything', () => {
  const template = templateOf({
    alarmEmail: 'operations@example.com',
    events: {},
    webhooks: [{ name: 'crm', url: 'https://crm.example.com' }],
    silenceMinutes: Object.fromEntries(providers.map(({ id }) => [id, 60])),
    customDomain: {
      domainName: 'callbacks.example.com',
      certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1',
    },
  })

  test('has no alarm without instructions in docs/operate.md', () => {
    const ids = Object.keys(alarmsOf(template))
    const alarms = ids.map((id) =>
      id
        .replace(/^Operations/, '')
        .replace(/\d?[0-9A-F]{8}$/, '')
        .replace(PROVIDER, '')
        .replace(/^Crm(?=Endpoint)/, ''),
    )
    const headings = readFileSync('docs/operate.md', 'utf8').matchAll(/^### (\w+)$/gm)
    expect(ids.length).toBeGreaterThan(0)
    expect([...headings].map(([, heading]) => heading)).toEqual(expect.arrayContaining([...new Set(alarms)]))
  })

  test('has no output that docs/deploy.md does not explain', () => {
    const outputs = Object.keys(template.findOutputs('*')).map((id) => id.replace(PROVIDER, '<Provider>'))
    const page = readFileSync('docs/deploy.md', 'utf8')
    expect(outputs.filter((output) => !page.includes(`\`${output}\``))).toEqual([])
  })
})

describe('the keys of a stage in docs/deploy.md', () => {
  const [section = ''] = /## Stages and keys.*?\n## /s.exec(readFileSync('docs/deploy.md', 'utf8')) ?? []
  const rows = [...section.matchAll(/^\| `(\w+)` \| `?([^|`]+)`? \|/gm)].map(([, key = '', value = '']) => ({
    key,
    value,
  }))
  const defaults: Record<string, unknown> = readConfiguration('prod', { prod: { providers: ['octopush'] } })

  test('are all that have a default', () => {
    expect(rows.map(({ key }) => key)).toEqual(expect.arrayContaining(Object.keys(defaults)))
  })

  test.each(rows)('$key exists', ({ key }) => {
    expect(() => readConfiguration('prod', { prod: { providers: ['octopush'], [key]: null } })).toThrow(
      `stages.prod.${key}: `,
    )
  })

  test.each(rows.filter(({ value }) => /^(?:[\d{]|true$|false$)/.test(value)))(
    '$key is $value by default',
    ({ key, value }) => {
      expect(defaults[key]).toEqual(JSON.parse(value))
    },
  )
})
