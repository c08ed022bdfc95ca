const MAX_CHARACTERS = 20_000
const PATIENCE = 3_000

/** Gives the text at a URL, undefined where there is none. Rejects where the host cannot be reached. */
export type FetchText = (url: string) => Promise<string | undefined>

/** The text at a URL that is known to be a provider's: no redirect is followed, and what is too long is cut off. */
export async function fetchText(url: string): Promise<string | undefined> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) })
  if (response.ok) return (await response.text()).slice(0, MAX_CHARACTERS)
  if (response.status < 500 && response.status !== 429) return undefined
  throw new Error(`${new URL(url).host}: expected a certificate or keys, got ${response.status}`)
}
