/** The GRU over a sequence: `kernel/reference/gru.ts` says the same in plain loops. Gates in the order r, z, n. */
import { flush, one, tanh } from './activation'
import { address, arg } from './arguments'
import { biasBytes, joinBiases } from './bias'
import { applySigmoid } from './elementwise'
import { pack, packedBytes, packTransposed } from './panels'
import { multiply, multiplyTwo } from './product'
import { prepareInput, projectBoth, projectInput } from './projection'
import { multiplyRow, sigmoidRow } from './row'
import {
  begin,
  H,
  hasEnded,
  holdEndedStates,
  I,
  isAlone,
  isCutBefore,
  passEnded,
  rows,
  rowsOf,
  slotAfter,
  slotBefore,
  stepAt,
  stride,
  T,
} from './sequence'
import { isFinite, lanes, loadOf, remainder, remainders, storeFour, storeOf } from './vector'

/**
 * Arguments: 7 x, 8 W_ih, 9 b_ih, 10 h, 11 W_hh, 12 gates, 13 u = W_hn h' + b_hn, 15 b_hh. Returns how many steps were taken before one was not finite, or -1.
 */
export function gruForward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const bytes = <usize>H * sizeof<N>()
  const gateBytes = <usize>3 * bytes
  const toNew = <usize>(2 * H)
  const inputBytes = <usize>I * sizeof<N>()
  const bias = scratch + 128
  const inputOfGates = bias + biasBytes<N>(4 * H)
  const inputOfNew = inputOfGates + packedBytes<N>(I, 2 * H)
  const hiddenOfGates = inputOfNew + packedBytes<N>(I, H)
  const hiddenOfNew = hiddenOfGates + packedBytes<N>(H, 2 * H)
  const place = rowsOf(address(12), 0, gateBytes)
  const biasOfNew = bias + 2 * bytes
  const b_hn = bias + 3 * bytes
  joinBiases<N>(bias, 2 * H, 3 * H)
  prepareInput<N>(inputOfGates, address(8), bias, address(7), place, gateBytes, 2 * H, scratch)
  prepareInput<N>(
    inputOfNew,
    address(8) + toNew * inputBytes,
    biasOfNew,
    address(7),
    place + 2 * bytes,
    gateBytes,
    H,
    scratch,
  )
  packTransposed<N>(hiddenOfGates, address(11), bytes, H, 2 * H)
  packTransposed<N>(hiddenOfNew, address(11) + toNew * bytes, bytes, H, H)
  if (isAlone()) return forwardAlone<N>(hiddenOfGates, hiddenOfNew, b_hn, scratch)
  for (let q = 0; q < T; q++) {
    const s = stepAt(q)
    const gates = rowsOf(address(12), s, gateBytes)
    const hPrev = rowsOf(address(10), slotBefore(s), bytes)
    const h = rowsOf(address(10), slotAfter(s), bytes)
    const u = rowsOf(address(13), s, bytes)
    projectBoth<N>(gates, gateBytes, bias, address(7), s, inputOfGates, hPrev, hiddenOfGates, 2 * H, scratch)
    projectInput<N>(gates + 2 * bytes, gateBytes, biasOfNew, address(7), s, inputOfNew, H, scratch)
    multiply<N>(u, bytes, b_hn, 0, hPrev, bytes, hiddenOfNew, rows, H, H, scratch)
    let rest = i64x2.splat(0)
    for (let r = 0; r < rows; r++) {
      const row = <usize>r * bytes
      const gate = gates + 3 * row
      rest = v128.add<N>(rest, applySigmoid<N>(gate, gate, 2 * H))
      rest = v128.add<N>(rest, newState<N>(h + row, gate, u + row, hPrev + row))
    }
    if (!isFinite<N>(rest)) return q
    holdEndedStates<N>(h, hPrev, s)
  }
  return -1
}

/** Forward for a sequence alone, whose gates are activated while they are in registers. */
function forwardAlone<N>(panelsOfGates: usize, panelsOfNew: usize, b_hn: usize, scratch: usize): i32 {
  const bytes = <usize>H * sizeof<N>()
  const first = stepAt(0)
  const ahead = stride(bytes)
  let gates = rowsOf(address(12), first, 3 * bytes)
  let u = rowsOf(address(13), first, bytes)
  let h = rowsOf(address(10), slotBefore(first), bytes)
  for (let q = 0; q < T; q++) {
    multiplyRow<N>(u, b_hn, h, panelsOfNew, H, H, scratch)
    const rest = sigmoidRow<N>(gates, h, panelsOfGates, H, 2 * H, scratch)
    if (!isFinite<N>(v128.add<N>(rest, newState<N>(h + ahead, gates, u, h)))) return q
    gates += 3 * ahead
    u += ahead
    h += ahead
  }
  return -1
}

/**
 * Arguments: 10 h, 11 W_hh, 12 gates, 13 u, 15 dh, 16 da (T, B, 4H): of r, z and n, and once more of n, times r, which is
 * what the recurrent side gets, 17 numbers from one row of it to the next. Returns how many steps were taken before one was not finite, or -1.
 */
export function gruBackward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const bytes = <usize>H * sizeof<N>()
  const gateBytes = <usize>3 * bytes
  const daBytes = <usize>arg(17) * sizeof<N>()
  const W_hh = address(11)
  const panelsOfGates = pack<N>(scratch + 128, W_hh, bytes, 2 * H, H)
  const placeOfNew = scratch + 128 + packedBytes<N>(2 * H, H)
  const panelsOfNew = pack<N>(placeOfNew, W_hh + <usize>(2 * H) * bytes, bytes, H, H)
  for (let q = T - 1; q >= 0; q--) {
    const s = stepAt(q)
    const gates = rowsOf(address(12), s, gateBytes)
    const u = rowsOf(address(13), s, bytes)
    const hPrev = rowsOf(address(10), slotBefore(s), bytes)
    const dh = rowsOf(address(15), slotAfter(s), bytes)
    const dhPrev = rowsOf(address(15), slotBefore(s), bytes)
    const da = rowsOf(address(16), s, daBytes)
    const isCut = isCutBefore(q)
    let rest = i64x2.splat(0)
    for (let r = 0; r < rows; r++) {
      const row = <usize>r * bytes
      const daRow = da + <usize>r * daBytes
      if (hasEnded<N>(r, s)) {
        passEnded<N>(daRow, 4 * H, dhPrev + row, dh + row, isCut)
        continue
      }
      rest = v128.add<N>(
        rest,
        slope<N>(daRow, gates + 3 * row, u + row, hPrev + row, dh + row, dhPrev + row, isCut),
      )
    }
    if (!isFinite<N>(rest)) return T - 1 - q
    if (isCut) continue
    const daNew = da + 3 * bytes
    multiplyTwo<N>(
      dhPrev,
      bytes,
      dhPrev,
      bytes,
      da,
      daBytes,
      panelsOfGates,
      2 * H,
      daNew,
      daBytes,
      panelsOfNew,
      H,
      rows,
      H,
      scratch,
    )
  }
  return -1
}

/**
 * One row: n = tanh(a_n + r u), h = (1 - z) n + z h'. Returns a sum of remainders. Four vectors at a time, as in
 * `elementwise.ts`.
 */
function newState<N>(h: usize, r: usize, u: usize, hPrev: usize): v128 {
  const bytes = <usize>H * sizeof<N>()
  let rest = i64x2.splat(0)
  let left = H
  for (; left >= 4 * lanes<N>(); left -= 4 * lanes<N>(), h += 64, r += 64, u += 64, hPrev += 64) {
    const z = r + bytes
    const n = z + bytes
    const a0 = sumOf<N>(n, r, u, 0)
    const a1 = sumOf<N>(n + 16, r + 16, u + 16, 0)
    const a2 = sumOf<N>(n + 32, r + 32, u + 32, 0)
    const a3 = sumOf<N>(n + 48, r + 48, u + 48, 0)
    const n0 = tanh<N>(a0)
    const n1 = tanh<N>(a1)
    const n2 = tanh<N>(a2)
    const n3 = tanh<N>(a3)
    const h0 = blend<N>(n0, z, hPrev, 0)
    const h1 = blend<N>(n1, z + 16, hPrev + 16, 0)
    const h2 = blend<N>(n2, z + 32, hPrev + 32, 0)
    const h3 = blend<N>(n3, z + 48, hPrev + 48, 0)
    rest = v128.add<N>(rest, remainders<N>(a0, a1, a2, a3))
    storeFour(n, n0, n1, n2, n3)
    storeFour(h, h0, h1, h2, h3)
  }
  for (; left > 0; left -= lanes<N>(), h += 16, r += 16, u += 16, hPrev += 16) {
    const part = left >= lanes<N>() ? 0 : left
    const z = r + bytes
    const a = sumOf<N>(z + bytes, r, u, part)
    const n = tanh<N>(a)
    storeOf<N>(z + bytes, n, part)
    storeOf<N>(h, blend<N>(n, z, hPrev, part), part)
    rest = v128.add<N>(rest, remainder<N>(a))
  }
  return rest
}

/** a_n + r u */
// @ts-ignore: decorator
@inline
function sumOf<N>(an: usize, r: usize, u: usize, part: i32): v128 {
  return v128.add<N>(loadOf<N>(an, part), v128.mul<N>(loadOf<N>(r, part), loadOf<N>(u, part)))
}

/** (1 - z) n + z h' */
// @ts-ignore: decorator
@inline
function blend<N>(n: v128, z: usize, hPrev: usize, part: i32): v128 {
  const gate = loadOf<N>(z, part)
  const kept = v128.mul<N>(gate, loadOf<N>(hPrev, part))
  return flush<N>(v128.add<N>(v128.mul<N>(v128.sub<N>(one<N>(), gate), n), kept))
}

/** One row back. `dhPrev` += dh z, what goes round the new state, unless the way back is cut here. */
function slope<N>(da: usize, gates: usize, u: usize, hPrev: usize, dh: usize, dhPrev: usize, isCut: bool): v128 {
  let rest = i64x2.splat(0)
  let left = H
  for (; left >= lanes<N>(); left -= lanes<N>(), da += 16, gates += 16, u += 16, hPrev += 16, dh += 16, dhPrev += 16)
    rest = v128.add<N>(rest, slopeOf<N>(da, gates, u, hPrev, dh, dhPrev, isCut, 0))
  if (left > 0) rest = v128.add<N>(rest, slopeOf<N>(da, gates, u, hPrev, dh, dhPrev, isCut, left))
  return rest
}

// @ts-ignore: decorator
@inline
function slopeOf<N>(
  da: usize,
  gates: usize,
  u: usize,
  hPrev: usize,
  dh: usize,
  dhPrev: usize,
  isCut: bool,
  part: i32,
): v128 {
  const bytes = <usize>H * sizeof<N>()
  const r = loadOf<N>(gates, part)
  const z = loadOf<N>(gates + bytes, part)
  const n = loadOf<N>(gates + 2 * bytes, part)
  const dhs = loadOf<N>(dh, part)
  const dn = flush<N>(
    v128.mul<N>(v128.mul<N>(dhs, v128.sub<N>(one<N>(), z)), v128.sub<N>(one<N>(), v128.mul<N>(n, n))),
  )
  const dz = flush<N>(
    v128.mul<N>(
      v128.mul<N>(dhs, v128.sub<N>(loadOf<N>(hPrev, part), n)),
      v128.mul<N>(z, v128.sub<N>(one<N>(), z)),
    ),
  )
  const dr = flush<N>(
    v128.mul<N>(v128.mul<N>(dn, loadOf<N>(u, part)), v128.mul<N>(r, v128.sub<N>(one<N>(), r))),
  )
  const rest = v128.add<N>(remainder<N>(dr), v128.add<N>(remainder<N>(dz), remainder<N>(dn)))
  if (!isCut) storeOf<N>(dhPrev, v128.add<N>(loadOf<N>(dhPrev, part), v128.mul<N>(dhs, z)), part)
  storeOf<N>(da, dr, part)
  storeOf<N>(da + bytes, dz, part)
  storeOf<N>(da + 2 * bytes, dn, part)
  storeOf<N>(da + 3 * bytes, flush<N>(v128.mul<N>(dn, r)), part)
  return rest
}
