import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { buildSync } from 'esbuild'
import type { Dashboard } from './cloudwatch/dashboard.ts'
import type { GatewayRoute } from './gateway.ts'
import { invoke, type LocalFunction } from './invoke.ts'
import { isSameOrigin, onlyLocal } from './same-origin.ts'

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types dompurify',
].join('; ')

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/**
 * The routes of a page that plays a CloudWatch dashboard: `GET /`, what it consists of, and `POST /console/{function}`, by which
 * it calls the functions; a function is called by the last segment of an endpoint's ARN.
 */
export function consoleRoutes(console: {
  dashboard: Dashboard
  functions: Readonly<Record<string, LocalFunction>>
}): GatewayRoute[] {
  const { dashboard, functions } = console
  const routes = {
    'GET /': async () => asset('text/html', read('page.html')),
    'GET /cloudwatch/page.css': async () => asset('text/css', read('page.css') + read('widget.css')),
    'GET /cloudwatch/player.js': async () => asset('text/javascript', player()),
    'GET /cloudwatch/dashboard.json': async () => asset('application/json', JSON.stringify(dashboard)),
    'POST /console/{function}': (event: APIGatewayProxyEventV2) => callFunction(functions, event),
  }
  return Object.entries(routes).map(([key, answer]) => ({
    key,
    invoke: onlyLocal(answer),
  }))
}

async function callFunction(functions: Readonly<Record<string, LocalFunction>>, event: APIGatewayProxyEventV2) {
  // Bodies of this type, and no others, cannot be sent by a page of another origin without its asking first.
  if (event.headers['content-type'] !== 'application/json') return refusal(415, 'expected application/json')
  if (!isSameOrigin(event)) return refusal(403, 'expected a page of this server')
  const name = event.pathParameters?.function ?? ''
  const called = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (called === undefined) return refusal(404, `Function not found: ${name}`)
  const parsed = parse(event.body)
  if (parsed === undefined) return refusal(400, 'expected a JSON object')
  const { failed, payload } = await invoke(called, parsed)
  return asset('application/json', payload, failed ? { 'x-amz-function-error': 'Unhandled' } : {})
}

function parse(body = ''): object | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined
  } catch {
    return undefined
  }
}

const asset = (type: string, body: string, headers = {}): APIGatewayProxyStructuredResultV2 => ({
  statusCode: 200,
  headers: { ...HEADERS, ...headers, 'content-type': `${type}; charset=utf-8` },
  body,
})

const refusal = (statusCode: number, message: string): APIGatewayProxyStructuredResultV2 => ({
  ...asset('application/json', JSON.stringify({ message })),
  statusCode,
})

const fileOf = (name: string) => fileURLToPath(new URL(`cloudwatch/${name}`, import.meta.url))

const read = (name: string) => readFileSync(fileOf(name), 'utf8')

let bundle: string | undefined

/** The page's script with all that it imports, built when it is first asked for. */
function player(): string {
  const options = { bundle: true, write: false, format: 'esm', target: 'es2024', legalComments: 'inline' } as const
  bundle ??= buildSync({ entryPoints: [fileOf('player.ts')], ...options }).outputFiles[0]?.text ?? ''
  return bundle
}
