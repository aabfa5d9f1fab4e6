/** The GRU over a sequence: `kernel/reference/gru.ts` says the same in plain loops. Gates in the order r, z, n. */
import { flush, one, sigmoid, tanh } from './activation'
import { address } from './arguments'
import { multiply, pack, packedBytes, packTransposed } from './product'
import {
  begin,
  H,
  hasEnded,
  holdEndedStates,
  isCutBefore,
  passEnded,
  rows,
  rowsOf,
  slotAfter,
  slotBefore,
  stepAt,
  T,
} from './sequence'
import { isFinite, lanes, loadOf, loadUpTo, remainder, storeOf, storeUpTo } from './vector'

/** Arguments: 6 h, 7 gates, which hold W_ih x + b and then r, z, n, 8 W_hh, 9 u = W_hn h' + b_hn, 10 b_hn. */
export function gruForward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const bytes = <usize>H * sizeof<N>()
  const gateBytes = <usize>3 * bytes
  const panelsOfGates = scratch + 128
  const panelsOfNew = panelsOfGates + packedBytes<N>(H, 2 * H)
  packTransposed<N>(panelsOfGates, address(8), bytes, H, 2 * H, rows)
  packTransposed<N>(panelsOfNew, address(8) + <usize>(2 * H) * bytes, bytes, H, H, rows)
  for (let q = 0; q < T; q++) {
    const s = stepAt(q)
    const gates = rowsOf(address(7), s, gateBytes)
    const hPrev = rowsOf(address(6), slotBefore(s), bytes)
    const h = rowsOf(address(6), slotAfter(s), bytes)
    const u = rowsOf(address(9), s, bytes)
    multiply<N>(gates, gateBytes, gates, gateBytes, hPrev, bytes, panelsOfGates, rows, H, 2 * H, scratch)
    multiply<N>(u, bytes, address(10), 0, hPrev, bytes, panelsOfNew, rows, H, H, scratch)
    let rest = i64x2.splat(0)
    for (let r = 0; r < rows; r++) {
      const row = <usize>r * bytes
      rest = v128.add<N>(rest, activate<N>(gates + 3 * row, u + row, hPrev + row, h + row))
    }
    if (!isFinite<N>(rest)) return s
    holdEndedStates<N>(h, hPrev, s)
  }
  return -1
}

/** Arguments: 6 h, 7 gates, 8 W_hh, 9 u, 10 dh, 11 da of the side of x, 12 da of the side of h'. */
export function gruBackward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const bytes = <usize>H * sizeof<N>()
  const gateBytes = <usize>3 * bytes
  const panels = scratch + 128
  pack<N>(panels, address(8), bytes, 3 * H, H, rows)
  for (let q = T - 1; q >= 0; q--) {
    const s = stepAt(q)
    const gates = rowsOf(address(7), s, gateBytes)
    const u = rowsOf(address(9), s, bytes)
    const hPrev = rowsOf(address(6), slotBefore(s), bytes)
    const dh = rowsOf(address(10), slotAfter(s), bytes)
    const dhPrev = rowsOf(address(10), slotBefore(s), bytes)
    const da = rowsOf(address(11), s, gateBytes)
    const daHidden = rowsOf(address(12), s, gateBytes)
    const isCut = isCutBefore(q)
    let rest = i64x2.splat(0)
    for (let r = 0; r < rows; r++) {
      const row = <usize>r * bytes
      if (hasEnded<N>(r, s)) {
        memory.fill(daHidden + 3 * row, 0, gateBytes)
        passEnded<N>(da + 3 * row, 3 * H, dhPrev + row, dh + row, isCut)
        continue
      }
      rest = v128.add<N>(
        rest,
        slope<N>(da + 3 * row, daHidden + 3 * row, gates + 3 * row, u + row, hPrev + row, dh + row),
      )
      if (!isCut) addGated<N>(dhPrev + row, dh + row, gates + 3 * row + bytes)
    }
    if (!isFinite<N>(rest)) return s
    if (!isCut) multiply<N>(dhPrev, bytes, dhPrev, bytes, daHidden, gateBytes, panels, rows, 3 * H, H, scratch)
  }
  return -1
}

/** One row: h = (1 - z) n + z h', n = tanh(a_n + r u). Returns a sum of remainders. */
function activate<N>(gates: usize, u: usize, hPrev: usize, h: usize): v128 {
  let rest = i64x2.splat(0)
  let left = H
  for (; left >= lanes<N>(); left -= lanes<N>(), gates += 16, u += 16, hPrev += 16, h += 16)
    rest = v128.add<N>(rest, activateOf<N>(gates, u, hPrev, h, 0))
  if (left > 0) rest = v128.add<N>(rest, activateOf<N>(gates, u, hPrev, h, left))
  return rest
}

// @ts-ignore: decorator
@inline
function activateOf<N>(gates: usize, u: usize, hPrev: usize, h: usize, part: i32): v128 {
  const bytes = <usize>H * sizeof<N>()
  const ar = loadOf<N>(gates, part)
  const az = loadOf<N>(gates + bytes, part)
  const r = sigmoid<N>(ar)
  const z = sigmoid<N>(az)
  const an = v128.add<N>(loadOf<N>(gates + 2 * bytes, part), v128.mul<N>(r, loadOf<N>(u, part)))
  const n = tanh<N>(an)
  const rest = v128.add<N>(remainder<N>(an), v128.add<N>(remainder<N>(ar), remainder<N>(az)))
  storeOf<N>(gates, r, part)
  storeOf<N>(gates + bytes, z, part)
  storeOf<N>(gates + 2 * bytes, n, part)
  const kept = v128.mul<N>(z, loadOf<N>(hPrev, part))
  storeOf<N>(h, flush<N>(v128.add<N>(v128.mul<N>(v128.sub<N>(one<N>(), z), n), kept)), part)
  return rest
}

/** One row back, but for what goes to h'. */
function slope<N>(da: usize, daHidden: usize, gates: usize, u: usize, hPrev: usize, dh: usize): v128 {
  let rest = i64x2.splat(0)
  let left = H
  for (; left >= lanes<N>(); left -= lanes<N>(), da += 16, daHidden += 16, gates += 16, u += 16, hPrev += 16, dh += 16)
    rest = v128.add<N>(rest, slopeOf<N>(da, daHidden, gates, u, hPrev, dh, 0))
  if (left > 0) rest = v128.add<N>(rest, slopeOf<N>(da, daHidden, gates, u, hPrev, dh, left))
  return rest
}

// @ts-ignore: decorator
@inline
function slopeOf<N>(da: usize, daHidden: usize, gates: usize, u: usize, hPrev: usize, dh: usize, part: i32): v128 {
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
  storeOf<N>(da, dr, part)
  storeOf<N>(da + bytes, dz, part)
  storeOf<N>(da + 2 * bytes, dn, part)
  storeOf<N>(daHidden, dr, part)
  storeOf<N>(daHidden + bytes, dz, part)
  storeOf<N>(daHidden + 2 * bytes, flush<N>(v128.mul<N>(dn, r)), part)
  const rest = v128.add<N>(remainder<N>(dr), v128.add<N>(remainder<N>(dz), remainder<N>(dn)))
  return rest
}

/** dh' += dh z: what goes round the new state. */
function addGated<N>(dhPrev: usize, dh: usize, z: usize): void {
  for (let left = H; left > 0; left -= lanes<N>(), dhPrev += 16, dh += 16, z += 16)
    storeUpTo<N>(
      dhPrev,
      v128.add<N>(loadUpTo<N>(dhPrev, left), v128.mul<N>(loadUpTo<N>(dh, left), loadUpTo<N>(z, left))),
      left,
    )
}
