/** A mistake that a developer might make, and the tests that must detect it by the behaviour of the program. */
export interface PlantedBug {
  id: string
  /** What is wrong then. */
  bug: string
  file: string
  /** A text that stands in the file exactly once, and what takes its place. */
  old: string
  new: string
  /** Who has to see it: `npm test` or `npm run faults`. */
  suite: 'test' | 'faults'
  /** The test files that see it first, where it is for `npm test`. */
  tests?: readonly string[]
}

const [AUTHENTICATION, WORKER, LEDGER, QUARANTINE, PIPELINE, HANDLERS, FIXTURES, KEY, STANDING, UPGRADE, SECRETS] = [
  'authentication',
  'worker',
  'ledger',
  'quarantine',
  'pipeline',
  'handlers',
  'providers',
  'domain/key',
  'domain/standing',
  'upgrade',
  'secrets',
].map((name) => `test/${name}.test.ts`) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
]

const inTests = (
  file: string,
  tests: string | string[],
  bugs: Record<string, [bug: string, old: string, changed: string]>,
) =>
  Object.entries(bugs).map(
    ([id, [bug, old, changed]]): PlantedBug => ({
      id,
      bug,
      file,
      old,
      new: changed,
      suite: 'test',
      tests: [tests].flat(),
    }),
  )

const inFaults = (file: string, bugs: Record<string, [bug: string, old: string, changed: string]>) =>
  inTests(file, [], bugs).map(({ tests, ...bug }): PlantedBug => ({ ...bug, suite: 'faults' }))

/** Each is planted alone by `npm run mutants`; a test sees that each still applies. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...inTests('functions/worker/worker.ts', WORKER, {
    'first-row': [
      'only the first row of a callback decides whether it failed',
      "job.rows.find(({ row }) => row.fate === 'failed')?.row.cause",
      "job.rows.slice(0, 1).find(({ row }) => row.fate === 'failed')?.row.cause",
    ],
    'first-batch': [
      'failures after the 25th row of a callback are forgotten',
      "job.rows.find(({ row }) => row.fate === 'failed')?.row.cause",
      "job.rows.slice(0, 25).find(({ row }) => row.fate === 'failed')?.row.cause",
    ],
    'last-row': [
      'the last row of a callback does not decide whether it failed',
      "job.rows.find(({ row }) => row.fate === 'failed')?.row.cause",
      "job.rows.slice(0, Math.max(1, job.rows.length - 1)).find(({ row }) => row.fate === 'failed')?.row.cause",
    ],
    'replay-failed': [
      'a replay leaves quarantine although its rows failed',
      'jobs.filter((job) => !job.failure && mayBeQuarantined(job) && !bad.includes(job))',
      'jobs.filter((job) => mayBeQuarantined(job) && !bad.includes(job))',
    ],
    'released-first': [
      'a replay leaves quarantine before its rows are stored',
      '    await insertRows(ledger,',
      `    await release(
      table,
      jobs.filter(({ callback, normalized }) => callback.replay && normalized.problems.length === 0).map(({ callback }) => quarantineId(callback)),
    )
    await insertRows(ledger,`,
    ],
    'not-shared': [
      'a callback does not share the rows of the one before it in its batch',
      'shared.push({ row, path })',
      'if (known === undefined) shared.push({ row, path })',
    ],
    'always-recorded': [
      'duplicates are counted as recorded',
      "progress.stored.length > 0 ? 'recorded' : 'duplicate'",
      "'recorded'",
    ],
    'refused-row': [
      'a callback of which DynamoDB refuses a row is not quarantined',
      "(fate === 'refused' ? reasonAt(path, cause) : [])",
      '[]',
    ],
    'latest-arrival': [
      'of equal facts in a batch the latest arrival is kept',
      'record.receivedAt < row.record.receivedAt',
      'record.receivedAt > row.record.receivedAt',
    ],
    'never-released': [
      'a replay that succeeds stays in quarantine',
      '&& mayBeQuarantined(job) &&',
      '&& !job.callback.provider &&',
    ],
    'not-returned': [
      'nothing goes back to the queue',
      'failed.map(({ message }) => ({ itemIdentifier: message.messageId }))',
      '[]',
    ],
  }),
  ...inTests('functions/platform/ledger.ts', [LEDGER, WORKER], {
    'gives-up': [
      'rows of a partly written batch that still fail are taken for duplicates',
      'const left = await untilNothingLeft(batch, step, { deadline, isThrottled })',
      `const left = await untilNothingLeft(batch, step, { deadline, isThrottled })
  if (left.length < batch.length) for (const row of left) row.fate = 'duplicate'`,
    ],
    overwritten: [
      'the last write of a key wins',
      `const { Responses = [] } = await ledger.client.send(new BatchExecuteStatementCommand({ Statements }))`,
      `const { BatchWriteItemCommand } = await import('@aws-sdk/client-dynamodb')
    const { itemOf } = await import('./item.ts')
    if (Statements.length > 0)
      await ledger.client.send(
        new BatchWriteItemCommand({ RequestItems: { [ledger.name]: rows.map(({ record, values: [pk, sk] }) => ({ PutRequest: { Item: { ...itemOf(record), pk, sk } } })) } }),
      )
    const Responses: BatchStatementResponse[] = rows.map(() => ({}))`,
    ],
    'unanswered-is-stored': [
      'a row that the answer does not mention is taken for stored',
      "{ Error: { Code: 'InternalServerError' } }\n",
      '{}\n',
    ],
    'spoiled-request': [
      'one row that DynamoDB refuses takes the others of its request with it',
      'REFUSALS.has(name) && rows.length > 1',
      'REFUSALS.has(name) && rows.length > 1_000',
    ],
  }),
  ...inTests('functions/platform/table.ts', WORKER, {
    'expires-in-milliseconds': [
      'rows of a ledger with a retention never expire',
      'Math.floor(now / 1000) + days',
      'now + days',
    ],
    'four-throttles': ['a throttled partition is tried four times', 'if (!isThrottled(left)) failed++', 'failed++'],
    'never-throttled': [
      'no error of DynamoDB is taken for throttling',
      '/Throttl|ThroughputExceeded|RequestLimitExceeded/.test(code)',
      "code === 'never'",
    ],
  }),
  ...inTests('functions/platform/quarantine.ts', QUARANTINE, {
    'head-first': [
      'the head of an item is written before its body',
      '  await writeParts(\n    table,\n    puts.flatMap(({ parts }) => parts),\n    deadline,\n  )\n',
      "  const writing = () => writeParts(table, puts.flatMap(({ parts }) => parts), deadline)\n  await changeHeads(table, puts, ({ id, head }) => table.client.send(new UpdateItemCommand({ ...headKey(table, id), ...assignmentOf(head), ReturnValues: 'ALL_OLD' })), deadline)\n  await writing()\n",
    ],
    'own-body': [
      'an item whose write was answered late loses its body',
      'if (old && old.key !== item.head?.body.key) bodies.push(old)',
      'if (old) bodies.push(old)',
    ],
    'parts-stay': ['a release leaves the body', 'await deleteBodies(table, bodies, deadline)', ''],
    'nine-days': ['quarantine ends after nine days', '90 * 24 * 60 * 60', '9 * 24 * 60 * 60'],
    'expired-hides': [
      'what has expired hides what is behind it',
      'end !== undefined && heads.length <= limit',
      'end === before',
    ],
    'page-too-large': [
      'a page of the quarantine is larger than a Lambda may answer',
      'bytes > MAX_PAGE_BYTES && index > 0',
      'bytes < 0',
    ],
  }),
  ...inTests('functions/platform/quarantine-body.ts', QUARANTINE, {
    unprocessed: [
      'what DynamoDB leaves unprocessed of a body is forgotten',
      'return UnprocessedItems?.[name] ?? []',
      'return UnprocessedItems?.nothing ?? []',
    ],
    'same-partition': [
      'a body that is written again has the rows of the one before',
      "randomBytes(8).toString('hex')",
      "randomBytes(8).toString('hex').slice(0, 0)",
    ],
  }),
  ...inTests('functions/platform/queue.ts', [PIPELINE, 'test/faults.test.ts'], {
    'error-swallowed': [
      'a receiver takes what it could not queue',
      "throw unavailable('The queue cannot be reached; send it again.', cause)",
      'void cause',
    ],
    characters: ['a queue message is measured in characters', 'Buffer.byteLength(text)', 'text.length'],
    'bare-500': [
      'receivers answer 500 while the queue cannot be reached',
      "throw unavailable('The queue cannot be reached; send it again.', cause)",
      'throw cause',
    ],
  }),
  ...inTests('functions/platform/history.ts', PIPELINE, {
    'cut-page': [
      'a delivery that a page cuts stands where the page ends',
      'isCut ? await readAll(table, messageKey(asked.source, asked.messageId), prefix) : rows',
      'rows',
    ],
    'last-page': ['a history ends after its first page', 'LastEvaluatedKey?.sk?.S ?? null', 'null'],
  }),
  ...inTests('functions/platform/history.ts', 'test/reading.test.ts', {
    'expired-served': [
      'records that have expired are served until they are deleted',
      "'attribute_not_exists(expiresAt) OR expiresAt > :now'",
      "'attribute_not_exists(expiresAt) OR expiresAt > :now OR attribute_exists(receivedAt)'",
    ],
  }),
  ...inTests('functions/query/parameters.ts', PIPELINE, {
    'any-cursor': ["another query's cursor is taken", '[...query, position]', '[position]'],
    'made-up-cursor': ['a made-up cursor is taken', 'encodeCursor(query, position) !== cursor', "position === ''"],
  }),
  ...inTests('functions/platform/counts.ts', 'test/counts.test.ts', {
    'accepted-again': [
      'a replay counts as accepted again',
      'if (!isFirst(outcome)) return',
      "if (result === ('none' as string)) return",
    ],
    'returned-uncounted': [
      'what a callback stores before it goes back to the queue is not counted',
      '...unfinished.filter(({ stored }) => stored.length > 0)',
      '...unfinished.filter(() => false)',
    ],
  }),
  ...inTests('functions/platform/ledger.ts', 'test/counts.test.ts', {
    'own-duplicate': [
      'a row is a duplicate of itself where the answer to its write was lost',
      "fate: isInDoubt ? 'recorded' : 'duplicate'",
      "fate: 'duplicate'",
    ],
  }),
  ...inTests('functions/platform/secrets.ts', [SECRETS, HANDLERS], {
    'never-refreshed': [
      'the first secret is kept for ever',
      'return now() - readAt < MAX_AGE ? last : read().catch(() => last)',
      'return last',
    ],
    'unreadable-refuses': [
      'a caller with a new key is refused while the secret cannot be read',
      'now() - readAt < MIN_AGE ? known : read()',
      'now() - readAt < MIN_AGE ? known : read().catch(() => known as Secret)',
    ],
  }),
  ...inTests('functions/platform/problem.ts', HANDLERS, {
    instance: [
      'the instance of a problem is not the request id',
      'instance: request.event.requestContext.requestId',
      "instance: 'urn:problem:00000000'",
    ],
  }),
  ...inTests('functions/worker/handler.ts', HANDLERS, {
    zones: ['the deployed worker forgets its time zones', "process.env.TIME_ZONES ?? '{}'", "'{}'"],
    retention: [
      'the deployed worker forgets its retention',
      'Number(process.env.LEDGER_RETENTION_DAYS) || undefined',
      'undefined',
    ],
  }),
  ...inTests('functions/receiver/receiver.ts', [PIPELINE, 'test/faults.test.ts'], {
    base64: ['a receiver forgets that a body is in base64', "isBase64Encoded ? 'base64' : 'utf8'", "'utf8'"],
    'answered-first': [
      'a receiver answers before the callback is queued',
      'await enqueue(queue, callback)',
      'void enqueue(queue, callback).catch(() => {})',
    ],
  }),
  ...inTests('functions/domain/callback.ts', [PIPELINE], {
    'no-query': ['the query is lost', 'withoutParameters(queryOf(url), withheld.query ?? [])', "''"],
  }),
  ...inTests('functions/domain/request.ts', [PIPELINE], {
    'key-kept': ['the key stays in the query that is kept', 'names.includes(name)', 'name.length < 0'],
  }),
  ...inTests('functions/domain/proof/proof.ts', [AUTHENTICATION, HANDLERS, 'test/domain/proof.test.ts'], {
    'any-case': [
      'keys and signatures are compared whatever their case',
      "timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'))",
      "timingSafeEqual(hash('sha256', a.toLowerCase(), 'buffer'), hash('sha256', b.toLowerCase(), 'buffer'))",
    ],
    'current-alone': [
      'the previous key is refused',
      'const expected = [current, previous]',
      'const expected = [current]',
    ],
    'empty-key': ['a key without bytes lets anybody in', 'const MIN_KEY_BYTES = 8', 'const MIN_KEY_BYTES = 0'],
    'half-a-key': [
      'the beginning of a key is enough',
      "timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'))",
      "b.startsWith(a) && timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', a, 'buffer'))",
    ],
  }),
  ...inTests('functions/domain/timestamp.ts', 'test/domain/timestamp.test.ts', {
    'minute-without-zone': [
      'a minute of one zone is taken for that of another',
      'const name = zone + wallClock',
      'const name = wallClock',
    ],
    'wrong-sign': [
      'an offset is added instead of subtracted',
      'time - offsetOf(zone, time)',
      'time + offsetOf(zone, time)',
    ],
  }),
  ...inTests('functions/domain/key.ts', [KEY, LEDGER], {
    'digest-without-price': [
      'two prices of one fact share a key',
      '  price,\n  details,\n}: StatusRecord) {\n  const content =',
      '  price: _,\n  details,\n}: StatusRecord) {\n  const price = null\n  const content =',
    ],
    'part-unpadded': ['part 10 comes before part 2', 'sortableInteger(delivery.part)', "(delivery.part ?? '')"],
    'separator-kept': [
      'two recipients share a prefix',
      "text?.replace(/[%#]/g, encodeURIComponent) ?? ''",
      "text ?? ''",
    ],
  }),
  ...inTests('functions/domain/normalizer.ts', UPGRADE, {
    'rank-in-key': [
      'a corrected table makes a second row of a fact',
      'recordKey(record, order)',
      'recordKey(record, record.order)',
    ],
  }),
  ...inTests('functions/domain/standing.ts', STANDING, {
    backwards: [
      'a late progress takes a delivery back',
      "return kindOf(before) === 'progress'",
      "return kindOf(before) !== 'never'",
    ],
    'last-failure': [
      'a failed fallback hides a success',
      "kindOf(status) === 'success' && STATUSES",
      "kindOf(status) === 'none' && STATUSES",
    ],
  }),
  ...inTests('functions/domain/status.ts', FIXTURES, {
    'ranks-swapped': [
      'clicked comes after unsubscribed',
      'clicked: { rank: 60, final: true },\n  unsubscribed: { rank: 70',
      'clicked: { rank: 70, final: true },\n  unsubscribed: { rank: 60',
    ],
  }),
  ...inTests('functions/domain/details.ts', FIXTURES, {
    'common-wins': [
      'what one fact reports is hidden by what all report',
      '{ ...common, ...own }',
      '{ ...own, ...common }',
    ],
  }),
  ...inTests('functions/domain/json.ts', [FIXTURES, 'test/domain/callback.test.ts'], {
    rounded: [
      'long numbers are rounded',
      'LONG_NUMBER.test(text) ? JSON.parse(text, keepLongNumber) : JSON.parse(text)',
      'JSON.parse(text)',
    ],
  }),
  ...inTests('functions/providers/octopush/normalizer.ts', FIXTURES, {
    'last-entry': [
      'the last entry of a history is dropped',
      '...history].map(',
      '...history.slice(0, Math.max(1, history.length - 1))].map(',
    ],
    'current-in-history': [
      'an entry of a history is given what stands beside the current status',
      '{ unit_price, ...moment.entry }',
      '{ ...current, ...moment.entry }',
    ],
    'status-ignored': [
      'a status that has a date of a reply is ignored',
      'if (json.status || json.deliveries) return undefined',
      'if (json.deliveries) return undefined',
    ],
  }),
  ...inTests('functions/providers/octopush/provider.ts', FIXTURES, {
    london: ['Paris is read as London', "'Europe/Paris'", "'Europe/London'"],
  }),
  ...inTests('functions/providers/telesign/normalizer.ts', FIXTURES, {
    'same-code': [
      'two attempts of one code are one fact, whatever their times',
      ' &&\n  a.occurredAt === b.occurredAt',
      '',
    ],
  }),
  ...inTests('functions/platform/projection.ts', 'test/projection.test.ts', {
    'no-condition': [
      'the last write of a delivery wins, however few rows it has read',
      '#latestAt < :latestAt OR (',
      '#latestAt < :latestAt OR #latestAt >= :latestAt OR (',
    ],
    'never-again': [
      'a delivery whose follower ended after the write is not followed again',
      '#records <= :records)',
      '#records < :records)',
    ],
    'read-once': [
      'an expectation that is stated meanwhile is missed',
      "if (before === 'newer' || !isLatest) continue",
      "if (before === 'newer') continue",
    ],
  }),
  ...inTests('functions/platform/overdue.ts', 'test/sweep.test.ts', {
    'overdue-twice': [
      'a delivery is found overdue again and again',
      'dueAt <= :now AND attribute_not_exists(overdueSince)',
      'dueAt <= :now',
    ],
  }),
  ...inFaults('functions/platform/publishing.ts', {
    'failed-entries': [
      'what a topic fails in an answer that says 200 is forgotten',
      'failures.get(index)?.isRefused === false',
      'failures.get(index)?.isRefused === null',
    ],
  }),
  ...inFaults('functions/platform/telling.ts', {
    'told-never': [
      'a batch of which events were not published does not come again',
      'if (waiting > 0) throw',
      'if (waiting < 0) throw',
    ],
  }),
  ...inFaults('functions/publisher/publisher.ts', {
    'told-when-new': [
      'a change is told of new deliveries alone',
      '...(isElsewhere(before, now.summary) &&',
      '...(before === undefined &&',
    ],
  }),
  ...inTests('functions/platform/telling.ts', 'test/events.test.ts', {
    'one-for-all': [
      'an outlet that is away stops the others',
      'const isGivenUp = isAnyWhole && !isThrottled',
      'const isGivenUp = false',
    ],
  }),
  ...inTests('functions/domain/turn.ts', ['test/domain/turn.test.ts', 'test/republish.test.ts'], {
    'turn-as-it-stands': [
      'what came later and changed nothing gives a republished event another id',
      'if (isElsewhere(before, now)) return',
      'if (before !== now) return',
    ],
  }),
  ...inTests('functions/follower/follower.ts', 'test/follower.test.ts', {
    'not-parked': ['what cannot be followed is forgotten', 'if (failed.length > 0) {', 'if (failed.length < 0) {'],
  }),
  ...inTests('functions/platform/webhook.ts', 'test/webhook.test.ts', {
    'redirect-taken': ['a redirect counts as delivered', 'statusCode < 300', 'statusCode < 400'],
    'any-certificate': ['any certificate is trusted', 'rejectUnauthorized: true', 'rejectUnauthorized: false'],
    'upgrade-waits': [
      'a connection that another protocol takes over is waited for, without end',
      ".once('close', () => reject(new Closed()))",
      '',
    ],
  }),
  ...inTests('functions/platform/webhook-address.ts', 'test/webhook.test.ts', {
    'some-public': [
      'a name is connected to where only one of its addresses is public',
      'addresses.every((',
      'addresses.some((',
    ],
    'mapped-address': [
      'an IPv4 address inside of an IPv6 one is public',
      'ipaddr.process(address)',
      'ipaddr.parse(address.replace(/^::ffff:(?=\\d+\\.)/, "2600::"))',
    ],
  }),
  ...inTests('functions/platform/sending.ts', 'test/sender.test.ts', {
    'never-expires': [
      'an event that nobody takes for 14 days is deleted by SQS',
      '!isWorthwhile(sentAt, delay, now())',
      'false',
    ],
    'lost-letter': [
      'an event counts as set aside that the dead-letter queue did not take',
      'for (const { Id } of Successful) moved.add(batch[Number(Id)] as Waiting)\n    } catch (error) {',
      'for (const { Id } of Successful) moved.add(batch[Number(Id)] as Waiting)\n    } catch (error) {\n      for (const message of batch) moved.add(message)',
    ],
    'retry-after-ignored': [
      'an endpoint that asks for a pause is sent to by the schedule',
      'job.answer?.retryAfter, random()',
      'undefined, random()',
    ],
  }),
  ...inTests('functions/sender/sender.ts', 'test/sender.test.ts', {
    'sends-while-paused': [
      'a paused endpoint is sent to',
      "if (state === 'paused')",
      "if (state !== 'flowing' && state !== 'paused')",
    ],
  }),
  ...inTests('functions/platform/endpoints.ts', 'test/sender.test.ts', {
    'failures-forever': [
      'a success does not end a row of failures',
      'failures = :none, lastSuccessAt',
      'lastSuccessAt',
    ],
    'operator-overruled': [
      'a probe resumes what an operator has paused',
      'attribute_not_exists(reason) OR reason <> :operator',
      'attribute_not_exists(reason) OR reason <> :operator OR reason = :operator',
    ],
  }),
  ...inTests('functions/keeper/keeper.ts', 'test/sender.test.ts', {
    'old-forgotten': [
      'what waits for a paused endpoint is deleted by SQS after 14 days',
      'if (isFullHour(startedAt)) await rescue(parts)',
      '',
    ],
  }),
  ...inTests('functions/domain/endpoint.ts', ['test/sender.test.ts'], {
    'paused-by-one-minute': [
      'a short failure pauses an endpoint',
      'failures >= FAILURES && failingSince !== null &&',
      'failures >= FAILURES || failingSince === null ||',
    ],
  }),
  ...inTests('functions/domain/standing.ts', STANDING, {
    'progress-replaces-success': [
      'progress takes the place of a success',
      "if (kindOf(next) === 'progress') return kindOf(before) === 'progress'",
      "if (kindOf(next) === 'progress') return kindOf(before) !== 'failure'",
    ],
  }),
  ...inTests('lib/pipeline.ts', 'test/lib/stack.test.ts', {
    'no-item-failures': [
      'one failure of a batch brings all of it back',
      'reportBatchItemFailures: true',
      'reportBatchItemFailures: false',
    ],
  }),
  ...inFaults('functions/worker/worker.ts', {
    'acknowledged-first': [
      'a callback is acknowledged before its rows are stored',
      'await insertRows(ledger,',
      'void insertRows(ledger,',
    ],
  }),
  ...inFaults('functions/domain/standing.ts', {
    'last-record': [
      'a delivery stands at its last record',
      'const byChannel = new Map<string | null, R>()',
      'if (history.length > 0) return history.at(-1)\n  const byChannel = new Map<string | null, R>()',
    ],
  }),
]
