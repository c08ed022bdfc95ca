import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { RECORD_FIELDS, STATUSES } from '../functions/domain/status.ts'
import { QUERY_ROUTES } from '../functions/query/routes.ts'

const PAGES = globSync(['*.md', 'docs/*.md', 'bench/*.md', 'client/*.md', 'functions/providers/*/README.md']).sort()

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(page, 'utf8')

  test('links to files and headings that exist', () => {
    const broken = linksOf(text).filter((link) => {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : join(dirname(page), path)
      if (!existsSync(target)) return true
      return anchor !== undefined && !headingsOf(readFileSync(target, 'utf8')).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  test('names npm scripts that exist', () => {
    const named = [...text.matchAll(/\bnpm (?:run (?:-s )?([a-z:-]+)|(start|test)\b)/g)].flatMap(
      ([, ...names]) => names,
    )
    expect(named.filter((name) => name !== undefined && !(name in scripts))).toEqual([])
  })

  test('has tables without a gap', () => {
    const rows = text.split('\n').map((line) => line.startsWith('|'))
    const gaps = rows.flatMap((isRow, line) => (!isRow && rows[line - 1] && rows[line + 1] ? [line + 1] : []))
    expect(gaps).toEqual([])
  })
})

test.each(PAGES)('%s says of an alarm that it goes into ALARM, as AWS does, and not that it turns', (page) => {
  expect(readFileSync(page, 'utf8').match(/[^.]*\balarms? turns?\b[^.]*/g) ?? []).toEqual([])
})

test('the README has at most 150 lines', () => {
  expect(readFileSync('README.md', 'utf8').split('\n').length - 1).toBeLessThanOrEqual(150)
})

describe('docs/reading.md', () => {
  const text = readFileSync('docs/reading.md', 'utf8')

  test('has the vocabulary as the code has it', () => {
    const rows = [...text.matchAll(/^\| `(\w+)` \| (\d+) \| (yes|no) \|/gm)]
    const vocabulary = rows.map(([, status, rank, final]) => [status, { rank: Number(rank), final: final === 'yes' }])
    expect(Object.fromEntries(vocabulary)).toEqual(STATUSES)
  })

  test('has every field of a status record, in order', () => {
    const [section = ''] = /## Status record.*?\n## /s.exec(text) ?? []
    expect([...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field)).toEqual(RECORD_FIELDS)
  })

  test('has every route of the query API', () => {
    const routes = QUERY_ROUTES.map((route) => route.replace('+}', '}'))
    expect(routes.filter((route) => !text.includes(`\`${route}`))).toEqual([])
  })
})

/** The targets of a page's links that are not on another site. */
const linksOf = (markdown: string): string[] =>
  [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))

/** The anchors of a page's headings, as GitHub makes them. */
const headingsOf = (markdown: string): string[] =>
  [...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

const withoutCode = (markdown: string): string => markdown.replace(/^```.*?^```/gms, '')
