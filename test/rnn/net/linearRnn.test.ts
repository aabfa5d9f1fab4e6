import { describe, expect, it } from 'vitest'
import {
  gradientFlow,
  influenceMap,
  LinearRNN,
  networkJacobians,
  RNN,
  relativeError,
  squaredError,
  Tensor,
} from '../../../src/rnn/index.ts'
import { complaintOf, gaussians } from '../support.ts'

const modes = ['loop', 'scan'] as const

describe.each(modes)('LinearRNN in the %s', mode => {
  const [I, H, T] = [2, 4, 7]
  const net = new LinearRNN({ inputSize: I, hiddenSize: H, seed: 1, mode })
  const { x, h0, dHN } = gaussians(1, { x: [T, I], h0: [1, H], dHN: [1, H] })
  const lambda = net.lambda()
  const weight = net.stateDict().weight_ih_l0

  it('is a sum over the past: h_t = λ^t h_0 + Σ λ^{t-s} (W_ih x_s + b_ih), to 1e-14', () => {
    const u = x.rows().map(row => weight.matmul(row).add(net.stateDict().bias_ih_l0))
    const { output } = net.forward(x, { h0 })
    for (let t = 1; t <= T; t++) {
      let h = h0.row(0).mul(lambda.map(v => v ** t))
      for (let s = 1; s <= t; s++) h = h.add(u[s - 1].mul(lambda.map(v => v ** (t - s))))
      expect(output.row(t - 1).maxAbsDifference(h)).toBeLessThan(1e-14)
    }
  })

  it('is a relu RNN with W_hh = diag(λ) where all is positive, in its numbers and gradients, to 1e-13', () => {
    const relu = new RNN({ inputSize: I, hiddenSize: H, nonlinearity: 'relu' })
    const positive = (t: Tensor) => t.map(v => Math.abs(v) + 0.1)
    const state = net.stateDict()
    const [W, b] = [positive(state.weight_ih_l0), positive(state.bias_ih_l0)]
    const linear = new LinearRNN({ inputSize: I, hiddenSize: H, mode })
    linear.loadStateDict({ weight_ih_l0: W, bias_ih_l0: b, nu_l0: state.nu_l0 })
    relu.loadStateDict({
      weight_ih_l0: W,
      weight_hh_l0: Tensor.diagonal(lambda),
      bias_ih_l0: b,
      bias_hh_l0: Tensor.zeros([H]),
    })
    const input = positive(x)
    const [found, expected] = [linear, relu].map(each => ({
      ...each.forward(input),
      ...each.backward({ dOutput: Tensor.full([T, H], 1), dHN }),
      ...each.gradients(),
    }))
    for (const name of ['output', 'hN', 'dx', 'dh0', 'weight_ih_l0', 'bias_ih_l0'] as const)
      expect(relativeError(found[name as 'dx'], expected[name as 'dx']), name).toBeLessThan(1e-13)
    const dW_hh = relu.gradients().weight_hh_l0
    const dNu = lambda.map((v, i) => dW_hh.at(i, i) * v * Math.log(v))
    expect(relativeError(linear.gradients().nu_l0, dNu)).toBeLessThan(1e-13)
  })

  it('has the Jacobian diag(λ) at every step, exactly, whatever the input', () => {
    for (const J of networkJacobians(net, x, { h0 })) expect(J.equals(Tensor.diagonal(lambda))).toBe(true)
  })

  it('its influence is ‖diag(λ)^{t-s} W_ih‖, and depends on the lag alone, to 1e-14', () => {
    const map = influenceMap(net, x)
    for (let t = 0; t < T; t++)
      for (let s = 0; s <= t; s++) {
        const block = Tensor.diagonal(lambda.map(v => v ** (t - s))).matmul(weight)
        expect(Math.abs(map.at(t, s) - block.norm())).toBeLessThan(1e-14)
      }
  })

  it('a gradient fades as λ^lag: flow of one unit is |dh_T| λ^k, to 1e-14', () => {
    const one = new LinearRNN({ inputSize: 1, hiddenSize: 1, seed: 3, mode })
    one.forward(Tensor.zeros([20, 1]))
    one.backward({ dHN: Tensor.from([[1]]) })
    for (const { lag, norm } of gradientFlow(one.stateGradients()))
      expect(Math.abs(norm - one.lambda().at(0) ** lag)).toBeLessThan(1e-14)
  })

  it('is linear: the output for x and h0 times 3 is that times 3, without a bias, to 1e-14', () => {
    const plain = new LinearRNN({ inputSize: I, hiddenSize: H, bias: false, seed: 1, mode })
    const { output } = plain.forward(x, { h0 })
    const tripled = plain.forward(x.mul(3), { h0: h0.mul(3) }).output
    expect(relativeError(tripled, output.mul(3))).toBeLessThan(1e-14)
  })
})

it('LinearRNN goes the way of its mode in both directions: what is rounded away tells the two apart', () => {
  const large = 2 ** 53 // 1 is too little to change it, 2 is not
  const [x, start] = [Tensor.full([3, 1], 1), Tensor.from([[large]])]
  const gained = (mode: 'loop' | 'scan') => {
    const net = new LinearRNN({ inputSize: 1, hiddenSize: 1, bias: false, mode })
    net.loadStateDict({ weight_ih_l0: Tensor.from([[1]]), nu_l0: Tensor.from([-800]) }) // λ = 1
    const { output } = net.forward(x, { h0: start })
    const { dx } = net.backward({ dOutput: Tensor.from([[1], [1], [0]]), dHN: start })
    return [output, dx].map(t => [...t.sub(large).data])
  }
  expect(gained('loop')).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ])
  expect(gained('scan')).toEqual([
    [0, 2, 2],
    [2, 0, 0],
  ])
})

describe('the λ of LinearRNN', () => {
  it('is exp(-exp(ν)), at first with time constants -1/ln λ from 1 to 100 steps, evenly in their logarithm', () => {
    const net = new LinearRNN({ inputSize: 1, hiddenSize: 400, seed: 1 })
    const { nu_l0 } = net.stateDict()
    expect(net.lambda().equals(nu_l0.map(nu => Math.exp(-Math.exp(nu))))).toBe(true)
    const steps = net.lambda().map(v => -1 / Math.log(v))
    expect(Math.min(...steps.data)).toBeGreaterThanOrEqual(1 - 1e-12)
    expect(Math.min(...steps.data)).toBeLessThan(1.1)
    expect(Math.max(...steps.data)).toBeLessThanOrEqual(100)
    expect(Math.max(...steps.data)).toBeGreaterThan(90)
    const short = steps.data.filter(v => v < 10).length
    expect(short / 400).toBeGreaterThan(0.42)
    expect(short / 400).toBeLessThan(0.58)
  })

  it.each([-800, -40, 8, 800])('at ν = %d is from 0 to 1, and its gradient is finite', nu => {
    const net = new LinearRNN({ inputSize: 1, hiddenSize: 1 })
    net.params.value('nu_l0').data.fill(nu)
    expect(net.lambda().at(0)).toBe(nu < 0 ? 1 : 0)
    const x = Tensor.full([5, 1], 1)
    const { output } = net.forward(x)
    expect(output.at(4, 0) === output.at(0, 0)).toBe(nu > 0)
    net.backward({ dOutput: Tensor.full([5, 1], 1) })
    expect(Math.abs(net.gradients().nu_l0.at(0))).toBeLessThan(1e-15)
  })
})

it('LinearRNN counts H(I + 2) parameters, H(I + 1) without a bias, and loads all of them or none', () => {
  const net = new LinearRNN({ inputSize: 28, hiddenSize: 50 })
  expect(net.parameterCount).toBe(50 * 30)
  const plain = new LinearRNN({ inputSize: 28, hiddenSize: 50, bias: false })
  expect(plain.parameterCount).toBe(50 * 29)
  expect(Object.keys(plain.stateDict())).toEqual(['weight_ih_l0', 'nu_l0'])
  expect(complaintOf(() => net.loadStateDict(plain.stateDict()))).toBe(
    'RangeError: missing parameter bias_ih_l0; expected weight_ih_l0, bias_ih_l0, nu_l0',
  )
  const other = new LinearRNN({ inputSize: 28, hiddenSize: 50, seed: 1 })
  net.loadStateDict(other.stateDict())
  expect(net.params.values).toEqual(other.params.values)
})

it('LinearRNN learns λ: 200 steps of descent take it from 0.37 to 0.9 of a filter, to 1e-3', () => {
  const { x } = gaussians(5, { x: [4, 40, 1] })
  const filter = new LinearRNN({ inputSize: 1, hiddenSize: 1, bias: false })
  filter.loadStateDict({ weight_ih_l0: Tensor.from([[1]]), nu_l0: Tensor.from([Math.log(-Math.log(0.9))]) })
  const target = filter.forward(x).output
  const net = new LinearRNN({ inputSize: 1, hiddenSize: 1, bias: false, mode: 'scan' })
  net.loadStateDict({ weight_ih_l0: Tensor.from([[1]]), nu_l0: Tensor.from([0]) })
  for (let step = 0; step < 200; step++) {
    net.backward({ dOutput: squaredError(net.forward(x).output, target).dy })
    net.params.grads.forEach((g, k) => {
      net.params.values[k] -= 0.1 * g
    })
  }
  expect(Math.abs(net.lambda().at(0) - 0.9)).toBeLessThan(1e-3)
})
