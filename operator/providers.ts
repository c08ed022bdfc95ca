import type { Provider } from '../functions/domain/provider.ts'
import { type Description, describe } from '../local/catalogue.ts'
import { filledTable } from '../local/table.ts'
import type { Output } from './output.ts'

/** What fits on a line; `--json` has the rest. */
const COLUMNS: Record<string, (description: Description) => string> = {
  provider: ({ id }) => id,
  channels: ({ channels }) => channels.join(', '),
  proof: ({ proof }) => proof,
  reference: ({ hasReference }) => (hasReference ? 'own' : 'in the URL'),
  time: ({ hasTime }) => (hasTime ? 'yes' : 'no'),
  evidence: ({ evidence }) => evidence,
  example: ({ verified }) => verified.example,
  signature: ({ verified }) => verified.signature,
  'error codes': ({ verified }) => verified.errorCodes,
}

/** Shows the catalogue: what each provider reports, and what of its mapping was verified. It needs no stack. */
export async function listProviders(
  { print, printJson }: Pick<Output, 'print' | 'printJson'>,
  providers: readonly Provider[],
): Promise<void> {
  const descriptions = await Promise.all(providers.map(describe))
  for (const description of descriptions) printJson(description)
  print(filledTable(COLUMNS, descriptions))
}
