/** How numbers lie in the data of a safetensors file: little-endian on every machine, hence DataView. */
import type { DType } from '../array/numbers.ts'

export interface Format {
  readonly bytes: number
  /** What they become when read; 16-bit numbers are widened, which changes none of them. */
  readonly dtype: DType
  readonly read: (data: DataView, at: number) => number
}

/** Those that are read, by the name that the file gives them. */
export const formats: Readonly<Record<string, Format>> = {
  F64: { bytes: 8, dtype: 'float64', read: (data, at) => data.getFloat64(at, true) },
  F32: { bytes: 4, dtype: 'float32', read: (data, at) => data.getFloat32(at, true) },
  F16: { bytes: 2, dtype: 'float32', read: (data, at) => halfToNumber(data.getUint16(at, true)) },
  BF16: { bytes: 2, dtype: 'float32', read: (data, at) => brainToNumber(data.getUint16(at, true)) },
}

export interface Writer {
  /** The format's name */
  readonly as: string
  readonly write: (data: DataView, at: number, value: number) => void
}

/** How each dtype is written. */
export const written: Readonly<Record<DType, Writer>> = {
  float64: { as: 'F64', write: (data, at, value) => data.setFloat64(at, value, true) },
  float32: { as: 'F32', write: (data, at, value) => data.setFloat32(at, value, true) },
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = (bits & 0x3ff) / 0x400
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15)
}

/** bfloat16: the upper half of a float32. */
function brainToNumber(bits: number): number {
  word.setUint16(0, bits)
  return word.getFloat32(0)
}

const word = new DataView(new ArrayBuffer(4))
