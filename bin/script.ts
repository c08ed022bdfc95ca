import { Command, InvalidArgumentError } from 'commander'

/** The command line of an npm script: `--help`, and an error for unknown options. */
export const script = (name: string, description: string): Command =>
  new Command(name === 'start' ? 'npm start --' : `npm run ${name} --`)
    .description(description)
    .showHelpAfterError('(--help shows the options)')

/**
 * Reads an option that is a whole number.
 *
 * @throws InvalidArgumentError outside of the bounds, which are included.
 */
export const wholeNumber =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= least && number <= most) return number
    const bounds = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`
    throw new InvalidArgumentError(`Expected a whole number ${bounds}.`)
  }

/** Runs a script to its exit code, 0 where it gives none; an error that is meant for people is one line and exit code 1. */
export async function run(act: () => Promise<number | undefined> | Promise<void>): Promise<never> {
  try {
    process.exit((await act()) ?? 0)
  } catch (error) {
    fail(error as Error)
  }
}

/** Ends with an error as one line; with its stack where it is a mistake in the code, such as a TypeError. */
export function fail(error: Error, prefix = ''): never {
  console.error(error.name === 'Error' ? `${prefix}${error.message}` : error)
  process.exit(1)
}
