/** The two kinds of number that a network may be made of. */

/** float64 for checks, float32 for speed. */
export type DType = 'float64' | 'float32'

/** The data of a tensor, of either dtype. */
export type Numbers = Float64Array | Float32Array

const arrayTypes = { float64: Float64Array, float32: Float32Array } as const

export function dtypeOf(data: ArrayLike<number>): DType {
  return data instanceof Float32Array ? 'float32' : 'float64'
}

/** n zeros. */
export function allocate(n: number, dtype: DType): Numbers {
  return new arrayTypes[expectDType(dtype)](n)
}

/** Of one number. */
export function bytesOf(dtype: DType): number {
  return arrayTypes[expectDType(dtype)].BYTES_PER_ELEMENT
}

/** The data itself if it has this type already, otherwise a rounded copy. */
export function toNumbers(data: ArrayLike<number>, dtype: DType): Numbers {
  const Type = arrayTypes[expectDType(dtype)]
  return data instanceof Type ? data : Type.from(data)
}

/** @throws TypeError unless it is one of the two types, whatever the compiler was told. */
export function expectDType(dtype: DType): DType {
  if (!Object.hasOwn(arrayTypes, dtype))
    throw new TypeError(`unknown dtype: ${dtype}, expected 'float64' or 'float32'`)
  return dtype
}
