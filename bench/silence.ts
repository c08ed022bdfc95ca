/** Lets nothing that `act` prints through; it is put into words all the same. */
export async function silently<T>(act: () => Promise<T>): Promise<T> {
  const write = process.stdout.write
  process.stdout.write = () => true
  try {
    return await act()
  } finally {
    process.stdout.write = write
  }
}
