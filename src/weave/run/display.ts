/** A value → its MIME bundle. The ecosystem's convention first (`Jupyter.display`), then what it looks like. */
import { inspect, types } from 'node:util'
import type { MimeBundle } from './output.ts'

const displaySymbol = Symbol.for('Jupyter.display')
/** Rows of a table that are shown. */
const tableRows = 100

/** What to show for a value; undefined shows nothing. */
export function displayData(value: unknown): MimeBundle | undefined {
  if (value === undefined) return undefined
  // A proxy would run code of the cell for every question.
  if (types.isProxy(value)) return { 'text/plain': inspected(value) }
  const own = ownDisplay(value)
  if (own) return own
  if (isHtml(value)) return { 'text/html': value.html }
  if (isElement(value)) return elementData(value)
  if (isRows(value)) return { 'text/html': tableOf(value), 'text/plain': inspected(value) }
  return { 'text/plain': typeof value === 'string' ? value : inspected(value) }
}

/** A value in a line of text: numbers and strings as they are. */
export function plainText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Object.is(value, -0)) return '0'
  const plain = displayData(value)?.['text/plain']
  return typeof plain === 'string' ? plain : inspected(value)
}

interface HtmlValue {
  readonly html: string
}

const htmlValues = new WeakSet<object>()

/** The `html` tag: what stands in `${…}` is escaped unless it is HTML, an element or a list of those. */
export function html(strings: TemplateStringsArray, ...values: readonly unknown[]): HtmlValue {
  const value = { html: strings.reduce((text, part, i) => text + htmlText(values[i - 1]) + part) }
  htmlValues.add(value)
  return value
}

function htmlText(value: unknown): string {
  if (Array.isArray(value)) return value.map(htmlText).join('')
  if (isHtml(value)) return value.html
  if (isElement(value)) return value.outerHTML
  const own = ownDisplay(value)
  if (typeof own?.['text/html'] === 'string') return own['text/html']
  return escapeHtml(typeof value === 'string' ? value : plainText(value))
}

/** Shows a value as JSON, indented. */
export function json(value: unknown): { [displaySymbol]: () => MimeBundle } {
  const text = JSON.stringify(value, undefined, 2)
  return { [displaySymbol]: () => ({ 'application/json': JSON.parse(text), 'text/plain': text }) }
}

function ownDisplay(value: unknown): MimeBundle | undefined {
  if (typeof value !== 'object' || value === null || !(displaySymbol in value)) return undefined
  const show = value[displaySymbol]
  if (typeof show !== 'function') return undefined
  const bundle: unknown = show.call(value)
  const text = JSON.stringify(bundle) as string | undefined
  if (typeof bundle !== 'object' || bundle === null || Array.isArray(bundle) || text === undefined)
    throw new TypeError(`Symbol.for('Jupyter.display') must return a MIME bundle, got ${inspect(bundle)}`)
  return JSON.parse(text) as MimeBundle
}

export function isHtml(value: unknown): value is HtmlValue {
  return typeof value === 'object' && value !== null && htmlValues.has(value)
}

interface ElementLike {
  readonly outerHTML: string
  readonly tagName: string
}

export function isElement(value: unknown): value is ElementLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'nodeType' in value &&
    value.nodeType === 1 &&
    'outerHTML' in value &&
    typeof value.outerHTML === 'string' &&
    'tagName' in value &&
    typeof value.tagName === 'string'
  )
}

function elementData({ outerHTML, tagName }: ElementLike): MimeBundle {
  return tagName.toLowerCase() === 'svg' ? { 'image/svg+xml': outerHTML } : { 'text/html': outerHTML }
}

type Row = Readonly<Record<string, unknown>>

/** Objects with the same kind of flat content: a table. */
function isRows(value: unknown): value is readonly Row[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRow)
}

function isRow(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  const cells = Object.values(value)
  return cells.length > 0 && cells.every(c => typeof c !== 'object' || c === null)
}

function tableOf(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))]
  const cell = (value: unknown) =>
    typeof value === 'number'
      ? `<td class="number">${escapeHtml(numberText(value))}</td>`
      : `<td>${value === undefined || value === null ? '' : escapeHtml(String(value))}</td>`
  const isNumbers = (column: string) => {
    const present = rows.map(row => row[column]).filter(v => v !== undefined && v !== null)
    return present.length > 0 && present.every(v => typeof v === 'number')
  }
  const head = columns
    .map(c => `<th scope="col"${isNumbers(c) ? ' class="number"' : ''}>${escapeHtml(c)}</th>`)
    .join('')
  const body = rows.slice(0, tableRows).map(row => `<tr>${columns.map(c => cell(row[c])).join('')}</tr>`)
  const more = rows.length - tableRows
  const rest = more > 0 ? `<tr><td colspan="${columns.length}">… +${more}</td></tr>` : ''
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}${rest}</tbody></table>`
}

/** Six significant digits are for reading; whole numbers stay whole. */
function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
}

function inspected(value: unknown): string {
  return inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 80 })
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`)
}
