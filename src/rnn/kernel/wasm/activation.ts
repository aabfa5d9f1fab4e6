/**
 * tanh and the logistic function on vectors, by e^x - 1: with x = n ln 2 + r, |r| at most ½ ln 2, it is
 * 2^n p + (2^n - 1), where p = e^r - 1 is a polynomial. float32: the polynomial of Moshier's Cephes `expf`; float64:
 * the Taylor series to r^13. The same steps as in `kernel/activation.ts`, so the same bits.
 *
 * Constants are read from memory, where each fills a vector: V8 makes a splat anew each time.
 */
import { addProduct } from './vector'

// biome-ignore format: a row per constant
const float32Constants = memory.data<f32>([
  1.4426950408889634, 1.4426950408889634, 1.4426950408889634, 1.4426950408889634, // 0: log2 e
  12582912, 12582912, 12582912, 12582912, // 16: 1.5 · 2^23; what is added to it is rounded to a whole number
  0.693359375, 0.693359375, 0.693359375, 0.693359375, // 32: ln 2, its first digits
  -2.12194440e-4, -2.12194440e-4, -2.12194440e-4, -2.12194440e-4, // 48: and the rest
  1.9875691500e-4, 1.9875691500e-4, 1.9875691500e-4, 1.9875691500e-4, // 64: the polynomial
  1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3,
  8.3334519073e-3, 8.3334519073e-3, 8.3334519073e-3, 8.3334519073e-3,
  4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2,
  1.6666665459e-1, 1.6666665459e-1, 1.6666665459e-1, 1.6666665459e-1,
  5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1,
  1, 1, 1, 1, // 160
  2, 2, 2, 2, // 176
  9.25, 9.25, 9.25, 9.25, // 192: beyond it tanh is 1
  -9.25, -9.25, -9.25, -9.25,
  87, 87, 87, 87, // 224: 1 over e^x is denormal a little later
  -87, -87, -87, -87,
  1e-30, 1e-30, 1e-30, 1e-30, // 256: what is smaller is flushed to 0
], 16)

// biome-ignore format: a row per constant
const float64Constants = memory.data<f64>([
  1.4426950408889634, 1.4426950408889634, // 0: log2 e
  6755399441055744, 6755399441055744, // 16: 1.5 · 2^52
  6.93147180369123816490e-1, 6.93147180369123816490e-1, // 32: ln 2, its first digits
  1.90821492927058770002e-10, 1.90821492927058770002e-10, // 48: and the rest
  1.6059043836821613e-10, 1.6059043836821613e-10, // 64: 1/13!
  2.08767569878681e-9, 2.08767569878681e-9,
  2.505210838544172e-8, 2.505210838544172e-8,
  2.755731922398589e-7, 2.755731922398589e-7,
  2.7557319223985893e-6, 2.7557319223985893e-6,
  2.48015873015873e-5, 2.48015873015873e-5,
  1.984126984126984e-4, 1.984126984126984e-4,
  1.388888888888889e-3, 1.388888888888889e-3,
  8.333333333333333e-3, 8.333333333333333e-3,
  4.1666666666666664e-2, 4.1666666666666664e-2,
  1.6666666666666666e-1, 1.6666666666666666e-1,
  0.5, 0.5,
  1, 1, // 256
  2, 2, // 272
  20, 20, // 288
  -20, -20,
  708, 708, // 320
  -708, -708,
  1e-290, 1e-290, // 352
], 16)

// @ts-ignore: decorator
@inline
export function one<N>(): v128 {
  return sizeof<N>() == 4 ? v128.load(float32Constants, 160) : v128.load(float64Constants, 256)
}

// @ts-ignore: decorator
@inline
function two<N>(): v128 {
  return sizeof<N>() == 4 ? v128.load(float32Constants, 176) : v128.load(float64Constants, 272)
}

/** x, with 0 for what is too small to matter: denormal numbers are calculated with up to a hundred times slower. */
// @ts-ignore: decorator
@inline
export function flush<N>(x: v128): v128 {
  const tiny = sizeof<N>() == 4 ? v128.load(float32Constants, 256) : v128.load(float64Constants, 352)
  return v128.andnot(x, v128.lt<N>(v128.abs<N>(x), tiny))
}

// @ts-ignore: decorator
@inline
export function tanh<N>(x: v128): v128 {
  const y = sizeof<N>() == 4
    ? f32x4.pmax(f32x4.pmin(x, v128.load(float32Constants, 192)), v128.load(float32Constants, 208))
    : f64x2.pmax(f64x2.pmin(x, v128.load(float64Constants, 288)), v128.load(float64Constants, 304))
  const twice = v128.add<N>(y, y)
  const n = rounded<N>(twice)
  const scale = powerOfTwo<N>(n)
  const e = addProduct<N>(v128.sub<N>(scale, one<N>()), scale, expm1OfRest<N>(twice, n))
  return v128.div<N>(e, v128.add<N>(e, two<N>()))
}

// @ts-ignore: decorator
@inline
export function sigmoid<N>(x: v128): v128 {
  let y = v128.neg<N>(x)
  if (sizeof<N>() == 4) {
    y = f32x4.pmax(f32x4.pmin(y, v128.load(float32Constants, 224)), v128.load(float32Constants, 240))
  } else {
    y = f64x2.pmax(f64x2.pmin(y, v128.load(float64Constants, 320)), v128.load(float64Constants, 336))
  }
  const n = rounded<N>(y)
  const scale = powerOfTwo<N>(n)
  const e = addProduct<N>(scale, scale, expm1OfRest<N>(y, n))
  return v128.div<N>(one<N>(), v128.add<N>(one<N>(), e))
}

/** n, the whole number nearest to y / ln 2, plus 1.5 · 2^23 or 2^52: its last bits are n. */
// @ts-ignore: decorator
@inline
function rounded<N>(y: v128): v128 {
  if (sizeof<N>() == 4)
    return f32x4.add(f32x4.mul(y, v128.load(float32Constants)), v128.load(float32Constants, 16))
  return f64x2.add(f64x2.mul(y, v128.load(float64Constants)), v128.load(float64Constants, 16))
}

/** 2^n: n goes into the exponent's bits. */
// @ts-ignore: decorator
@inline
function powerOfTwo<N>(n: v128): v128 {
  if (sizeof<N>() == 4) return i32x4.add(i32x4.shl(n, 23), v128.load(float32Constants, 160))
  return i64x2.add(i64x2.shl(n, 52), v128.load(float64Constants, 256))
}

/** p = e^r - 1, r = y - n ln 2. The polynomial goes by pairs of terms in r²: half as many steps wait for one another. */
// @ts-ignore: decorator
@inline
function expm1OfRest<N>(y: v128, n: v128): v128 {
  if (sizeof<N>() == 4) {
    const c = float32Constants
    const whole = f32x4.sub(n, v128.load(c, 16))
    const r = f32x4.sub(f32x4.sub(y, f32x4.mul(whole, v128.load(c, 32))), f32x4.mul(whole, v128.load(c, 48)))
    const r2 = f32x4.mul(r, r)
    let p = addProduct<N>(v128.load(c, 80), v128.load(c, 64), r)
    p = addProduct<N>(addProduct<N>(v128.load(c, 112), v128.load(c, 96), r), p, r2)
    p = addProduct<N>(addProduct<N>(v128.load(c, 144), v128.load(c, 128), r), p, r2)
    return addProduct<N>(r, p, r2)
  }
  const c = float64Constants
  const whole = f64x2.sub(n, v128.load(c, 16))
  const r = f64x2.sub(f64x2.sub(y, f64x2.mul(whole, v128.load(c, 32))), f64x2.mul(whole, v128.load(c, 48)))
  const r2 = f64x2.mul(r, r)
  let p = addProduct<N>(v128.load(c, 80), v128.load(c, 64), r)
  p = addProduct<N>(addProduct<N>(v128.load(c, 112), v128.load(c, 96), r), p, r2)
  p = addProduct<N>(addProduct<N>(v128.load(c, 144), v128.load(c, 128), r), p, r2)
  p = addProduct<N>(addProduct<N>(v128.load(c, 176), v128.load(c, 160), r), p, r2)
  p = addProduct<N>(addProduct<N>(v128.load(c, 208), v128.load(c, 192), r), p, r2)
  p = addProduct<N>(addProduct<N>(v128.load(c, 240), v128.load(c, 224), r), p, r2)
  return addProduct<N>(r, p, r2)
}
