/** Who calls back: a provider and, of several accounts with it, which one; null for the one without a name. */
export interface Source {
  provider: string
  account: string | null
}

/** What an account may be called: it stands in a URL, in keys and in names of resources. */
export const ACCOUNT = /^[a-z][a-z0-9]{0,30}$/

/** The name of a source, `provider` or `provider/account`: it stands wherever the records of one account are meant. */
export const sourceName = ({ provider, account }: { provider: string; account?: string | null | undefined }): string =>
  account ? `${provider}/${account}` : provider

/** The source that a name stands for. */
export function sourceOf(name: string): Source {
  const [provider = '', account = null] = name.split('/', 2)
  return { provider, account }
}

/** The ids of the providers that names stand for, each once. */
export const providersOf = (names: readonly string[]): string[] => [
  ...new Set(names.map((name) => sourceOf(name).provider)),
]

/** Whether a name can stand for a source of one of these providers, also one that the stage no longer has. */
export function isSource(name: string, providers: readonly string[]): boolean {
  const [provider = '', account, ...rest] = name.split('/')
  return providers.includes(provider) && rest.length === 0 && (account === undefined || ACCOUNT.test(account))
}

/** What the resources of a provider, or of one of its accounts, are called: `Twilio`, `TwilioAccountEu`. */
export function resourceName(source: string): string {
  const { provider, account } = sourceOf(source)
  return account === null ? capital(provider) : `${capital(provider)}Account${capital(account)}`
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
