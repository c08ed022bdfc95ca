import { standsAt } from '../domain/standing.ts'
import type { StatusRecord } from '../domain/status.ts'
import { type Axis, axisOf } from './axis.ts'
import { cut } from './cut.ts'
import { type Html, html } from './html.ts'
import { type Clock, dateTimeOf, spanOf } from './moment.ts'
import { colourClass, shapeOf } from './palette.ts'
import { channelName, timeOf } from './sentence.ts'

/** What a timeline is drawn with. */
export interface TimelineOptions {
  /** Pixels. */
  width: number
  clock: Clock
  /** What it shows, in words. */
  title: string
  nameOf: (recipient: string) => string
}

const MAX_LANES = 12
const LANE = 46
const TOP = 8
const AXIS = 26
/** Pixels of a character, about. */
const CHARACTER = 6.6
/** Half a character of a tick's label. */
const HALF = 3.2
/** Marks whose label is tried. */
const MAX_LABELS = 60
/** Delays shorter than this are not drawn. */
const SHORT = 8
/** Marks closer to each other than this are drawn as one. */
const CLOSE = 5

/**
 * A message's life: a lane for each recipient, part and channel, a mark for each status at the provider's time, a dotted line
 * from there to when we received it; the mark where a lane stands has a halo. What was received long after it happened leaves
 * the axis to the right, with the delay.
 */
export function timelineOf(records: readonly StatusRecord[], { width, clock, title, nameOf }: TimelineOptions): Html {
  const lanes = [...Map.groupBy(records, laneOf).values()].sort((one, other) => firstOf(one) - firstOf(other))
  const shown = lanes.slice(0, MAX_LANES)
  const left = width < 500 ? 96 : 168
  const times = shown.flat().map(timeOf)
  const received = shown.flat().map(({ receivedAt }) => Date.parse(receivedAt))
  const [start, last] = [Math.min(...times), Math.max(...times)]
  const span = Math.max(last - start, 2_000)
  const isLate = Math.max(...received) > last + span
  const end = Math.max(start + span, isLate ? last : Math.max(...received))
  const margin = (end - start) * 0.04
  const right = width - (isLate ? 116 : 16)
  const axis = axisOf(start - margin, end + margin, left, right, clock)
  const height = TOP + shown.length * LANE + AXIS
  return html`<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">${axis.ticks.map(
    ({ x, label }) =>
      html`<line class="ledger-grid" x1="${px(x)}" x2="${px(x)}" y1="${TOP}" y2="${height - AXIS}"/><text class="ledger-tick" text-anchor="${x + label.length * HALF > width ? 'end' : 'middle'}" x="${px(x)}" y="${height - 9}">${label}</text>`,
  )}${shown.map((lane, index) => drawLane(lane, { y: TOP + index * LANE, left, right, width, axis, clock, nameOf }))}</svg>${
    lanes.length > MAX_LANES &&
    html`<p class="ledger-faint">${lanes.length - MAX_LANES} more lanes are not drawn; the table has them all.</p>`
  }`
}

interface Lane {
  y: number
  left: number
  right: number
  width: number
  axis: Axis
  clock: Clock
  nameOf: (recipient: string) => string
}

function drawLane(records: readonly StatusRecord[], lane: Lane): Html {
  const { y, left, right, axis } = lane
  const [record] = records
  const rail = y + 30
  const last = standsAt(records)
  const who = [
    record?.recipient == null ? null : lane.nameOf(record.recipient),
    record?.part == null ? null : `part ${record.part}`,
  ]
  const name = record?.channel == null ? 'message' : channelName(record.channel)
  const room = Math.floor((left - 14) / CHARACTER)
  const marks = [...Map.groupBy(records, (one) => Math.round(axis.at(timeOf(one)) / CLOSE)).values()]
  const labels = labelsOf(
    marks.map((close) => close.at(-1) as StatusRecord),
    lane,
  )
  return html`<text class="ledger-lane" x="2" y="${rail - 4}">${cut(name, room)}</text><text class="ledger-tick" x="2" y="${rail + 11}">${cut(who.filter(Boolean).join(' '), room)}</text><line class="ledger-rail" x1="${left - 6}" x2="${right + 6}" y1="${rail}" y2="${rail}"/>${drawLate(records, rail, lane)}${marks.map(
    (close) => drawGap(close.at(-1) as StatusRecord, rail, lane),
  )}${marks.map((close) => drawMark(close, rail, lane, last !== undefined && close.includes(last)))}${labels.map(
    ({ x, text, anchor, isLast }) =>
      html`<text class="${isLast ? 'ledger-final' : ''}" text-anchor="${anchor}" x="${px(x)}" y="${rail - 13}">${text}</text>`,
  )}`
}

/** Out of the axis, to what was received long after: one line for all of a lane, with the delay of its last. */
function drawLate(records: readonly StatusRecord[], rail: number, { axis, right, width }: Lane): Html | false {
  const late = records.filter((one) => one.occurredAt !== null && axis.at(Date.parse(one.receivedAt)) > right + 6)
  const [first, last] = [late[0], late.at(-1)]
  if (first === undefined || last === undefined) return false
  const y = rail + 9
  const [unit] = spanOf(Date.parse(last.receivedAt) - timeOf(last)).match(/^\S+ \S+/) ?? []
  return html`<line class="ledger-gap" x1="${px(axis.at(timeOf(first)))}" x2="${right + 8}" y1="${y}" y2="${y}"/><text class="ledger-tick" x="${right + 12}" y="${y + 4}">${cut(`received +${unit}`, Math.floor((width - right - 12) / 5.6))}</text>`
}

/** From when it happened to when we received it. */
function drawGap(record: StatusRecord, rail: number, { axis, left, right }: Lane): Html | false {
  if (record.occurredAt === null) return false
  const received = Date.parse(record.receivedAt)
  const [from, to] = [axis.at(timeOf(record)), Math.max(axis.at(received), left - 6)]
  const y = rail + 9
  if (to > right + 6) return false
  if (Math.abs(to - from) < SHORT) return false
  return html`<line class="ledger-gap" x1="${px(from)}" x2="${px(to)}" y1="${y}" y2="${y}"/><line class="ledger-received" x1="${px(to)}" x2="${px(to)}" y1="${y - 4}" y2="${y + 4}"/>`
}

function drawMark(records: readonly StatusRecord[], y: number, { axis, clock, nameOf }: Lane, isLast: boolean): Html {
  const record = records.at(-1) as StatusRecord
  const x = axis.at(timeOf(record))
  const title = records
    .slice(-12)
    .map((one) => titleOf(one, clock, nameOf))
    .join('\n')
  const halo = isLast && record.final && html`<circle class="ledger-halo" cx="${px(x)}" cy="${y}" r="11"/>`
  return html`<g class="${colourClass(record.status)}">${halo}${drawShape(record, px(x), y)}<title>${title}</title></g>`
}

function drawShape({ status }: StatusRecord, x: string, y: number): Html {
  const shape = shapeOf(status)
  const look = `ledger-mark ledger-${shape}`
  if (shape === 'square')
    return html`<rect class="${look}" x="${Number(x) - 5}" y="${y - 5}" width="10" height="10" rx="2"/>`
  if (shape === 'diamond')
    return html`<rect class="${look}" x="${Number(x) - 4.5}" y="${y - 4.5}" width="9" height="9" transform="rotate(45 ${x} ${y})"/>`
  return html`<circle class="${look}" cx="${x}" cy="${y}" r="6"/>`
}

const titleOf = (
  { status, providerStatus, recipient, occurredAt, receivedAt }: StatusRecord,
  clock: Clock,
  nameOf: Lane['nameOf'],
) =>
  [
    `${status} (${cut(providerStatus, MAX_WORD)})`,
    recipient === null ? '' : ` ${nameOf(recipient)}`,
    occurredAt === null ? ', time unknown' : `, ${dateTimeOf(clock, Date.parse(occurredAt))}`,
    `, received ${dateTimeOf(clock, Date.parse(receivedAt))}`,
  ].join('')

/** The words above the marks: the newest first, then as many older ones as have room. */
function labelsOf(records: readonly StatusRecord[], { axis, left, right }: Lane) {
  const taken: [number, number][] = []
  const newestFirst = [...records.keys()].reverse().slice(0, MAX_LABELS)
  return newestFirst.flatMap((index) => {
    const record = records[index] as StatusRecord
    const x = axis.at(timeOf(record))
    const half = (record.status.length * CHARACTER) / 2
    const anchor = x + half > right + 14 ? 'end' : x - half < left ? 'start' : 'middle'
    const from = anchor === 'middle' ? x - half : anchor === 'end' ? x - 2 * half : x
    const isFree = taken.every(([begin, stop]) => from > stop + 6 || from + 2 * half < begin - 6)
    if (!isFree) return []
    taken.push([from, from + 2 * half])
    return { x, text: record.status, anchor, isLast: index === records.length - 1 }
  })
}

const laneOf = ({ recipient, part, channel }: StatusRecord): string => JSON.stringify([recipient, part, channel])

const firstOf = (records: readonly StatusRecord[]): number => Math.min(...records.map(timeOf))

/** Characters of a provider's word. */
const MAX_WORD = 60

const px = (x: number): string => x.toFixed(1)
