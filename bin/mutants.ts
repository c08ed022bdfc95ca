import { run, script } from './script.ts'

const options = script(
  'mutants',
  'Plants known bugs, each alone in a copy of the project, and sees that a test finds it.',
)
  .option('--only <ids>', 'ids of bugs, with commas between them')
  .parse()
  .opts<{ only?: string }>()

await run(async () => {
  const [{ PLANTED_BUGS }, { plantAll }] = await Promise.all([
    import('../laboratory/planted-bugs.ts'),
    import('../laboratory/plant.ts'),
  ])
  const wanted = options.only?.split(',')
  const unknown = wanted?.filter((id) => !PLANTED_BUGS.some((bug) => bug.id === id)) ?? []
  if (unknown.length > 0) throw new Error(`there is no bug ${unknown.join(', ')} in laboratory/planted-bugs.ts`)
  const bugs = PLANTED_BUGS.filter(({ id }) => wanted?.includes(id) ?? true)

  let done = 0
  const harvest = await plantAll(bugs, ({ id, result, seconds }) =>
    console.log(
      `${String(++done).padStart(4)} of ${bugs.length}  ${result.padEnd(14)}  ${id}, ${Math.round(seconds)} s`,
    ),
  )
  console.log('')
  for (const { id, bug, result, suite, by } of harvest)
    console.log([id.padEnd(22), result.padEnd(14), suite.padEnd(6), bug, by].join('  '))
  const count = (wanted: string) => harvest.filter(({ result }) => result === wanted).length
  const stale = count('does not apply')
  console.log(
    `\n${count('killed')} killed, ${count('survived')} survived${stale > 0 ? `, ${stale} do not apply any more` : ''}`,
  )
  return count('killed') === bugs.length ? 0 : 1
})
