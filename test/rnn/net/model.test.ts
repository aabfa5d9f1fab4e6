import { describe, expect, it } from 'vitest'
import {
  elmanBackward,
  elmanForward,
  Linear,
  numericGradient,
  numericGradients,
  Random,
  RNN,
  relativeError,
  squaredError,
  Tensor,
  zerosLike,
} from '../../../src/rnn/index.ts'
import { gaussian, gaussians } from '../support.ts'

const nonlinearities = ['tanh', 'relu'] as const

describe.each(nonlinearities)('RNN with %s', nonlinearity => {
  const B = 3
  const T = 6
  const net = new RNN({ inputSize: 2, hiddenSize: 4, nonlinearity, seed: 5 })
  const { x, h0, wy, wh } = gaussians(11, { x: [B, T, 2], h0: [1, B, 4], wy: [B, T, 4], wh: [1, B, 4] })
  const lengths = [6, 2, 4]
  /** Reads every output and every last state; its gradients are wy and wh. */
  const loss = (input = x, start = h0) => {
    const { output, hN } = net.forward(input, { h0: start, lengths })
    return output.dot(wy) + hN.dot(wh)
  }
  const back = () => {
    loss()
    return { ...net.backward({ dOutput: wy, dHN: wh }), parameters: net.gradients() }
  }

  it('back through 6 steps agrees with central differences to 1e-8 for every parameter', () => {
    const { parameters } = back()
    const numeric = numericGradients(net.params, () => loss())
    expect(Object.keys(parameters)).toEqual(['weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0'])
    for (const [name, gradient] of Object.entries(parameters))
      expect(relativeError(gradient, numeric[name]), name).toBeLessThan(1e-8)
  })

  it('dx and dh0 agree with central differences to 1e-8', () => {
    const { dx, dh0 } = back()
    expect(
      relativeError(
        dx,
        numericGradient(v => loss(v), x),
      ),
    ).toBeLessThan(1e-8)
    expect(
      relativeError(
        dh0,
        numericGradient(v => loss(x, v), h0),
      ),
    ).toBeLessThan(1e-8)
  })

  it('gives no output and no gradient past the end of a sequence, exactly', () => {
    const { output } = net.forward(x, { h0, lengths })
    const { dx } = net.backward({ dOutput: wy, dHN: wh })
    lengths.forEach((n, b) => {
      expect(output.row(b).slice(n).maxAbs()).toBe(0)
      expect(dx.row(b).slice(n).maxAbs()).toBe(0)
      expect(dx.row(b).slice(0, n).maxAbs()).toBeGreaterThan(0)
    })
  })

  it.each([1e6, Number.NaN])('%d in the padding changes nothing, exactly', padding => {
    const other = x.clone()
    lengths.forEach((n, b) => {
      other.row(b).slice(n).data.fill(padding)
    })
    const plain = back()
    loss(other)
    const { dx, dh0 } = net.backward({ dOutput: wy, dHN: wh })
    expect(dx.equals(plain.dx)).toBe(true)
    expect(dh0.equals(plain.dh0)).toBe(true)
    for (const [name, gradient] of Object.entries(net.gradients()))
      expect(gradient.equals(plain.parameters[name]), name).toBe(true)
  })

  it('the steps of the cell, chained by hand, give the same states and gradients to 1e-14', () => {
    const sequence = x.row(0)
    const { output } = net.forward(sequence)
    const { dx, dh0 } = net.backward({ dOutput: wy.row(0) })
    const tapes = []
    let h = Tensor.zeros([4])
    for (let t = 0; t < T; t++) {
      tapes.push(elmanForward(net.weights, sequence.row(t), h, nonlinearity))
      h = tapes[t].h
      expect(h.maxAbsDifference(output.row(t))).toBeLessThan(1e-14)
    }
    const grad = zerosLike(net.weights)
    let dh = Tensor.zeros([4])
    for (let t = T - 1; t >= 0; t--) {
      const step = elmanBackward(net.weights, tapes[t], dh.add(wy.row(0).row(t)), grad, nonlinearity)
      expect(step.dx.maxAbsDifference(dx.row(t))).toBeLessThan(1e-14)
      dh = step.dhPrev
    }
    expect(dh.maxAbsDifference(dh0.row(0))).toBeLessThan(1e-14)
    const whole = net.gradients()
    expect(relativeError(grad.W_ih, whole.weight_ih_l0)).toBeLessThan(1e-14)
    expect(relativeError(grad.W_hh, whole.weight_hh_l0)).toBeLessThan(1e-14)
    expect(relativeError(grad.b_ih, whole.bias_ih_l0)).toBeLessThan(1e-14)
    expect(relativeError(grad.b_hh, whole.bias_hh_l0)).toBeLessThan(1e-14)
  })

  it('the contributions of the steps add up to the gradient to 1e-14', () => {
    const { parameters } = back()
    for (const [name, whole] of Object.entries(parameters)) {
      const parts = Array.from({ length: T }, (_, i) => net.stepGradients(i + 1)[name])
      const sum = parts.reduce((a, b) => a.add(b))
      expect(relativeError(sum, whole), name).toBeLessThan(1e-14)
    }
  })

  it('float32 stays within 1e-5 of float64', () => {
    const single = new RNN({ inputSize: 2, hiddenSize: 4, nonlinearity, dtype: 'float32' })
    single.loadStateDict(net.stateDict())
    const { output } = single.forward(x.astype('float32'))
    const { dx } = single.backward({ dOutput: wy.astype('float32') })
    expect([output.dtype, dx.dtype]).toEqual(['float32', 'float32'])
    expect(relativeError(output, net.forward(x).output)).toBeLessThan(1e-5)
    expect(relativeError(dx, net.backward({ dOutput: wy }).dx)).toBeLessThan(1e-5)
  })
})

describe('RNN', () => {
  it('cuts a truncated gradient to exactly zero beyond the cut', () => {
    const net = new RNN({ inputSize: 1, hiddenSize: 3 })
    net.forward(gaussian(new Random(1), [9, 1]))
    net.backward({ dHN: Tensor.from([[1, 1, 1]]), truncate: 3 })
    const norms = [...Array(10).keys()].map(t => net.stateGradients().row(t).norm())
    expect(norms.map(norm => norm > 0)).toEqual(Array.from({ length: 10 }, (_, t) => t > 6))
  })

  it('shows the state and its gradient at each step: row t is h_t and ∂L/∂h_t', () => {
    const net = new RNN({ inputSize: 2, hiddenSize: 3, seed: 2 })
    const { x, h0, dOutput } = gaussians(4, { x: [4, 2], h0: [1, 3], dOutput: [4, 3] })
    const { output, hN } = net.forward(x, { h0 })
    const { dh0 } = net.backward({ dOutput })
    expect(net.states().equals(Tensor.concat([h0, output]))).toBe(true)
    expect(net.states().row(-1).equals(hN.row(0))).toBe(true)
    expect(net.stateGradients().row(0).equals(dh0.row(0))).toBe(true)
    expect(net.stateGradients().row(4).equals(dOutput.row(3))).toBe(true)
    expect(net.tape(2).x.equals(x.row(1))).toBe(true)
    expect(net.tape(2).hPrev.equals(output.row(0))).toBe(true)
    expect(net.tape(2).h.equals(output.row(1))).toBe(true)
  })

  it.each<[boolean, number[]]>([
    [true, [2, 1]],
    [true, [1, 2, 1]],
    [false, [2, 1, 1]],
  ])('does not change when the caller changes x or a result (batchFirst: %s, x %j)', (batchFirst, shape) => {
    const net = new RNN({ inputSize: 1, hiddenSize: 2, batchFirst })
    const x = new Tensor([1, 2], shape)
    const dHN = new Tensor([1, 1], shape.length === 2 ? [1, 2] : [1, 1, 2])
    const { output, hN } = net.forward(x)
    const expected = { dx: net.backward({ dHN }).dx, ...net.gradients() }
    for (const t of [x, output, hN, net.states(), net.stateDict().weight_hh_l0]) t.data.fill(9)
    const { dx } = net.backward({ dHN })
    for (const [name, t] of Object.entries({ dx, ...net.gradients() }))
      expect(t.equals(expected[name as keyof typeof expected]), name).toBe(true)
  })

  it('draws U(-1/√H, 1/√H): within the bound, filling it, the same for one seed, another for another', () => {
    const draw = (seed?: number) => new RNN({ inputSize: 8, hiddenSize: 16, seed }).params.values
    const largest = Math.max(...draw(1).map(Math.abs))
    expect(largest).toBeLessThanOrEqual(0.25)
    expect(largest).toBeGreaterThan(0.24)
    expect(draw(1)).toEqual(draw(1))
    expect(draw(2)).not.toEqual(draw(1))
    expect(draw()).toEqual(draw(0))
  })

  it('counts H(I + H + 2) parameters, H(I + H) without biases', () => {
    expect(new RNN({ inputSize: 28, hiddenSize: 50 }).parameterCount).toBe(50 * (28 + 50 + 2))
    const plain = new RNN({ inputSize: 28, hiddenSize: 50, bias: false })
    expect(plain.parameterCount).toBe(50 * (28 + 50))
    expect(Object.keys(plain.stateDict())).toEqual(['weight_ih_l0', 'weight_hh_l0'])
  })

  it('with a linear read-out learns to repeat its last input: 300 steps of descent leave 1 % of the error', () => {
    const random = new Random(1)
    const net = new RNN({ inputSize: 1, hiddenSize: 6, seed: 3 })
    const readOut = new Linear({ inFeatures: 6, outFeatures: 1, seed: 4 })
    const x = Tensor.generate([8, 10, 1], () => random.uniform(-1, 1))
    const target = x.map((_, k) => (k % 10 === 0 ? 0 : x.data[k - 1]))
    const losses = Array.from({ length: 300 }, () => {
      const { loss, dy } = squaredError(readOut.forward(net.forward(x).output), target)
      net.backward({ dOutput: readOut.backward(dy) })
      for (const { values, grads } of [net.params, readOut.params])
        grads.forEach((g, k) => {
          values[k] -= 0.3 * g
        })
      return loss
    })
    expect(losses[299]).toBeLessThan(losses[0] / 100)
  })
})
