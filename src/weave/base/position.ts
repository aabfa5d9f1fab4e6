/** Where in a text: offsets in UTF-16 units, and the lines and columns that people read. */

/** A place as editors show it: both numbers start at 1, columns count UTF-16 units. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** From `start` up to, not including, `end`. */
export interface Range {
  readonly start: Position
  readonly end: Position
}

/** A half-open piece of a text by offsets: what stages compute with. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Finds lines in one text. Build it once per text: it holds the offset of every line. */
export class LineIndex {
  readonly text: string
  readonly starts: readonly number[]

  constructor(text: string) {
    this.text = text
    const starts = [0]
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
    this.starts = starts
  }

  /** The position of an offset; offsets past the end mean the end. */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length))
    let low = 0
    let high = this.starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.starts[middle] <= at) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: at - this.starts[low] + 1 }
  }

  range(span: Span): Range {
    return { start: this.position(span.start), end: this.position(span.end) }
  }

  /** The offset of a position; a column past the line's end means the line's end. */
  offset({ line, column }: Position): number {
    const row = Math.max(1, Math.min(line, this.starts.length))
    const end = row < this.starts.length ? this.starts[row] - 1 : this.text.length
    return Math.min(this.starts[row - 1] + Math.max(1, column) - 1, end)
  }

  /** The text of a line (from 1), without its line break. */
  line(number: number): string {
    const start = this.starts[number - 1]
    if (start === undefined) return ''
    const end = number < this.starts.length ? this.starts[number] - 1 : this.text.length
    return this.text.slice(start, end).replace(/\r$/, '')
  }

  /** The span of a whole line (from 1), without its line break. */
  lineSpan(number: number): Span {
    const start = this.starts[Math.max(1, Math.min(number, this.starts.length)) - 1]
    return { start, end: start + this.line(number).length }
  }
}

let latest = new LineIndex('')

/** The index of a text. Asked for the same text again and again, it is built once. */
export function lineIndex(text: string): LineIndex {
  if (latest.text !== text) latest = new LineIndex(text)
  return latest
}

/**
 * An offset into a piece of a text, such as a formula, as an offset into the text. The piece is made of `lines` of the
 * text joined by line breaks. In a table's cell `\\|` stands for `|`: `line` counts it as one.
 */
export function offsetInLines(text: string, lines: readonly Span[], piece: string, offset: number): number {
  let rest = Math.min(offset, piece.length)
  const parts = lines.length === 1 ? [piece] : piece.split('\n')
  for (const [i, { start, end }] of lines.entries()) {
    const length = parts[i]?.length ?? 0
    if (rest <= length) return Math.min(end, start + writtenLength(text.slice(start, end), length, rest))
    rest -= length + 1
  }
  return lines[lines.length - 1].end
}

/** How much of a raw line its first `count` characters take. */
function writtenLength(raw: string, length: number, count: number): number {
  if (raw.length === length) return count
  let at = 0
  for (let i = 0; i < count; i++) at += raw.startsWith('\\|', at) ? 2 : 1
  return at
}
