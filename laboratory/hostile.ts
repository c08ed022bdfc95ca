const MEBIBYTE = 1_048_576

/** Bodies that try to break a parser, a key, a row or a log, by what they try; made of a valid payload. */
export function hostileBodies(valid: Record<string, unknown>): Record<string, Buffer> {
  const text = JSON.stringify(valid)
  const withMember = (member: string) => `${text.slice(0, -1)},${member}}`
  const nested = (levels: number) => withMember(`"nested":${'['.repeat(levels)}${']'.repeat(levels)}`)
  const members = (count: number) => Array.from({ length: count }, (_, index) => `"key${index}":1`).join(',')
  const padded = (bytes: number) => withMember(`"padding":"${'x'.repeat(bytes - text.length - 13)}"`)
  const bodies: Record<string, string | Buffer> = {
    'not UTF-8': Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]),
    'not UTF-8 in a text': Buffer.concat([
      Buffer.from(text.slice(0, -2)),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ]),
    'an overlong encoding': Buffer.concat([
      Buffer.from(text.slice(0, -2)),
      Buffer.from([0xc0, 0xaf]),
      Buffer.from('"}'),
    ]),
    'a lone surrogate': withMember('"lone":"\\ud800"'),
    'a lone surrogate as a key': withMember('"\\udfff":1'),
    'characters that SQS refuses': withMember('"refused":"\uffff\ufffe\\u0000\\u000b"'),
    'a byte order mark': `\ufeff${text}`,
    'nothing but a byte order mark': '\ufeff',
    'NUL bytes': '\0'.repeat(1_000),
    'nested 40 levels': nested(40),
    'nested 2,000 levels': nested(2_000),
    'nested 100,000 levels': nested(100_000),
    'objects nested 10,000 levels': withMember(`"nested":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
    'arrays that never end': '['.repeat(900_000),
    'a text that never ends': `"${'\\'.repeat(400_000)}`,
    'blanks and then garbage': `${' '.repeat(900_000)}x`,
    'a prototype': withMember('"__proto__":{"polluted":true}'),
    'a prototype within': withMember('"within":{"__proto__":{"polluted":true}}'),
    'a prototype by escape': withMember('"\\u005f_pr\\u006Fto__":{"polluted":true}'),
    'a constructor': withMember('"constructor":{"prototype":{"polluted":true}},"toString":1,"hasOwnProperty":null'),
    'integers beyond 2^53': withMember('"integers":[9007199254740993,-9007199254740993,12345678901234567890]'),
    'numbers beyond the doubles': withMember('"numbers":[1e400,-1e400,1e-400]'),
    "numbers beyond DynamoDB's": withMember('"numbers":[1.5e-200,1e126,1.5e307]'),
    'keys twice': `${text.slice(0, -1)},${text.slice(1)}`,
    'an empty key': withMember('"":{"":""}'),
    '50,000 keys': withMember(members(50_000)),
    'a key of 70,000 characters': withMember(`"${'k'.repeat(70_000)}":1`),
    'a record of 500,000 bytes': padded(500_000),
    'a body of nearly a mebibyte': padded(MEBIBYTE - 2_000),
    'numbers for everything': JSON.stringify(mapLeaves(valid, () => 1.5)),
    'nulls for everything': JSON.stringify(mapLeaves(valid, () => null)),
    'lists for everything': JSON.stringify(mapLeaves(valid, () => [])),
    'empty texts for everything': JSON.stringify(mapLeaves(valid, () => '')),
    'PartiQL for everything': JSON.stringify(mapLeaves(valid, (leaf) => `${leaf}'}; DELETE FROM "ledger" --`)),
    'separators for everything': JSON.stringify(mapLeaves(valid, (leaf) => `#${leaf}#/%2F %00\r\n🦄"`)),
    '3,000 characters for everything': JSON.stringify(mapLeaves(valid, (leaf) => String(leaf).padEnd(3_000, 'é'))),
    'the year 0': JSON.stringify(mapLeaves(valid, (leaf) => redate(leaf, '0000'))),
    'the year 9999': JSON.stringify(mapLeaves(valid, (leaf) => redate(leaf, '9999'))),
    'the year 10000': JSON.stringify(mapLeaves(valid, (leaf) => redate(leaf, '10000'))),
  }
  return Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, Buffer.from(body)]))
}

/** Lists of Octopush and TeleSign that blow up on the way, by provider: few bytes in, much work or many bytes out. */
export function hostileLists(): Record<string, Record<string, Buffer>> {
  const moment = '"status":"DELIVERED","delivery_date":"2025-01-22 11:46:06"'
  const list = (deliveries: string[], more = '') =>
    Buffer.from(`{"channel":"email","message_id":"list"${more},"deliveries":[${deliveries}]}`)
  const recipients = (count: number, more = '') =>
    Array.from({ length: count }, (_, index) => `{"email":"${index}@example.com",${moment}${more}}`)
  const attempts = (count: number, common = '', own = '') => {
    const code = '"code":290,"updated_on":"2020-05-04 22:07:01.226"'
    const entries = Array.from({ length: count }, (_, index) => `"c${index}":{${code}${own}}`)
    return Buffer.from(`{"reference_id":"list"${common},"status":{${code}},"channel_status":[{${entries}}]}`)
  }
  const fractions = (count: number) => `[${Array(count).fill('0.1')}]`
  const deep = `${'{"a":'.repeat(25)}0${'}'.repeat(25)}`
  const names = (count: number, value: string) =>
    Array.from({ length: count }, (_, index) => `,"callback${'_'.repeat(index)}":${value}`).join('')
  return {
    octopush: {
      '10,000 recipients': list(recipients(10_000)),
      '450,000 entries that are none': list(Array(450_000).fill('1')),
      '300,000 empty entries': list(Array(300_000).fill('{}')),
      'half a megabyte common to 5,000 recipients': list(recipients(5_000), `,"note":"${'n'.repeat(500_000)}"`),
      'a history of 15,000 moments': list([
        `{"email":"a@example.com",${moment},"status_history":[${Array(15_000).fill(`{${moment}}`)}]}`,
      ]),
      'a long list that 5,500 recipients each replace': list(recipients(5_500, ',"x":0'), `,"x":${fractions(110_000)}`),
      'few kilobytes common to 8,000 recipients': list(recipients(8_000), `,"x":${fractions(230)}`),
      'deep members in 3,000 recipients': list(recipients(3_000, `,"x":${deep}`), `,"x":${deep}`),
      '1,000 colliding names before 2,000 recipients': list(recipients(2_000, ',"callback":1'), names(1_000, '0')),
      'all names of a collision in each of 9 recipients': list(recipients(9, names(400, '1')), names(400, '0')),
    },
    telesign: {
      'a long list that 9,000 attempts each replace': attempts(9_000, `,"x":${fractions(80_000)}`, ',"x":0'),
      '12,000 attempts': attempts(12_000),
      'deep members in 3,500 attempts': attempts(3_500, `,"x":${deep}`, `,"x":${deep}`),
    },
  }
}

function mapLeaves(value: unknown, change: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((member) => mapLeaves(member, change))
  if (typeof value !== 'object' || value === null) return change(value)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapLeaves(member, change)]))
}

const redate = (leaf: unknown, year: string) => (typeof leaf === 'string' ? leaf.replace(/^\d{4}-/, `${year}-`) : leaf)
