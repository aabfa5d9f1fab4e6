/** The header of a safetensors file: where each tensor lies, as JSON text of one form, and back. */
import { expectWellFormed, HeaderScanner, quote } from './headerScanner.ts'

/** What the header says of one tensor. */
export interface TensorEntry {
  readonly name: string
  /** As the file writes it, known or not: `F32` */
  readonly dtype: string
  readonly shape: readonly number[]
  /** Its bytes within the data: from begin up to, not with, end */
  readonly begin: number
  readonly end: number
}

export interface Header {
  readonly metadata: Readonly<Record<string, string>>
  /** In the order of the text */
  readonly entries: readonly TensorEntry[]
}

/** The key of the metadata, which can name no tensor. */
const reserved = '__metadata__'

/**
 * `{"__metadata__":{"epoch":"3"},"W":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`: metadata, where there are
 * any, in the order of their keys, then the tensors as they come.
 *
 * @throws RangeError for a tensor called `__metadata__`, or text that UTF-8 cannot hold; TypeError for metadata that
 * are not text
 */
export function encodeHeader({ metadata, entries }: Header): string {
  const texts = Object.entries(metadata).toSorted(([a], [b]) => compareBytes(a, b))
  for (const [key, text] of texts)
    if (typeof text !== 'string') throw new TypeError(`metadata ${quote(key)} is ${text}, expected a string`)
  if (entries.some(({ name }) => name === reserved))
    throw new RangeError(`a tensor is called ${reserved}, expected another name: that one is the metadata's`)
  // Objects of JavaScript put names that are numbers first, so the text is joined by hand.
  const tensors = entries.map(({ name, dtype, shape, begin, end }): [string, string] => {
    return [name, JSON.stringify({ dtype, shape, data_offsets: [begin, end] })]
  })
  const values = texts.map(([key, text]): [string, string] => [key, toJson(text)])
  return toObject(values.length > 0 ? [[reserved, toObject(values)], ...tensors] : tensors)
}

/**
 * The inverse of `encodeHeader`, for any order of names and fields, with white space between them.
 *
 * @throws RangeError for a header of another form: other JSON or none, a name or field that comes twice, one that is
 * missing or unknown, a number that is not whole or above 2^53 - 1
 */
export function decodeHeader(text: string): Header {
  const scanner = new HeaderScanner(text)
  const metadata: [string, string][] = []
  const entries: TensorEntry[] = []
  // The format wants { as the very first byte, by which a file can be told.
  if (text[0] !== '{') scanner.fail('"{"')
  scanner.members('header', name => {
    if (name !== reserved) entries.push(readEntry(scanner, name))
    else scanner.members(reserved, key => metadata.push([key, scanner.string()]))
  })
  scanner.end()
  // fromEntries defines what it is given: `__proto__` becomes a name as any other.
  return { metadata: Object.fromEntries(metadata), entries }
}

/** In the order of their UTF-8 bytes, which above U+FFFF is not that of JavaScript's `<`. */
export function compareBytes(a: string, b: string): number {
  const [x, y] = [a, b].map(text => new TextEncoder().encode(text))
  const at = x.findIndex((byte, i) => byte !== y[i])
  return at < 0 ? x.length - y.length : x[at] - (y[at] ?? -1)
}

function readEntry(scanner: HeaderScanner, name: string): TensorEntry {
  const tensor = `tensor ${quote(name)}`
  const fields: { dtype?: string; shape?: number[]; data_offsets?: number[] } = {}
  scanner.members(tensor, field => {
    if (field === 'dtype') fields.dtype = scanner.string()
    else if (field === 'shape' || field === 'data_offsets') fields[field] = scanner.wholes()
    else
      throw new RangeError(
        `${tensor} has unknown field: ${quote(field)}, expected dtype, shape, data_offsets`,
      )
  })
  const { dtype, shape, data_offsets: offsets } = fields
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    const missing = ['dtype', 'shape', 'data_offsets'].filter(field => !(field in fields))
    throw new RangeError(`${tensor} has no ${missing.join(', ')}, expected dtype, shape, data_offsets`)
  }
  if (offsets.length !== 2)
    throw new RangeError(`${tensor} has ${offsets.length} data_offsets, expected begin and end`)
  return { name, dtype, shape, begin: offsets[0], end: offsets[1] }
}

function toObject(members: readonly (readonly [name: string, json: string])[]): string {
  return `{${members.map(([name, json]) => `${toJson(name)}:${json}`).join(',')}}`
}

function toJson(text: string): string {
  return JSON.stringify(expectWellFormed(text))
}
