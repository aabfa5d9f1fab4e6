/**
 * The field's equations, each bound to numbers that plain loops computed. Sizes differ wherever they may (input 3,
 * state 4, output 2), and nothing is symmetric, so that a wrong formula cannot be right by accident.
 */
import { Random } from '../../../src/rnn/index.ts'

export interface Equation {
  readonly name: string
  readonly latex: string
  readonly bindings: Record<string, unknown> | readonly Record<string, unknown>[]
  readonly tolerance?: number
  /** Changes that leave the formula true: an inequality has room. */
  readonly harmless?: readonly string[]
}

type Vector = number[]
type Matrix = number[][]

const random = new Random(7)
const vector = (n: number): Vector => Array.from({ length: n }, () => random.normal())
const matrix = (r: number, c: number): Matrix => Array.from({ length: r }, () => vector(c).map(x => x * 0.6))
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
const times = (A: Matrix, x: Vector): Vector => A.map(row => row.reduce((s, a, j) => s + a * x[j], 0))
const plus = (...vs: Vector[]): Vector => vs[0].map((_, i) => vs.reduce((s, v) => s + v[i], 0))
const each = (f: (...xs: number[]) => number, ...vs: Vector[]): Vector =>
  vs[0].map((_, i) => f(...vs.map(v => v[i])))
const product = (A: Matrix, B: Matrix): Matrix =>
  A.map(row => B[0].map((_, j) => row.reduce((s, a, k) => s + a * B[k][j], 0)))
const transposed = (A: Matrix): Matrix => A[0].map((_, j) => A.map(row => row[j]))
const rowTimes = (v: Vector, A: Matrix): Vector => times(transposed(A), v)

/** An Elman network with tanh, run over six steps. */
const I = 3
const H = 4
const O = 2
const T = 6
const net = { Whh: matrix(H, H), Wxh: matrix(H, I), bh: vector(H), Why: matrix(O, H), by: vector(O) }
const x = Array.from({ length: T + 1 }, () => vector(I))
const h: Vector[] = [vector(H)]
const a: Vector[] = [vector(H)]
for (let t = 1; t <= T; t++) {
  a.push(plus(times(net.Whh, h[t - 1]), times(net.Wxh, x[t]), net.bh))
  h.push(a[t].map(Math.tanh))
}
const y = h.map(state => plus(times(net.Why, state), net.by))
/** ∂h_t/∂h_{t-1} = diag(1 - h_t²) W_hh */
const jacobian = (t: number): Matrix => net.Whh.map((row, i) => row.map(w => (1 - h[t][i] ** 2) * w))

/** L = Σ_t ½|h_t|² w_t, and its gradients back through time. */
const weight = vector(T + 1).map(w => 1 + Math.abs(w))
const dh: Vector[] = Array.from({ length: T + 1 }, () => Array(H).fill(0) as Vector)
for (let t = T; t >= 1; t--) {
  const later = t < T ? rowTimes(dh[t + 1], jacobian(t + 1)) : (Array(H).fill(0) as Vector)
  dh[t] = plus(
    h[t].map(v => v * weight[t]),
    later,
  )
}
const da = dh.map((d, t) => each((g, s) => g * (1 - s * s), d, h[t]))
const dWhh: Matrix = net.Whh.map((row, i) =>
  row.map((_, j) => Array.from({ length: T }, (_, k) => da[k + 1][i] * h[k][j]).reduce((s, v) => s + v, 0)),
)
const binding = (t: number) => ({
  h_t: h[t],
  'h_{t-1}': h[t - 1],
  x_t: x[t],
  a_t: a[t],
  y_t: y[t],
  'W_{hh}': net.Whh,
  'W_{xh}': net.Wxh,
  b_h: net.bh,
  'W_{hy}': net.Why,
  b_y: net.by,
})
const pick = (from: Record<string, unknown>, ...names: string[]) =>
  Object.fromEntries(names.map(name => [name, from[name]]))

export const seedEquations: readonly Equation[] = [
  {
    name: 'the state update',
    latex: 'h_t = \\tanh(W_{hh} \\cdot h_{t-1} + W_{xh} \\cdot x_t + b_h)',
    bindings: [1, 2, 3].map(t => pick(binding(t), 'h_t', 'h_{t-1}', 'x_t', 'W_{hh}', 'W_{xh}', 'b_h')),
  },
  {
    name: 'the readout',
    latex: 'y_t = W_{hy} \\cdot h_t + b_y',
    bindings: pick(binding(3), 'y_t', 'W_{hy}', 'h_t', 'b_y'),
  },
  {
    name: 'the chain through time',
    latex:
      '\\frac{\\partial L}{\\partial h_{t-k}} = \\frac{\\partial L}{\\partial h_t} \\cdot \\prod_{i=1}^{k} \\frac{\\partial h_{t-i+1}}{\\partial h_{t-i}}',
    bindings: [1, 2, 4].map(k => {
      let row = weight.slice(0, H)
      const gradient = [...row]
      for (let i = 1; i <= k; i++) row = rowTimes(row, jacobian(T - i + 1))
      return {
        k,
        '\\frac{\\partial L}{\\partial h_{t-k}}': row,
        '\\frac{\\partial L}{\\partial h_t}': gradient,
        '\\frac{\\partial h_{t-i+1}}{\\partial h_{t-i}}': (i: number) => jacobian(T - i + 1),
      }
    }),
  },
  {
    name: 'the slope of tanh',
    latex: "\\tanh'(x) = 1 - \\tanh^2(x)",
    bindings: [{ x: 0.3 }, { x: [-2, 0.5, 1.5] }],
  },
]

/** The seed's Jacobian, which is wrong in order, transpose and argument. */
export const wrongJacobian: Equation = {
  name: 'the seed’s Jacobian',
  latex: "\\frac{\\partial h_t}{\\partial h_{t-1}} = W_{hh}^T \\cdot \\text{diag}(\\tanh'(h_{t-1}))",
  bindings: {
    '\\frac{\\partial h_t}{\\partial h_{t-1}}': jacobian(3),
    'W_{hh}': net.Whh,
    'h_{t-1}': h[2],
  },
}

const lstm = (() => {
  const W = Object.fromEntries(['i', 'f', 'g', 'o'].map(k => [k, matrix(H, I)]))
  const U = Object.fromEntries(['i', 'f', 'g', 'o'].map(k => [k, matrix(H, H)]))
  const b = Object.fromEntries(['i', 'f', 'g', 'o'].map(k => [k, vector(H)]))
  const [xt, hPrev, cPrev] = [vector(I), vector(H), vector(H)]
  const gate = (k: string, f: (v: number) => number) => plus(times(W[k], xt), times(U[k], hPrev), b[k]).map(f)
  const [i, f, g, o] = [gate('i', sigmoid), gate('f', sigmoid), gate('g', Math.tanh), gate('o', sigmoid)]
  const c = each((fv, cv, iv, gv) => fv * cv + iv * gv, f, cPrev, i, g)
  const ht = each((ov, cv) => ov * Math.tanh(cv), o, c)
  const bound: Record<string, unknown> = {
    i_t: i,
    f_t: f,
    g_t: g,
    o_t: o,
    c_t: c,
    h_t: ht,
    x_t: xt,
    'h_{t-1}': hPrev,
    'c_{t-1}': cPrev,
  }
  for (const k of ['i', 'f', 'g', 'o'])
    Object.assign(bound, { [`W_${k}`]: W[k], [`U_${k}`]: U[k], [`b_${k}`]: b[k] })
  return bound
})()

const gru = (() => {
  const names = ['r', 'z', 'n'] as const
  const W = Object.fromEntries(names.map(k => [k, matrix(H, I)]))
  const U = Object.fromEntries(names.map(k => [k, matrix(H, H)]))
  const [b_r, b_z, b_in, b_hn] = [vector(H), vector(H), vector(H), vector(H)]
  const [xt, hPrev] = [vector(I), vector(H)]
  const r = plus(times(W.r, xt), times(U.r, hPrev), b_r).map(sigmoid)
  const z = plus(times(W.z, xt), times(U.z, hPrev), b_z).map(sigmoid)
  const inner = plus(times(U.n, hPrev), b_hn)
  const n = each((p, rv, q) => Math.tanh(p + rv * q), plus(times(W.n, xt), b_in), r, inner)
  const ht = each((zv, nv, hv) => (1 - zv) * nv + zv * hv, z, n, hPrev)
  return {
    r_t: r,
    z_t: z,
    n_t: n,
    h_t: ht,
    x_t: xt,
    'h_{t-1}': hPrev,
    W_r: W.r,
    W_z: W.z,
    W_n: W.n,
    U_r: U.r,
    U_z: U.z,
    U_n: U.n,
    b_r,
    b_z,
    'b_{in}': b_in,
    'b_{hn}': b_hn,
  }
})()

const entropy = (() => {
  const z = vector(5)
  const top = Math.max(...z)
  const e = z.map(v => Math.exp(v - top))
  const sum = e.reduce((s, v) => s + v, 0)
  const p = e.map(v => v / sum)
  const k = 3
  return { z, p, k, L: -Math.log(p[k]), y: p.map((_, i) => (i === k ? 1 : 0)), n: 5 }
})()

const adam = (() => {
  const [g, m, v, theta] = [vector(4), vector(4), vector(4).map(s => s * s), vector(4)]
  const [b1, b2, alpha, eps, t] = [0.9, 0.99, 0.1, 0.01, 3]
  const m1 = each((mv, gv) => b1 * mv + (1 - b1) * gv, m, g)
  const v1 = each((vv, gv) => b2 * vv + (1 - b2) * gv * gv, v, g)
  const mHat = m1.map(s => s / (1 - b1 ** t))
  const vHat = v1.map(s => s / (1 - b2 ** t))
  const next = each((p, mv, vv) => p - (alpha * mv) / (Math.sqrt(vv) + eps), theta, mHat, vHat)
  return {
    g_t: g,
    m_t: m1,
    v_t: v1,
    'm_{t-1}': m,
    'v_{t-1}': v,
    '\\hat{m}_t': mHat,
    '\\hat{v}_t': vHat,
    '\\theta_t': next,
    '\\theta_{t-1}': theta,
    '\\beta_1': b1,
    '\\beta_2': b2,
    '\\alpha': alpha,
    '\\epsilon': eps,
    t,
  }
})()

export const equations: readonly Equation[] = [
  ...seedEquations,
  {
    name: 'LSTM',
    latex: `\\begin{aligned}
      i_t &= \\sigma(W_i x_t + U_i h_{t-1} + b_i) \\\\
      f_t &= \\sigma(W_f x_t + U_f h_{t-1} + b_f) \\\\
      g_t &= \\tanh(W_g x_t + U_g h_{t-1} + b_g) \\\\
      o_t &= \\sigma(W_o x_t + U_o h_{t-1} + b_o) \\\\
      c_t &= f_t \\odot c_{t-1} + i_t \\odot g_t \\\\
      h_t &= o_t \\odot \\tanh(c_t)
    \\end{aligned}`,
    bindings: lstm,
  },
  {
    name: 'GRU',
    latex: `\\begin{aligned}
      r_t &= \\sigma(W_r x_t + U_r h_{t-1} + b_r) \\\\
      z_t &= \\sigma(W_z x_t + U_z h_{t-1} + b_z) \\\\
      n_t &= \\tanh(W_n x_t + b_{in} + r_t \\odot (U_n h_{t-1} + b_{hn})) \\\\
      h_t &= (1 - z_t) \\odot n_t + z_t \\odot h_{t-1}
    \\end{aligned}`,
    bindings: gru,
  },
  {
    name: 'softmax cross-entropy',
    latex: 'L = -\\log \\frac{e^{z_k}}{\\sum_j e^{z_j}} = -z_k + \\log \\sum_{j=0}^{n-1} \\exp(z_j)',
    bindings: pick(entropy, 'L', 'z', 'k', 'n'),
  },
  {
    name: 'the gradient of softmax cross-entropy',
    latex: '\\frac{\\partial L}{\\partial z} = \\operatorname{softmax}(z) - y = p - y',
    bindings: {
      ...pick(entropy, 'z', 'p', 'y'),
      'L(z)': (z: number[]) => Math.log(z.reduce((s, v) => s + Math.exp(v), 0)) - z[entropy.k],
    },
  },
  {
    name: 'Adam’s update',
    latex: `\\begin{aligned}
      m_t &= \\beta_1 m_{t-1} + (1 - \\beta_1) g_t \\\\
      v_t &= \\beta_2 v_{t-1} + (1 - \\beta_2) g_t^2 \\\\
      \\hat{m}_t &= \\frac{m_t}{1 - \\beta_1^t}, \\quad \\hat{v}_t = \\frac{v_t}{1 - \\beta_2^t} \\\\
      \\theta_t &= \\theta_{t-1} - \\alpha \\frac{\\hat{m}_t}{\\sqrt{\\hat{v}_t} + \\epsilon}
    \\end{aligned}`,
    bindings: adam,
  },
  {
    name: 'the sum of backpropagation through time',
    latex:
      '\\frac{\\partial L}{\\partial W_{hh}} = \\sum_{t=1}^{T} \\operatorname{diag}(1 - h_t^2) \\frac{\\partial L}{\\partial h_t} h_{t-1}^T',
    bindings: {
      T,
      h,
      '\\frac{\\partial L}{\\partial W_{hh}}': dWhh,
      '\\frac{\\partial L}{\\partial h_t}': (t: number) => dh[t],
    },
  },
  {
    name: 'the step Jacobian',
    latex:
      "\\frac{\\partial h_t}{\\partial h_{t-1}} = \\operatorname{diag}(\\tanh'(a_t)) W_{hh} = \\operatorname{diag}(1 - h_t^2) W_{hh}",
    bindings: {
      'h_t(h_{t-1})': (hPrev: number[]) =>
        plus(times(net.Whh, hPrev), times(net.Wxh, x[2]), net.bh).map(Math.tanh),
      'h_{t-1}': h[1],
      ...pick(binding(2), 'h_t', 'a_t', 'W_{hh}'),
    },
  },
  {
    name: 'the bound on a product of Jacobians',
    latex:
      '\\left\\| \\prod_{i=1}^{k} J_i \\right\\|_2 \\le \\prod_{i=1}^{k} \\|J_i\\|_2 \\le \\left(\\gamma \\|W\\|_2\\right)^k',
    bindings: {
      k: 3,
      J_i: (i: number) => jacobian(i),
      W: net.Whh,
      '\\gamma': Math.max(...[1, 2, 3].flatMap(t => h[t].map(v => 1 - v * v))),
    },
    harmless: [
      'function: \\prod → \\sum in …right\\|_2 \\le \\prod_{i=1}^{k} \\|J…',
      'number: 1 → 2 in …ft\\| \\prod_{i=1}^{k} J_i \\rig…',
      'number: 1 → 3 in …ft\\| \\prod_{i=1}^{k} J_i \\rig…',
      'number: 1 → 2 in … \\le \\prod_{i=1}^{k} \\|J_i\\|_…',
      'number: 1 → 3 in … \\le \\prod_{i=1}^{k} \\|J_i\\|_…',
    ],
  },
]

export { H, h, jacobian, matrix, net, product, transposed, vector, x }
