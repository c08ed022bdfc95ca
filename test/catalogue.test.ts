import { expect, test } from 'vitest'
import { providers } from '../functions/providers/index.ts'
import { describe, tableOf } from '../local/catalogue.ts'

const PAGE = `# Providers

What each provider of the catalogue reports, as its examples and its table show. This page is generated:
\`npx vitest run test/catalogue.test.ts -u\` writes it again.

- **proof**: how a callback proves where it comes from. A shared key comes in the header \`X-API-KEY\`, as the password of HTTP Basic, as a
  Bearer token, or as \`?key=\` in the URL.
- **key**: yours is made by the stack, and you give it to the provider. Any other is the provider's: put it into the secret as \`current\`.
- **several in one**: one callback may report several messages or recipients.
- **own reference**: the provider passes your own id of a message through. Where it does not, add \`?reference=<your id>\` to the
  callback URL of a message, if the provider lets you set one; else say it with an [expectation](reading.md#expectations).
- **time**: callbacks say when something happened. Where they do not, \`occurredAt\` is null, and \`receivedAt\` is all that is known.
- **evidence**: A, the provider's own documents were read; B, the code of an SDK or of a user of it; C, from memory.
- **example**: a fixture is the example of the provider's own document or SDK, but for blanks and placeholders.
- **signature**: a signature that the provider, its document or its SDK publishes is one of our tests; none where it does not sign, or
  publishes no signature.
- **error codes**: how much of the published list the mapping tells apart; none where no list is published, or the words alone say enough.

\`npm run ledger -- providers\` prints this in a terminal, and with \`--json\` all of it.

`

test('docs/providers.md is the catalogue', async () => {
  const descriptions = await Promise.all(providers.map(describe))
  await expect(`${PAGE}${tableOf(descriptions)}\n`).toMatchFileSnapshot('../docs/providers.md')
})

test('every provider reports at least how a message got through', async () => {
  for (const provider of providers) {
    const { statuses, callbacks } = await describe(provider)
    expect(statuses, provider.id).toContain('delivered')
    expect(callbacks, provider.id).not.toEqual([])
  }
})
