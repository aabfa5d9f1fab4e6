/**
 * Tensors by name as the bytes of a safetensors file, and back (https://github.com/huggingface/safetensors): what
 * Python, Rust and JavaScript exchange weights in. No code can hide in such a file, unlike in a pickle.
 *
 *     8 bytes       N, the length of the header, little-endian
 *     N bytes       the header: JSON that says where each tensor lies, filled up with spaces to a multiple of 8
 *     the rest      data: one tensor after another, row-major, little-endian, no gaps
 *
 * Files come from anywhere, so reading believes nothing: a file is checked to its last byte before the first tensor is
 * made, and all tensors together are at most as long as the file is, or twice that where 16-bit numbers are widened.
 */
import { allocate } from '../array/numbers.ts'
import { formatShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { quote } from './headerScanner.ts'
import { formats, written } from './numberFormats.ts'
import type { StateDict } from './params.ts'
import { compareBytes, decodeHeader, encodeHeader, type TensorEntry } from './safetensorsHeader.ts'

/** What a file holds. */
export interface SafetensorsContent {
  readonly tensors: Record<string, Tensor>
  /** Free text by key; empty if the file has none */
  readonly metadata: Record<string, string>
}

/** The format's own limit. */
const longestHeader = 100_000_000

/**
 * The bytes of a file. The same tensors and metadata give the same bytes, in whatever order they come: as the
 * reference implementation writes them, float64 before float32, then by name.
 *
 * @param metadata free text by key; left out where empty
 * @throws RangeError for a tensor called `__metadata__`, for text that UTF-8 cannot hold, or if names and metadata
 * make a header above 100 MB; TypeError for metadata that are not text
 * @example
 * ```ts
 * const bytes = encodeSafetensors({ bias: Tensor.from([1, 2]) }, { epoch: '3' })
 * bytes.length // → 112
 * decodeSafetensors(bytes) // → { tensors: { bias: [1, 2] }, metadata: { epoch: '3' } }
 * decodeSafetensors(bytes.subarray(0, 111)) // throws RangeError: data has length 15, expected 16
 * ```
 */
export function encodeSafetensors(
  tensors: StateDict,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries = placesOf(tensors)
  const header = new TextEncoder().encode(encodeHeader({ metadata, entries }))
  const headerLength = expectHeaderLength(8 * Math.ceil(header.length / 8))
  const dataStart = 8 + headerLength
  const bytes = new Uint8Array(dataStart + (entries.at(-1)?.end ?? 0))
  bytes.fill(0x20, 8, dataStart)
  bytes.set(header, 8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true)
  const data = new DataView(bytes.buffer, dataStart)
  for (const { name, dtype, begin } of entries) {
    const numbers = tensors[name].data
    const { write } = written[tensors[name].dtype]
    for (let i = 0; i < numbers.length; i++) write(data, begin + i * formats[dtype].bytes, numbers[i])
  }
  return bytes
}

/**
 * The inverse of `encodeSafetensors`: `net.loadStateDict(decodeSafetensors(bytes).tensors)`. Reads float64 and float32,
 * and 16-bit numbers (F16, BF16) as float32. The tensors share no memory with `bytes`.
 *
 * Stricter than the reference implementation, which takes the last of doubled names and skips unknown fields.
 *
 * @param bytes a whole file, which may lie anywhere in its buffer
 * @throws RangeError saying what was expected and what came, for every file that is not whole or holds another dtype;
 * TypeError unless bytes is a Uint8Array
 * @example
 * ```ts
 * const trained = new GRU({ inputSize: 2, hiddenSize: 3, seed: 1 })
 * const bytes = encodeSafetensors(trained.stateDict())
 * const loaded = new GRU({ inputSize: 2, hiddenSize: 3, seed: 2 })
 * loaded.loadStateDict(decodeSafetensors(bytes).tensors)
 * loaded.stateDict().weight_hh_l0.equals(trained.stateDict().weight_hh_l0) // → true
 * ```
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsContent {
  // Not instanceof: bytes may come from another realm, as a frame or a sandbox is.
  const kind = Object.prototype.toString.call(bytes).slice('[object '.length, -1)
  if (kind !== 'Uint8Array') throw new TypeError(`bytes is ${kind}, expected Uint8Array`)
  if (bytes.length < 8) throw new RangeError(`file has length ${bytes.length}, expected at least 8`)
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerLength = expectHeaderLength(file.getBigUint64(0, true))
  const rest = bytes.length - 8
  if (headerLength > rest)
    throw new RangeError(`header has length ${headerLength}, expected at most the ${rest} bytes that follow`)
  const dataStart = 8 + headerLength
  const { entries, metadata } = decodeHeader(toText(bytes.subarray(8, dataStart)))
  const data = new DataView(bytes.buffer, bytes.byteOffset + dataStart, bytes.byteLength - dataStart)
  expectContiguous(entries, data.byteLength)
  // fromEntries defines what it is given: `__proto__` becomes a name like any other.
  const tensors = Object.fromEntries(entries.map(entry => [entry.name, readTensor(entry, data)]))
  return { tensors, metadata }
}

/** Where each tensor goes: wide numbers first, so that every one is aligned, then by name. */
function placesOf(tensors: StateDict): TensorEntry[] {
  let end = 0
  return Object.entries(tensors)
    .map(([name, { dtype, shape, data }]) => ({
      name,
      dtype: written[dtype].as,
      shape,
      bytes: data.byteLength,
    }))
    .toSorted((a, b) => formats[b.dtype].bytes - formats[a.dtype].bytes || compareBytes(a.name, b.name))
    .map(({ name, dtype, shape, bytes }) => {
      const begin = end
      end += bytes
      return { name, dtype, shape, begin, end }
    })
}

function expectHeaderLength(n: number | bigint): number {
  if (n > longestHeader) throw new RangeError(`header has length ${n}, expected at most ${longestHeader}`)
  return Number(n)
}

function toText(header: Uint8Array): string {
  try {
    // A byte order mark is kept, and then refused as any other first character that is not {.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header)
  } catch (cause) {
    throw new RangeError('expected a header of UTF-8 text, got bytes that are none', { cause })
  }
}

/** @throws RangeError unless every tensor is as long as its shape says, and they fill the data without gap or overlap */
function expectContiguous(entries: readonly TensorEntry[], dataLength: number): void {
  let next = 0
  for (const entry of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    const { name, dtype, shape, begin, end } = entry
    const length = byteLengthOf(entry)
    if (end - begin !== length) {
      const expected = `expected ${length} bytes for ${dtype} of shape ${formatShape(shape)}`
      throw new RangeError(`tensor ${quote(name)} has data_offsets ${formatShape([begin, end])}, ${expected}`)
    }
    if (begin !== next)
      throw new RangeError(`tensor ${quote(name)} begins at byte ${begin} of the data, expected ${next}`)
    next = end
  }
  if (next !== dataLength) throw new RangeError(`data has length ${dataLength}, expected ${next}`)
}

/** @throws RangeError for a dtype that is not read, or more bytes than numbers can count */
function byteLengthOf({ name, dtype, shape }: TensorEntry): number {
  if (!Object.hasOwn(formats, dtype)) {
    const expected = Object.keys(formats).join(', ')
    throw new RangeError(`tensor ${quote(name)} has dtype ${quote(dtype)}, expected one of ${expected}`)
  }
  let length = formats[dtype].bytes
  for (const n of shape) {
    length *= n
    if (!Number.isSafeInteger(length))
      throw new RangeError(
        `tensor ${quote(name)} has shape ${formatShape(shape)}, expected at most 2^53 - 1 bytes`,
      )
  }
  return length
}

function readTensor({ dtype, shape, begin, end }: TensorEntry, data: DataView): Tensor {
  const { bytes, dtype: to, read } = formats[dtype]
  const numbers = allocate((end - begin) / bytes, to)
  for (let i = 0; i < numbers.length; i++) numbers[i] = read(data, begin + i * bytes)
  return new Tensor(numbers, shape)
}
