import { describe, expect, it } from 'vitest'
import {
  autoregressive,
  autoregressiveVariance,
  Random,
  randomWalk,
  squaredError,
  Tensor,
} from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

describe('autoregressive', () => {
  const coefficients = [0.5, -0.3, 0.4]
  const std = 2
  const { x, target } = autoregressive(new Random(1), { coefficients, std, batch: 400, steps: 50 })

  it('targets are the values one step later', () => {
    expect(x.shape).toEqual([400, 50, 1])
    for (let b = 0; b < 3; b++) expect(x.row(b).slice(1).equals(target.row(b).slice(0, 49))).toBe(true)
  })

  it('the known forecast has a mean squared error of σ², within 2 %, and no coefficient nearby has a lower one', () => {
    const errorOf = (phi: readonly number[]) => {
      const errors = target.rows().flatMap((v, b) =>
        Array.from({ length: 47 }, (_, i) => {
          const t = i + 3
          return v.at(t, 0) - phi.reduce((sum, f, k) => sum + f * x.at(b, t - k, 0), 0)
        }),
      )
      return errors.reduce((sum, e) => sum + e * e, 0) / errors.length
    }
    const best = errorOf(coefficients)
    expect(Math.abs(best / 4 - 1)).toBeLessThan(0.03)
    for (const i of [0, 1, 2])
      for (const step of [-0.05, 0.05])
        expect(errorOf(coefficients.with(i, coefficients[i] + step))).toBeGreaterThan(best)
  })

  it('is stationary from the first value on: its variance and its covariance with the next are the same at every step', () => {
    const { x } = autoregressive(new Random(2), { coefficients, std, batch: 8000, steps: 10 })
    const at = x.permute([1, 0, 2]).rows()
    const covariance = (s: number, t: number) =>
      at[s].dot(at[t]) / 8000 / autoregressiveVariance(coefficients, std)
    for (let t = 0; t < 10; t++) {
      expect(Math.abs(covariance(t, t) - 1)).toBeLessThan(0.07)
      if (t > 0) expect(Math.abs(covariance(t - 1, t) - covariance(8, 9))).toBeLessThan(0.07)
    }
  })

  it('has the variance that its answer to a single shock has: σ² Σ ψ_t², to 1e-12', () => {
    const impulses = [1]
    for (let t = 1; t < 500; t++)
      impulses.push(coefficients.reduce((sum, f, k) => sum + f * (impulses[t - 1 - k] ?? 0), 0))
    const direct = impulses.reduce((sum, psi) => sum + psi * psi, 0)
    expect(Math.abs(autoregressiveVariance(coefficients) / direct - 1)).toBeLessThan(1e-12)
    expect(autoregressiveVariance([0.9])).toBeCloseTo(1 / (1 - 0.81), 12)
    expect(autoregressiveVariance([])).toBe(1)
  })

  it.each([[[1]], [[-1.01]], [[0.5, 0.5]], [[1.2, -1.1]], [[Number.NaN]]])(
    '%j is refused: not stationary',
    phi => {
      const draw = () => autoregressive(new Random(), { coefficients: phi, batch: 1, steps: 1 })
      expect(complaintOf(draw)).toBe(`RangeError: AR(p) with [${phi.join(', ')}] is not stationary`)
    },
  )
})

describe('randomWalk', () => {
  it('has steps of the drift plus noise: the last value plus the drift errs by σ², within 3 %', () => {
    const { x, target } = randomWalk(new Random(2), { batch: 100, steps: 200, std: 0.5, drift: 0.1 })
    expect(Math.abs(squaredError(x.add(0.1), target).loss / 0.25 - 1)).toBeLessThan(0.03)
    expect(Math.abs(target.sub(x).mean() - 0.1)).toBeLessThan((4 * 0.5) / Math.sqrt(20_000))
  })

  it('has steps that are of no use to guess the next: their correlation is below 4 standard errors', () => {
    const { x, target } = randomWalk(new Random(3), { batch: 100, steps: 200 })
    const steps = target.sub(x).reshape([100, 200])
    const r = Tensor.stack(steps.rows().map(row => row.slice(1))).dot(
      Tensor.stack(steps.rows().map(row => row.slice(0, -1))),
    )
    expect(Math.abs(r / (100 * 199))).toBeLessThan(4 / Math.sqrt(100 * 199))
  })
})
