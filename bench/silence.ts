/** Discards what `act` prints; it is formatted all the same. */
export async function silently<T>(act: () => Promise<T>): Promise<T> {
  const write = process.stdout.write
  process.stdout.write = () => true
  try {
    return await act()
  } finally {
    process.stdout.write = write
  }
}
