import { readFileSync } from 'node:fs'

/**
 * The bytes of a file; `-` is the standard input.
 *
 * @throws Error in one line, with the file's name, where it cannot be read.
 */
export function readInput(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new Error(`${file}: ${code === 'ENOENT' ? 'no such file' : message}`, { cause })
  }
}
