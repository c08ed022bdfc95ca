import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Normalizer } from '../functions/domain/normalizer.ts'
import { Malformed } from '../functions/domain/payload.ts'
import { providers } from '../functions/providers/index.ts'
import { octopush } from '../functions/providers/octopush/provider.ts'
import { LOCAL_KEY, localSecret } from '../local/credentials.ts'
import { readFixtures, send as sendRequest, signedRequest } from '../local/fixtures.ts'
import { type Stack, startStack } from '../local/stack.ts'
import { seriousFaults } from './accessibility.ts'
import { launchChromium } from './chromium.ts'

const SILENT = { refused() {}, greeted() {}, worked() {}, followed() {}, told() {}, kept() {}, unexpected() {} }

/** Where pictures of each state go, if anywhere. */
const PICTURES = process.env.SCREENSHOTS

/** How long the worker and the follower may take. */
const PATIENT = { timeout: 20_000 }

const SIZES = { large: [1440, 900], medium: [1024, 900], small: [390, 844] } as const

/** Until it is fixed, octopush's mapping cannot read this message. */
let isFixed = true
const audit: Record<string, unknown>[] = []

/** A consumer of webhooks. */
const consumer = createServer((_, response) => response.writeHead(204).end())

let browser: Browser
let stack: Stack
let page: Page

beforeAll(async () => {
  const loadNormalizer = async (): Promise<Normalizer> => {
    const normalizer = await octopush.loadNormalizer()
    return {
      ...normalizer,
      facts(json, context) {
        if (!isFixed && (json as { message_id?: unknown }).message_id === 'broken')
          throw new Malformed(['number: expected text'])
        return normalizer.facts(json, context)
      },
    }
  }
  browser = await launchChromium()
  consumer.listen(0, '127.0.0.1')
  await once(consumer, 'listening')
  stack = await startStack({
    port: 0,
    telemetry: SILENT,
    audit: (line) => audit.push(line),
    webhook: {
      url: `http://127.0.0.1:${(consumer.address() as AddressInfo).port}/`,
      secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    },
    eventSource: { batchSize: 100, batchingWindow: 0.05, visibilityTimeout: 5, maxReceiveCount: 3 },
    providers: providers.map((provider) => (provider === octopush ? { ...octopush, loadNormalizer } : provider)),
  })
})

afterAll(async () => {
  await browser?.close()
  await stack?.stop()
  consumer.close()
})

beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' })
  page.on('pageerror', ({ message }) => expect.unreachable(message))
  page.setDefaultTimeout(10_000)
  page.on('dialog', (dialog) => expect.unreachable(dialog.message()))
})

afterEach(() => page.close())

const widget = (title: string) => page.getByRole('article', { name: title }).locator('.widget-content')
const field = () => page.getByLabel('Id, recipient, reference or campaign')
const popup = () => page.locator('#popup')
const open = () => page.goto(stack.url)

async function send(payload: object) {
  const response = await fetch(`${stack.url}/webhooks/octopush`, {
    method: 'POST',
    headers: { 'x-api-key': LOCAL_KEY, 'content-type': 'application/json' },
    body: JSON.stringify(payload),
  })
  expect(response.status).toBe(200)
}

const BEGINNING = Date.now() - 6 * 60_000

/** So many seconds after the beginning, on the clock of Paris, in which octopush writes its times. */
const paris = (seconds: number) =>
  new Date(BEGINNING + seconds * 1000).toLocaleString('sv', { timeZone: 'Europe/Paris' })

const status = (message_id: string, channel: string, status: string, delivery_date: string, more: object = {}) => ({
  ...{
    channel,
    message_id,
    list_name: 'Autumn reminders',
    number: '+33600112233',
    status,
    unit_price: 0.05,
    delivery_date,
  },
  ...more,
})

async function find(id: string, awaited: string | RegExp) {
  await field().fill(id)
  await page.getByRole('button', { name: 'Find' }).click()
  await widget('Find a message').getByRole('heading', { name: awaited }).waitFor()
}

/** What widgets wait for is there. */
async function settled() {
  await page.waitForTimeout(50)
  await page.locator('article[aria-busy="true"]').first().waitFor({ state: 'detached' })
}

/** What the widget shows once the worker has caught up. */
async function eventually(title: string, text: string | RegExp) {
  await expect
    .poll(async () => {
      const again = title === 'Find a message' ? 'Find' : 'Refresh'
      await widget(title).getByRole('button', { name: again, exact: true }).click()
      await settled()
      return widget(title).getByText(text).count()
    }, PATIENT)
    .toBeGreaterThan(0)
}

/** Channel, word and second of each status of a message that failed by RCS first. */
const LIFE = [
  ['rcs', 'PROCESSED', 0],
  ['rcs', 'ISP_SEND', 4],
  ['rcs', 'TIMEOUT', 124],
  ['sms', 'PROCESSED', 126],
  ['sms', 'ISP_SEND', 131],
  ['sms', 'DELIVERED', 251],
] as const

describe('a message', () => {
  test('that was received out of order is shown in order, with where it stands in words', async () => {
    for (const [channel, word, seconds] of LIFE.toReversed())
      await send(status('in-order', channel, word, paris(seconds)))
    await open()
    await field().fill('in-order')
    await eventually('Find a message', 'Delivered by SMS 2 min 7 s after RCS timed out')
    const words = await widget('Find a message').locator('tbody code').allTextContents()
    expect(words).toEqual(LIFE.map(([, word]) => word))
    const timeline = page.getByRole('img', { name: /^Timeline: Delivered by SMS/ })
    // No line of the grid crosses a label.
    const label = timeline.locator('text').first()
    expect(await label.evaluate((one) => getComputedStyle(one).paintOrder)).toMatch(/^stroke/)
    expect(await label.evaluate((one) => getComputedStyle(one).stroke)).toBe('rgb(255, 255, 255)')
    expect(await timeline.locator('.ledger-lane').allTextContents()).toEqual(['RCS', 'SMS'])
    const marks = await timeline
      .locator('.ledger-mark')
      .evaluateAll((found) => found.map((one) => one.getBoundingClientRect().x))
    expect(marks).toEqual(marks.toSorted((a, b) => a - b))
  })

  test('hides its recipient until a person reveals it, which is audited', async () => {
    await send(
      status('masked', 'sms', 'DELIVERED', paris(0), {
        meta_data: { call_back: '+33699887766', mail: 'person@example.com' },
      }),
    )
    await open()
    await field().fill('masked')
    await eventually('Find a message', 'Delivered by SMS')
    const shown = () => page.content()
    await page.getByRole('button', { name: 'Details' }).click()
    await popup().getByText('call_back').waitFor()
    for (const secret of ['600112233', '699887766', 'person@']) expect((await shown()).includes(secret)).toBe(false)
    await page.keyboard.press('Escape')
    audit.length = 0
    await widget('Find a message').getByRole('button', { name: 'Show recipients' }).click()
    await widget('Find a message').getByText('+33600112233').first().waitFor()
    expect(audit).toMatchObject([
      {
        action: 'reveal',
        provider: 'octopush',
        messageId: 'masked',
        dashboard: 'local',
        requestId: expect.any(String),
      },
    ])
  })

  test('says that nothing was found for an id without records', async () => {
    await open()
    await field().fill('nobody-knows')
    await page.getByRole('button', { name: 'Find' }).click()
    await widget('Find a message').getByText('Nothing was found for nobody-knows.').waitFor()
  })

  test('is reached with the keyboard alone', async () => {
    await send(status('keyboard', 'sms', 'DELIVERED', paris(0)))
    await open()
    await field().focus()
    await page.keyboard.type('keyboard')
    await expect
      .poll(async () => {
        await field().press('Enter')
        await page.waitForTimeout(200)
        return widget('Find a message').getByRole('heading', { level: 3 }).count()
      }, PATIENT)
      .toBe(1)
    await page.getByRole('button', { name: 'Details' }).press('Enter')
    await popup().getByText('Everything else that the provider sent').waitFor()
  })
})

describe('a recipient', () => {
  const NUMBER = '+33600445566'
  const list = () => widget('Find a message').getByRole('region', { name: 'To this recipient' })

  test('is found by any spelling of the number, which no answer and no address has in the clear', async () => {
    for (const id of ['to-one-1', 'to-one-2']) await send(status(id, 'sms', 'DELIVERED', paris(0), { number: NUMBER }))
    await open()
    await expect
      .poll(async () => {
        await field().fill('0033 600 44 55 66')
        await field().press('Enter')
        await settled()
        return list().getByRole('row').count()
      }, PATIENT)
      .toBe(2)
    expect(await field().inputValue()).toBe('003•••66')
    expect(decodeURIComponent(page.url())).not.toMatch(/600.?44.?55/)
    expect(await page.content()).not.toMatch(/600.?44.?55/)
    await page.reload()
    await list().getByRole('row').nth(1).waitFor()
    await page.getByRole('button', { name: 'Refresh', exact: true }).first().click()
    await settled()
    expect(await list().getByRole('row').count()).toBe(2)
  })

  test('leads by keyboard to the life of each message, and back to the row', async () => {
    await open()
    await field().fill(NUMBER)
    await field().press('Enter')
    const show = list().getByRole('button', { name: 'Show' }).nth(1)
    await show.press('Enter')
    await popup().getByRole('heading', { name: 'Delivered by SMS' }).waitFor()
    await popup().getByRole('button', { name: 'Details' }).press('Enter')
    await popup().getByText('Everything else that the provider sent').waitFor()
    await popup().getByRole('button', { name: 'Back to the message' }).press('Enter')
    await popup().getByRole('heading', { name: 'Delivered by SMS' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await show.evaluate((one) => one === document.activeElement)).toBe(true)
  })
})

describe('a pop-up', () => {
  test('closes with the browser’s way back, which then leads on to the page before', async () => {
    await send(status('way-back', 'sms', 'DELIVERED', paris(0)))
    await page.goto('about:blank')
    await page.goto(`${stack.url}/#find=way-back`)
    await eventually('Find a message', 'Delivered by SMS')
    const details = page.getByRole('button', { name: 'Details' }).first()
    for (const close of [() => page.goBack(), () => page.keyboard.press('Escape')]) {
      await details.click()
      await popup().getByText('Everything else').waitFor()
      await close()
      await popup().waitFor({ state: 'hidden' })
      expect(new URL(page.url()).hash).toBe('#find=way-back')
      await widget('Find a message').getByRole('heading', { name: 'Delivered by SMS' }).waitFor()
    }
    await page.goBack()
    expect(page.url()).toBe('about:blank')
  })
})

describe('lately', () => {
  test('lists what failed, each one click from its life, and says where nothing is overdue', async () => {
    await send(status('bounced', 'sms', 'NOT_DELIVERABLE', paris(100), { number: '+33600778899' }))
    await open()
    await eventually('Lately', 'bounced')
    expect(await widget('Lately').textContent()).toContain('No delivery is overdue.')
    const row = widget('Lately').getByRole('row', { name: /bounced/ })
    expect(await row.textContent()).toContain('+33•••99')
    await row.getByRole('button', { name: 'Show' }).click()
    await popup().getByRole('heading', { name: 'Not delivered by SMS' }).waitFor()
    await popup().getByRole('button', { name: 'Show recipients' }).click()
    await popup().getByText('+33600778899').first().waitFor()
  })
})

describe('told', () => {
  test('shows how the endpoint is, and a message when its events were told to it', async () => {
    await send(status('told', 'sms', 'DELIVERED', paris(0)))
    await open()
    await eventually('Told', '204')
    const row = widget('Told').getByRole('row', { name: /^local/ })
    expect(await row.getByRole('cell').allTextContents()).toEqual(['local', 'flowing', '0', '0', expect.any(String)])
    await field().fill('told')
    await eventually('Find a message', /told to local at .* \(204\)/)
    await widget('Find a message')
      .getByText(/ · where it stands · delivered/)
      .waitFor()
  })
})

describe('the quarantine', () => {
  test('shows why a callback is there; when the mapping is fixed, a replay takes it out', async () => {
    isFixed = false
    await send(status('broken', 'sms', 'DELIVERED', paris(0)))
    await open()
    await eventually('Quarantine', 'number: expected text')
    const row = widget('Quarantine').getByRole('row', { name: /number: expected text/ })
    await row.getByRole('button', { name: 'Body' }).click()
    await popup().getByText('"message_id": "broken"').waitFor()
    expect(await popup().textContent()).not.toContain('600112233')
    await page.keyboard.press('Escape')
    isFixed = true
    audit.length = 0
    await row.getByRole('button', { name: 'Replay' }).click()
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(audit).toEqual([])
    await row.getByRole('button', { name: 'Replay' }).click()
    await page.getByRole('button', { name: 'OK' }).click()
    await widget('Quarantine').getByText('1 replayed: 1 recorded.').waitFor()
    expect(audit).toMatchObject([{ action: 'replay', ids: [expect.stringContaining('-octopush-')] }])
    await eventually('Quarantine', /^The quarantine is empty/)
    await find('broken', 'Delivered by SMS')
  })

  test('groups callbacks by reason; says what became of a replay; drops one, or all of a reason', async () => {
    for (const n of [1, 2, 3, 4]) await send({ channel: 'sms', message_id: `same-${n}`, status: 'DELIVERED' })
    await open()
    await eventually('Quarantine', '4 callbacks, 1 reason')
    const quarantine = widget('Quarantine')
    const act = async (name: string) => {
      await quarantine.getByRole('button', { name, exact: true }).first().click()
      await page.getByRole('button', { name: 'OK' }).click()
    }
    audit.length = 0
    await act('Replay all')
    await quarantine.getByText('4 replayed: 4 still unreadable.').waitFor()
    await quarantine
      .getByText(/replayed (less than 1|\d+) s ago/)
      .first()
      .waitFor()
    expect(audit).toMatchObject([{ ids: Array(4).fill(expect.any(String)) }])
    await quarantine.getByRole('button', { name: 'Show', exact: true }).click()
    await act('Drop')
    await quarantine.getByText('1 deleted.').waitFor()
    expect(await quarantine.getByRole('button', { name: 'Drop', exact: true }).count()).toBe(3)
    await quarantine.getByRole('button', { name: 'All reasons' }).click()
    await quarantine.getByText('3 callbacks, 1 reason').waitFor()
    await act('Drop all')
    await quarantine.getByText('3 deleted.').waitFor()
    await quarantine.getByText(/^The quarantine is empty/).waitFor()
  })
})

describe('the address', () => {
  test('leads to the message that is shown, also after a reload, on the way back and beside the settings', async () => {
    for (const id of ['linked-1', 'linked-2']) await send(status(id, 'sms', 'DELIVERED', paris(0)))
    await page.goto(`${stack.url}/#provider=octopush&find=linked-1`)
    const shown = (id: string) => widget('Find a message').locator('code.ledger-id', { hasText: id })
    await eventually('Find a message', 'linked-1')
    await find('linked-2', 'Delivered by SMS')
    await shown('linked-2').waitFor()
    expect(new URL(page.url()).hash).toBe('#provider=octopush&find=linked-2')
    await page.getByRole('checkbox', { name: 'Dark' }).setChecked(true, { force: true })
    await page.reload()
    await shown('linked-2').waitFor()
    expect(await page.getByRole('checkbox', { name: 'Dark' }).isChecked()).toBe(true)
    await page.goBack()
    await shown('linked-1').waitFor()
  })

  test('an id is selected as a whole by one click, and never masked', async () => {
    const id = '35C8B5D509BC10689196FED2AD551B8A'
    await send(status(id, 'sms', 'DELIVERED', paris(0)))
    await page.goto(`${stack.url}/#find=${id}`)
    await eventually('Find a message', 'Delivered by SMS')
    await widget('Find a message')
      .locator('code.ledger-id')
      .click({ position: { x: 20, y: 5 } })
    expect(await page.evaluate(() => String(getSelection()))).toBe(id)
    await page.getByRole('button', { name: 'Details' }).click()
    await popup().getByText(id).first().waitFor()
  })
})

describe('an empty console', () => {
  test('says what to do next', async () => {
    const empty = await startStack({ port: 0, telemetry: SILENT })
    try {
      await page.goto(empty.url)
      await widget('Now').getByText('npm start -- --demo').waitFor()
      await widget('Find a message')
        .getByText(/^Enter the message id/)
        .waitFor()
      await widget('Quarantine')
        .getByText(/^The quarantine is empty/)
        .waitFor()
      if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, 'empty.png') })
    } finally {
      await empty.stop()
    }
  })
})

describe('hostile text', () => {
  const HOSTILE = `<script>alert(1)</script><img src=x onerror=alert(2)><cwdb-action action="call" endpoint="arn:drop" event="mouseenter">{}</cwdb-action>"'>\u202Eabc`

  /** Without an end tag of a script: DOMPurify takes such a value out of the form. */
  const HOSTILE_ID = `<img src=x onerror=alert(3)>"'\u202Eabc`

  test('stays text, wherever a provider may put it', async () => {
    await send(status(HOSTILE_ID, HOSTILE, HOSTILE, paris(0), { list_name: HOSTILE, number: HOSTILE, more: HOSTILE }))
    await send({ channel: HOSTILE, message_id: 5, status: [], [HOSTILE]: HOSTILE })
    await open()
    await field().fill(HOSTILE_ID)
    await eventually('Find a message', /Unknown by/)
    await eventually('Quarantine', /status: expected text/)
    await eventually('Now', /not mapped/)
    const own = await page
      .locator('cwdb-action')
      .evaluateAll((found) => found.map((one) => one.getAttribute('endpoint')))
    for (const endpoint of own) expect(endpoint).toMatch(/^arn:aws:lambda:local:/)
    await widget('Find a message').getByRole('button', { name: 'Show recipients' }).click()
    await widget('Find a message').locator('code', { hasText: '<script>' }).first().waitFor()
    await page.getByRole('button', { name: 'Details' }).click()
    await popup().getByText('<script>').first().waitFor()
    for (const tag of ['script[src=""]', 'img', '[onerror]'])
      expect(await page.locator(`article ${tag}, dialog ${tag}`).count()).toBe(0)
    await page.keyboard.press('Escape')
    await widget('Quarantine').getByRole('button', { name: 'Body' }).first().click()
    await popup().getByText('<script>').first().waitFor()
  })
})

describe('now', () => {
  test('counts the outcomes of the time range, and suggests a line for each unmapped status', async () => {
    await send(status('new-word', 'sms', 'HANDSET_UNREACHABLE', paris(0)))
    await open()
    await eventually('Now', "HANDSET_UNREACHABLE: 'undelivered',")
    const row = widget('Now')
      .getByRole('region', { name: 'Outcomes by provider' })
      .getByRole('row', { name: /^octopush/ })
    expect(await row.getByRole('img', { name: /^outcomes: \d+ recorded/ }).count()).toBe(1)
    expect(await row.textContent()).toMatch(/\d+ recorded/)
    // What asks for action is seen without scrolling, also where all four providers have callbacks.
    const place = await widget('Now').boundingBox()
    const line = await widget('Now').getByText("HANDSET_UNREACHABLE: 'undelivered',").boundingBox()
    expect((line?.y ?? 0) + (line?.height ?? 0)).toBeLessThan((place?.y ?? 0) + (place?.height ?? 0))
  })
})

/** Providers whose examples fill every state. */
const SHOWN = ['avaamo', 'nifteem', 'octopush', 'telesign', 'twilio']

let filled: Promise<void> | undefined

/** Sends every example once: of two that are quarantined for one reason, a group shows neither at first. */
async function fill() {
  for (const provider of providers.filter(({ id }) => SHOWN.includes(id)))
    for (const fixture of readFixtures(provider.id))
      await sendRequest(await signedRequest(provider, fixture, localSecret(provider.id), stack.url))
}

describe.each(Object.entries(SIZES))('at the %s size', (size, [width, height]) => {
  test.each(['light', 'dark'])(
    'every state is accessible in the %s theme',
    async (theme) => {
      filled ??= fill()
      await filled
      for (const [channel, word, seconds] of LIFE) await send(status('picture', channel, word, paris(seconds)))
      await page.setViewportSize({ width, height })
      await open()
      await page.getByRole('checkbox', { name: 'Dark' }).setChecked(theme === 'dark', { force: true })
      await field().fill('picture')
      await eventually('Find a message', /Delivered by SMS .* after RCS timed out/)
      await eventually('Now', /not mapped/)
      await eventually('Lately', `The newest ${size === 'large' ? 6 : 3}.`)
      await check('message')
      await widget('Lately').getByRole('button', { name: 'Show', exact: true }).first().click()
      await popup().getByRole('heading').nth(1).waitFor()
      await check('life')
      await page.keyboard.press('Escape')
      await find('Autumn reminders', /^Of this campaign/)
      await check('list')
      await find('picture', /Delivered by SMS/)
      await page.getByRole('button', { name: 'Details' }).first().click()
      await popup().getByText('Everything else').waitFor()
      await check('details')
      await page.keyboard.press('Escape')
      await widget('Quarantine').getByRole('button', { name: 'Body' }).first().click()
      await popup().getByText('Content type').waitFor()
      await check('body')
      await page.keyboard.press('Escape')
      await widget('Quarantine').getByRole('button', { name: 'Drop' }).first().click()
      await page.getByRole('button', { name: 'OK' }).waitFor()
      await check('confirmation')

      async function check(state: string) {
        if (PICTURES !== undefined) {
          mkdirSync(PICTURES, { recursive: true })
          await page.screenshot({ path: join(PICTURES, `${state}-${size}-${theme}.png`) })
        }
        expect(await seriousFaults(page), state).toEqual([])
      }
    },
    60_000,
  )
})
