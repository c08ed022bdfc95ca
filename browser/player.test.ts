import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consoleRoutes } from '../local/cloudwatch.ts'
import { type Gateway, startGateway } from '../local/gateway.ts'
import { seriousFaults } from './accessibility.ts'
import { launchChromium } from './chromium.ts'

interface WidgetEvent {
  [parameter: string]: unknown
  widgetContext: {
    theme: string
    title: string
    width: number
    height: number
    timezone: { label: string; offsetISO: string; offsetInMinutes: number }
    timeRange: { mode: string; start: number; end: number; relativeStart: number }
    forms: { all: Record<string, string> }
    params: Record<string, unknown>
  }
}

const events: WidgetEvent[] = []
let answer: (event: WidgetEvent) => unknown

let browser: Browser
let gateway: Gateway
let page: Page
const messages: string[] = []

beforeAll(async () => {
  browser = await launchChromium()
  const functions = {
    async probe(event: object) {
      events.push(event as WidgetEvent)
      return answer(event as WidgetEvent)
    },
    quiet: async () => '<p>quiet</p>',
  }
  const endpoint = 'arn:aws:lambda:us-east-1:000000000000:function:probe'
  const properties = { endpoint, title: 'Probe', params: { wanted: 'all' } }
  const dashboard = {
    widgets: [
      { type: 'custom' as const, x: 0, y: 0, width: 12, height: 6, properties },
      {
        type: 'custom' as const,
        x: 12,
        y: 0,
        width: 12,
        height: 6,
        properties: {
          endpoint: endpoint.replace('probe', 'quiet'),
          title: 'Quiet',
          updateOn: { refresh: false, timeRange: false },
        },
      },
    ],
  }
  gateway = await startGateway(consoleRoutes({ dashboard, functions }), 0)
})

afterAll(async () => {
  await browser?.close()
  await gateway?.stop()
})

beforeEach(async () => {
  events.length = 0
  messages.length = 0
  answer = () => '<p>shown</p>'
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
  page.on('pageerror', ({ message }) => messages.push(message))
})

afterEach(async () => {
  await page.close()
  expect(messages).toEqual([])
})

const ENDPOINT = 'endpoint="arn:aws:lambda:us-east-1:000000000000:function:probe"'

const widget = (title = 'Probe') => page.getByRole('article', { name: title }).locator('.widget-content')
const popup = () => page.locator('#popup')

/** Opens the page with a widget that first answers some HTML, and after that what it was asked. */
async function open(html: string) {
  answer = (event) => (events.length === 1 ? html : `<pre id="asked">${JSON.stringify(parametersOf(event))}</pre>`)
  await page.goto(gateway.url)
  await widget('Quiet').getByText('quiet').waitFor()
  await settled()
}

/** Waits until each widget has its answer. */
const settled = () => expect.poll(() => page.locator('[aria-busy=true]').count()).toBe(0)

const parametersOf = ({ widgetContext: _, ...parameters }: WidgetEvent) => parameters

describe('a call', () => {
  test('carries the parameters, and the context that CloudWatch sends', async () => {
    await open('<p>shown</p>')
    expect(events).toHaveLength(1)
    const [{ widgetContext, ...parameters }] = events as [WidgetEvent]
    expect(parameters).toEqual({ wanted: 'all' })
    expect(widgetContext).toEqual({
      dashboardName: 'local',
      widgetId: 'widget-1',
      accountId: '000000000000',
      locale: 'en',
      timezone: { label: 'UTC', offsetISO: '+00:00', offsetInMinutes: 0 },
      period: 60,
      isAutoPeriod: true,
      timeRange: {
        mode: 'relative',
        start: expect.any(Number),
        end: expect.any(Number),
        relativeStart: 3 * 3_600_000,
      },
      theme: 'light',
      linkCharts: true,
      title: 'Probe',
      forms: { all: {} },
      params: { wanted: 'all' },
      width: expect.any(Number),
      height: expect.any(Number),
    })
    answer = () => `<div id="full" style="width: ${widgetContext.width}px; height: ${widgetContext.height}px"></div>`
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.locator('#full').waitFor()
    expect(await widget().evaluate((place) => [place.scrollWidth, place.scrollHeight])).toEqual(
      await widget().evaluate((place) => [place.clientWidth, place.clientHeight]),
    )
    expect(widgetContext.width).toBeGreaterThan(500)
    expect(widgetContext.height).toBeGreaterThan(200)
  })

  test('passes the theme, time range and zone as they are set, and again after a reload', async () => {
    await open('')
    await page.getByRole('checkbox', { name: 'Dark' }).check()
    await page.getByRole('radio', { name: '12h' }).check({ force: true })
    await page.getByLabel('Time zone').selectOption('Local')
    await expect.poll(() => events.length).toBe(4)
    await page.reload()
    await expect.poll(() => events.length).toBe(5)
    const { theme, timeRange, timezone } = (events.at(-1) as WidgetEvent).widgetContext
    const minutes = -new Date().getTimezoneOffset()
    expect(theme).toBe('dark')
    expect(timeRange.end - timeRange.start).toBe(12 * 3_600_000)
    expect(Math.abs(timeRange.end - Date.now())).toBeLessThan(10_000)
    expect(timezone).toEqual({ label: 'Local', offsetISO: `+${minutes / 60}:00`, offsetInMinutes: minutes })
  })

  test('is made again as updateOn says, and by the button for all', async () => {
    let quiet = 0
    page.on('request', (request) => {
      if (request.url().endsWith('/console/quiet')) quiet++
    })
    await open('')
    await page.getByRole('radio', { name: '1h' }).check({ force: true })
    await expect.poll(() => events.length).toBe(2)
    await expect.poll(() => quiet).toBe(1)
    await page.getByRole('button', { name: 'Refresh' }).click()
    await expect.poll(() => events.length).toBe(3)
    await expect.poll(() => quiet).toBe(2)
    await page.setViewportSize({ width: 1000, height: 700 })
    await expect.poll(() => events.length).toBe(4)
    await expect.poll(() => quiet).toBe(3)
  })

  test('is made again in time where auto refresh is on', async () => {
    await page.clock.install()
    await open('')
    await page.getByLabel('Auto refresh').selectOption('10')
    await page.clock.runFor(31_000)
    await expect.poll(() => events.length).toBe(4)
  })

  test('that fails is shown as an error, and so is an answer that is too large', async () => {
    answer = () => {
      throw new TypeError('no such <b>table</b>')
    }
    await page.goto(gateway.url)
    expect(await widget().getByRole('alert').textContent()).toBe('Error loading widgetTypeError: no such <b>table</b>')
    answer = () => 'x'.repeat(6_300_000)
    await page.getByRole('button', { name: 'Refresh' }).click()
    await widget().getByText('Function.ResponseSizeTooLarge').waitFor()
  })

  test('whose answer comes late does not take the place of a newer one', async () => {
    await open('')
    let release = () => {}
    const late = new Promise<void>((resolve) => {
      release = resolve
    })
    answer = () => late.then(() => '<p>late</p>')
    await page.getByRole('button', { name: 'Refresh' }).click()
    await expect.poll(() => events.length).toBe(2)
    answer = () => '<p>newer</p>'
    await page.getByRole('button', { name: 'Refresh' }).click()
    await widget().getByText('newer').waitFor()
    const answered = page.waitForResponse('**/console/probe')
    release()
    await (await answered).finished()
    expect(await widget().textContent()).toBe('newer')
  })

  test('that answers no text is shown as JSON, and markdown as it is written', async () => {
    answer = () => ({ answer: ['<b>'] })
    await page.goto(gateway.url)
    await widget().locator('pre').waitFor()
    expect(JSON.parse((await widget().locator('pre').textContent()) ?? '')).toEqual({ answer: ['<b>'] })
    answer = () => ({ markdown: '# <i>Title</i>' })
    await page.getByRole('button', { name: 'Refresh' }).click()
    await widget().getByText('# <i>Title</i>').waitFor()
  })
})

describe('<cwdb-action>', () => {
  test('calls with its parameters, and its answer takes the place of the content', async () => {
    await open(
      `<button>Next</button> <cwdb-action action="call" ${ENDPOINT}> {"page": 2, "text": "&lt;b&gt;"} </cwdb-action>`,
    )
    await widget().getByRole('button', { name: 'Next' }).click()
    await widget().locator('#asked').waitFor()
    expect(parametersOf(events[1] as WidgetEvent)).toEqual({ page: 2, text: '<b>' })
    expect(events[1]?.widgetContext.params).toEqual({ wanted: 'all' })
    expect(await widget().getByRole('button').count()).toBe(0)
  })

  test('without parameters calls with none', async () => {
    await open(`<a class="btn">Submit</a><cwdb-action action="call" ${ENDPOINT}></cwdb-action>`)
    await widget().getByText('Submit').click()
    await widget().getByText('{}').waitFor()
  })

  test('shows the answer in a pop-up, which can be closed', async () => {
    await open(`<button>Raw</button><cwdb-action action="call" display="popup" ${ENDPOINT}>{"raw":1}</cwdb-action>`)
    await widget().getByRole('button', { name: 'Raw' }).click()
    await popup().getByText('{"raw":1}').waitFor()
    await popup().getByRole('button', { name: 'Close' }).click()
    expect(await popup().isVisible()).toBe(false)
    expect(await widget().getByRole('button', { name: 'Raw' }).isVisible()).toBe(true)
  })

  test('shows its HTML in the widget, by default, or in a pop-up, without a call', async () => {
    await open(
      `<a>More</a><cwdb-action display="popup"><h1>Big title</h1> with <button>In</button><cwdb-action><i>inner</i></cwdb-action></cwdb-action>`,
    )
    expect(await widget().getByText('Big title').isVisible()).toBe(false)
    await widget().getByText('More').click()
    await popup().getByRole('heading', { name: 'Big title' }).waitFor()
    await popup().getByRole('button', { name: 'In', exact: true }).click()
    expect(await popup().isVisible()).toBe(false)
    expect(await widget().innerHTML()).toBe('<i>inner</i>')
    expect(events).toHaveLength(1)
  })

  test('asks for a confirmation where it has one: cancelled nothing happens, with OK it does', async () => {
    await open(
      `<button>Drop</button><cwdb-action action="call" confirmation="Drop 3 callbacks?" ${ENDPOINT}>{"drop":3}</cwdb-action>`,
    )
    const dialog = page.getByRole('alertdialog')
    for (const refuse of [
      () => dialog.getByRole('button', { name: 'Cancel' }).click(),
      () => page.keyboard.press('Escape'),
    ]) {
      await widget().getByRole('button', { name: 'Drop' }).click()
      await dialog.getByText('Drop 3 callbacks?').waitFor()
      await refuse()
      expect(await dialog.isVisible()).toBe(false)
    }
    await widget().getByRole('button', { name: 'Drop' }).click()
    await dialog.getByRole('button', { name: 'OK' }).click()
    await widget().getByText('{"drop":3}').waitFor()
    expect(events).toHaveLength(2)
  })

  test.each([
    ['dblclick', 'call'],
    ['dblclick', 'html'],
    ['mouseenter', 'html'],
  ])('acts on %s (%s)', async (event, kind) => {
    const content = kind === 'call' ? '{"acted":1}' : '<i>{"acted":1}</i>'
    await open(`<b>here</b><cwdb-action event="${event}" action="${kind}" ${ENDPOINT}>${content}</cwdb-action>`)
    const target = widget().getByText('here')
    if (event === 'dblclick') await target.dblclick()
    else await target.dispatchEvent('mouseenter')
    await widget().getByText('{"acted":1}').waitFor()
  })

  test('calls nothing on mouseenter, and binds nothing but the element right before it', async () => {
    await open(
      `<b>hover</b><cwdb-action event="mouseenter" action="call" ${ENDPOINT}>{}</cwdb-action>
       <b>first</b><b>second</b><cwdb-action>acted</cwdb-action>`,
    )
    await widget().getByText('hover').hover()
    await widget().getByText('first').click()
    expect(await widget().getByText('second').isVisible()).toBe(true)
    expect(events).toHaveLength(1)
  })

  test('whose parameters are no JSON object says so', async () => {
    await open(`<button>Go</button><cwdb-action action="call" ${ENDPOINT}>[1</cwdb-action>`)
    await widget().getByRole('button', { name: 'Go' }).click()
    await widget().getByText('expected a JSON object, not [1').waitFor()
  })

  test('that names no function says so', async () => {
    await open('<button>Go</button><cwdb-action action="call" endpoint="arn:toString">{}</cwdb-action>')
    await widget().getByRole('button', { name: 'Go' }).click()
    await widget().getByText('Function not found: toString').waitFor()
  })

  test('is reached and used by keyboard alone, also its dialogs', async () => {
    await open(
      `<button>Drop</button><cwdb-action action="call" display="popup" confirmation="Sure?" ${ENDPOINT}>{}</cwdb-action>`,
    )
    await page.getByRole('button', { name: 'Refresh' }).focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Sure?').waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await popup().getByText('{}').waitFor()
    await page.keyboard.press('Escape')
    expect(await popup().isVisible()).toBe(false)
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Drop')
  })
})

describe('fields', () => {
  const FORM = `<form>
    <input name="messageId" value="m1"> <textarea name="note">n</textarea>
    <select name="provider"><option>a</option><option>b</option></select>
    <input type="radio" name="stage" value="integ"><input type="radio" name="stage" value="prod" checked>
    <input type="checkbox" name="raw" value="yes"> <input id="nameless" value="?">
    <button>Find</button><cwdb-action action="call" ${ENDPOINT}>{}</cwdb-action>
  </form>`

  test('travel with a call as forms.all', async () => {
    await open(FORM)
    await widget().locator('[name=messageId]').fill('m2')
    await widget().locator('[name=provider]').selectOption('b')
    await widget().getByRole('button', { name: 'Find' }).click()
    await widget().locator('#asked').waitFor()
    expect(events[1]?.widgetContext.forms.all).toEqual({ messageId: 'm2', note: 'n', provider: 'b', stage: 'prod' })
  })

  test('travel with a refresh, too, and the focus stays', async () => {
    await open(FORM)
    answer = ({ widgetContext }) => `<input name="messageId" value="${widgetContext.forms.all.messageId}!">`
    await widget().locator('[name=messageId]').fill('m3')
    await page.evaluate(() => document.querySelector('#refresh')?.dispatchEvent(new Event('click')))
    await widget().locator('[value="m3!"]').waitFor()
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe('m3!')
  })

  test.each(['<form>', '<form method="dialog">'])(
    'in a %s: Enter clicks its first submit button, as in any browser, and the page stays',
    async (form) => {
      await open(FORM.replace('<form>', form))
      await widget().locator('[name=messageId]').press('Enter')
      await widget().locator('#asked').waitFor()
      expect(events[1]?.widgetContext.forms.all.messageId).toBe('m1')
      expect(page.url().split('#')[0]).toBe(`${gateway.url}/`)
    },
  )

  test('of one widget do not travel with the calls of another', async () => {
    await open('<input name="mine" value="1">')
    const sent = page.waitForRequest('**/console/quiet')
    await page.getByRole('button', { name: 'Refresh' }).click()
    expect((await sent).postDataJSON().widgetContext.forms.all).toEqual({})
  })
})

describe('hostile HTML', () => {
  const HOSTILE = {
    script: '<script>ran()</script>',
    'script in SVG': '<svg><script>ran()</script></svg>',
    'event handler': '<img src="x:" onerror="ran()">',
    'event handler in SVG': '<svg onload="ran()"><animate onbegin="ran()" attributeName="x" dur="1s" /></svg>',
    'JavaScript link': '<a href="javascript:ran()">press</a>',
    'JavaScript link in SVG': '<svg><a xlink:href="javascript:ran()"><text y="20">press</text></a></svg>',
    iframe: '<iframe srcdoc="<script>parent.ran()</script>"></iframe>',
    use: '<svg><use href="data:image/svg+xml,<svg onload=ran()>#x"></use></svg>',
    'object and embed': '<object data="javascript:ran()"></object><embed src="javascript:ran()">',
    'handler on an action': '<b>b</b><cwdb-action onclick="ran()" style="display:block">x</cwdb-action>',
    'script in an action': '<b>press</b><cwdb-action><img src=x: onerror="ran()"><script>ran()</script></cwdb-action>',
    'form that leaves':
      '<form action="https://example.com"><button formaction="javascript:ran()">press</button></form>',
    'base and meta':
      '<base href="https://example.com/"><meta http-equiv="refresh" content="0;url=https://example.com">',
  }

  test.each(Object.entries(HOSTILE))('%s is cleaned', async (_, html) => {
    let ran = 0
    const left: string[] = []
    await page.exposeFunction('ran', () => ran++)
    page.on('request', (request) => {
      if (!request.url().startsWith(gateway.url)) left.push(request.url())
    })
    await open(`${html}<i>end</i>`)
    if (html.includes('press')) await widget().getByText('press').first().click()
    await page.waitForTimeout(100)
    expect(ran).toBe(0)
    expect(left).toEqual([])
    expect(await widget().innerHTML()).not.toMatch(
      /\bon\w+=|javascript:|<(script|iframe|use|object|embed|base|meta)\b/i,
    )
    expect(page.url()).toMatch(new RegExp(`^${gateway.url}/(#|$)`))
  })

  test('styles, SVG and links stay', async () => {
    await open(
      `<style>.mine { color: rgb(1, 2, 3) }</style><p class="mine" style="margin: 0">styled</p>
       <svg viewBox="0 0 9 9" role="img" aria-label="chart"><title>t</title><circle r="3" fill="red" /></svg>
       <a href="https://docs.aws.amazon.com/" target="_blank">docs</a><details><summary>s</summary>d</details>`,
    )
    expect(
      await widget()
        .getByText('styled')
        .evaluate((node) => getComputedStyle(node).color),
    ).toBe('rgb(1, 2, 3)')
    expect(await widget().locator('circle').getAttribute('r')).toBe('3')
    expect(await widget().getByRole('link').getAttribute('target')).toBe('_blank')
    expect(await widget().locator('summary').count()).toBe(1)
  })

  test('takes attributes with it that could end a comment or an element, and names that a document has', async () => {
    await open(
      `<input name="title"><input name="messageId" value="a --&gt; b">
       <b>b</b><cwdb-action confirmation="Replay &lt;/title&gt;?" display="popup">x</cwdb-action>`,
    )
    expect(
      await widget()
        .locator('input')
        .evaluateAll((fields) => fields.map(({ outerHTML }) => outerHTML)),
    ).toEqual(['<input>', '<input name="messageId">'])
    expect(await widget().locator('[confirmation]').count()).toBe(0)
  })

  test('loads nothing from elsewhere', async () => {
    const left: string[] = []
    page.on('requestfinished', (request) => {
      if (!request.url().startsWith(gateway.url) && !request.url().startsWith('data:')) left.push(request.url())
    })
    await open(
      `<style>@import url("${gateway.url.replace('127.0.0.1', 'localhost')}/cloudwatch/page.css");</style>
       <img alt="" src="${gateway.url.replace('127.0.0.1', 'localhost')}/cloudwatch/page.css">`,
    )
    expect(left).toEqual([])
  })
})

describe('a page of another origin', () => {
  const ATTACKS = {
    'sends plain text': `fetch(target, { method: 'POST', mode: 'no-cors', body: '{}' })`,
    'sends JSON': `fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })`,
    'sends JSON as a Blob': `fetch(target, { method: 'POST', mode: 'no-cors', body: new Blob(['{}'], { type: 'application/json' }) })`,
    'sends a form': `const form = document.createElement('form')
      Object.assign(form, { method: 'post', enctype: 'text/plain', action: target })
      const field = document.createElement('input')
      Object.assign(field, { type: 'hidden', name: '{"a":"', value: '"}' })
      form.append(field)
      document.body.append(form)
      form.submit()`,
  }

  test.each(Object.entries(ATTACKS))('%s has no effect', async (_, attack) => {
    const foreign = await startGateway(
      [
        {
          key: 'GET /',
          invoke: async () => ({
            statusCode: 200,
            headers: { 'content-type': 'text/html' },
            body: `<body><script>const target = '${gateway.url}/console/probe'; ${attack}</script></body>`,
          }),
        },
      ],
      0,
    )
    page.removeAllListeners('pageerror')
    const tried = page.waitForEvent('request', (request) => request.url().startsWith(gateway.url))
    await page.goto(foreign.url)
    await tried
    await page.waitForLoadState('networkidle')
    await foreign.stop()
    expect(events).toEqual([])
  })
})

describe('the look', () => {
  const CONTENT = `<h2>Heading</h2><p>Text with a <a href="https://docs.aws.amazon.com/">link</a>.</p>
    <table><thead><tr><th>Provider</th><th>Age</th></tr></thead><tbody><tr><td>octopush</td><td>3 min</td></tr></tbody></table>
    <pre tabindex="0">${'a long raw body '.repeat(40)}</pre>
    <label>Id <input name="messageId"></label> <select name="provider" aria-label="Provider"><option>all</option></select>
    <button class="btn btn-primary">Find</button><cwdb-action display="popup"><h1>Popup</h1></cwdb-action>
    <button class="btn">Drop</button><cwdb-action confirmation="Sure?">dropped</cwdb-action>`

  test.each(['light', 'dark'])('has no serious accessibility fault, also in its dialogs (%s)', async (theme) => {
    await open(CONTENT)
    answer = () => CONTENT
    if (theme === 'dark') await page.getByRole('checkbox', { name: 'Dark' }).check()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await expect.poll(() => events.at(-1)?.widgetContext.theme).toBe(theme)
    await settled()
    expect(await seriousFaults(page)).toEqual([])
    await widget().getByRole('button', { name: 'Find' }).click()
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await widget().getByRole('button', { name: 'Drop' }).click()
    expect(await seriousFaults(page)).toEqual([])
  })

  test('of buttons and tables is CloudWatch’s, unless an element says no', async () => {
    const tableOf = () =>
      widget()
        .locator('table')
        .evaluate((node) => getComputedStyle(node).borderCollapse)
    await open(CONTENT)
    expect(await tableOf()).toBe('collapse')
    answer = () => `${CONTENT}<div class="cwdb-no-default-styles"></div>`
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.locator('.cwdb-no-default-styles').waitFor({ state: 'attached' })
    expect(await tableOf()).toBe('separate')
  })

  test('puts widgets where the dashboard has them', async () => {
    await open('')
    const [left, right] = await Promise.all([widget().boundingBox(), widget('Quiet').boundingBox()])
    expect(left?.y).toBe(right?.y)
    expect(left?.width).toBe(right?.width)
    expect(right?.x).toBeGreaterThan((left?.x ?? 0) + (left?.width ?? 0))
    await page.setViewportSize({ width: 400, height: 800 })
    expect((await widget('Quiet').boundingBox())?.y).toBeGreaterThan((await widget().boundingBox())?.y ?? 0)
  })
})
