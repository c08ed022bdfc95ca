// Loads a bundle, waits until it is ready and invokes its handler, as Lambda does; tells when, in milliseconds since the process began.
const [, , bundle, event, invocations, start] = process.argv
async function run() {
  const found = { import: 0 }
  if (bundle) {
    require(bundle)
    found.import = performance.now()
    const { handler } = start ? await import(start) : require(bundle)
    const warm = []
    for (let index = 0; index < Number(invocations); index++) {
      const start = performance.now()
      await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 30_000 })
      if (index === 0) {
        found.send = performance.now()
        found.first = performance.now() - start
      } else warm.push(performance.now() - start)
    }
    found.warm = warm.sort((a, b) => a - b)[warm.length >> 1]
  } else found.import = found.send = performance.now()
  process.send(found, () => process.exit())
}
run()
