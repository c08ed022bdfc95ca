import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runLaboratory } from '../laboratory/laboratory.ts'
import { copySources } from '../local/sources.ts'

const SOURCES = ['functions', 'laboratory', 'local', 'package.json', 'tsconfig.json']

/** What somebody might break, and what the laboratory says then. */
const MISTAKES = [
  {
    name: 'rows that were not written are not tried again',
    file: 'functions/worker/worker.ts',
    code: /^.*job\.failure = job\.rows\.find.*$/m,
    mistake: '',
    finding: 'ledger: missing',
  },
  {
    name: 'acknowledged before the write',
    file: 'functions/worker/worker.ts',
    code: 'await insertRows(',
    mistake: 'void insertRows(',
    finding: 'ledger: missing',
  },
  {
    name: 'a key without order, status and digest',
    file: 'functions/domain/key.ts',
    code: /#\$\{sortableInteger\(order\)\}#\$\{providerStatus\}#\$\{digest\(record\)\}/,
    mistake: '',
    finding: 'ledger: missing',
  },
  {
    name: 'an error of the queue swallowed',
    file: 'functions/platform/queue.ts',
    code: /throw unavailable\('The queue.*$/m,
    mistake: 'void cause',
    finding: 'ledger: missing',
  },
  {
    name: 'keys compared by their beginning',
    file: 'functions/domain/proof/proof.ts',
    code: "timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'))",
    mistake: 'b.startsWith(a)',
    finding: 'with a key that is half',
  },
]

/** All that is found in up to three runs: what needs a coincidence may not show in the first. */
async function search(root: string, finding: string): Promise<string> {
  const found: string[] = []
  for (let seed = 1; seed <= 3 && !found.join().includes(finding); seed++) {
    const { violations } = await runLaboratory({ seed, rate: 150, callbacks: 1_500, seconds: 10, root })
    found.push(...violations)
  }
  return found.join('\n')
}

test.concurrent.each(MISTAKES)(
  'the laboratory finds: $name',
  { timeout: 300_000 },
  async ({ file, code, mistake, finding }) => {
    const root = mkdtempSync(join(tmpdir(), 'delivery-ledger-mistake-'))
    try {
      copySources(root, SOURCES)
      const source = readFileSync(join(root, file), 'utf8')
      const broken = source.replace(code, mistake)
      expect(broken).not.toBe(source)
      writeFileSync(join(root, file), broken)
      expect(await search(root, finding)).toContain(finding)
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  },
)
