import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  eigenvalues,
  largestSingularValue,
  Random,
  singularSpectra,
  singularValues,
  spectralRadius,
  Tensor,
} from '../../../src/rnn/index.ts'
import { always, complaintOf, gaussian } from '../support.ts'

const size = fc.integer({ min: 1, max: 8 })
const draw = (seed: number, n: number, m: number) => gaussian(new Random(seed), [n, m])

describe('singularValues', () => {
  it('of Q₁ diag(s) Q₂ are s, the largest first, to 1e-13', () => {
    const random = new Random(1)
    const s = [7, 3, 1, 0.01]
    const A = random.orthogonal(6, 4).matmul(Tensor.diagonal(s)).matmul(random.orthogonal(4))
    expect(singularValues(A).maxAbsDifference(Tensor.from(s))).toBeLessThan(1e-13)
    expect(singularValues(A.transpose()).maxAbsDifference(Tensor.from(s))).toBeLessThan(1e-13)
  })

  it('have the Frobenius norm of the matrix, the same for its transpose; the first is the power iteration’s', () => {
    always(
      fc.property(fc.nat(), size, size, (seed, n, m) => {
        const A = draw(seed, n, m)
        const s = singularValues(A)
        expect(s.shape).toEqual([Math.min(n, m)])
        expect(Math.abs(s.norm() / A.norm() - 1)).toBeLessThan(1e-13)
        expect(singularValues(A.transpose()).maxAbsDifference(s)).toBeLessThan(1e-12)
        expect(Math.abs(largestSingularValue(A) / s.at(0) - 1)).toBeLessThan(1e-6)
      }),
    )
  })
})

describe('eigenvalues', () => {
  it('of a rotation by φ, stretched r times, are r (cos φ ± i sin φ), to 1e-14', () => {
    const [c, s] = [3 * Math.cos(0.7), 3 * Math.sin(0.7)]
    const [one, other] = eigenvalues(
      Tensor.from([
        [c, -s],
        [s, c],
      ]),
    )
    expect(one.re).toBeCloseTo(c, 14)
    expect(Math.abs(one.im)).toBeCloseTo(s, 14)
    expect(other).toEqual({ re: one.re, im: -one.im })
  })

  it('add up to the trace, and their moduli never exceed the largest singular value, in 100 draws', () => {
    always(
      fc.property(fc.nat(), size, (seed, n) => {
        const A = draw(seed, n, n)
        const lambdas = eigenvalues(A)
        const trace = A.mul(Tensor.identity(n)).sum()
        expect(lambdas.reduce((sum, { re }) => sum + re, 0)).toBeCloseTo(trace, 11)
        expect(lambdas.reduce((sum, { im }) => sum + im, 0)).toBeCloseTo(0, 11)
        expect(spectralRadius(A)).toBeLessThanOrEqual(singularValues(A).at(0) * (1 + 1e-12))
        const sizes = lambdas.map(({ re, im }) => Math.hypot(re, im))
        expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
      }),
    )
  })

  it('of an orthogonal matrix all lie on the unit circle, to 1e-13', () => {
    const Q = new Random(2).orthogonal(20)
    for (const { re, im } of eigenvalues(Q)) expect(Math.abs(Math.hypot(re, im) - 1)).toBeLessThan(1e-13)
  })

  it('ρ is the rate of ‖A^k‖: the 400th root of ‖A^400‖ is within 2 % of it (Gelfand)', () => {
    const A = draw(3, 16, 16).mul(1 / 4)
    let power = Tensor.identity(16)
    for (let k = 0; k < 400; k++) power = power.matmul(A)
    expect(Math.abs(singularValues(power).at(0) ** (1 / 400) / spectralRadius(A) - 1)).toBeLessThan(0.02)
  })
})

describe('W = [[0.9, 5], [0, 0.9]]', () => {
  const W = Tensor.from([
    [0.9, 5],
    [0, 0.9],
  ])

  it('has ρ = 0.9, yet its powers grow to 19.4 at k = 9 and are below 1 only from k = 55', () => {
    const most = singularSpectra(Array(60).fill(W)).column(0).data
    expect(spectralRadius(W)).toBeCloseTo(0.9, 7)
    expect(most[0]).toBeCloseTo(5.157, 3)
    expect(most.indexOf(Math.max(...most)) + 1).toBe(9)
    expect(Math.max(...most)).toBeCloseTo(19.38, 2)
    expect(most.findIndex(s => s < 1) + 1).toBe(55)
  })
})

describe('singularSpectra', () => {
  it('puts the latest Jacobian on the left: row k - 1 is that of J_n ⋯ J_{n-k+1}', () => {
    const [J1, J2, J3] = [1, 2, 3].map(seed => draw(seed, 3, 3))
    const spectra = singularSpectra([J1, J2, J3])
    expect(spectra.row(0).equals(singularValues(J3))).toBe(true)
    expect(spectra.row(1).equals(singularValues(J3.matmul(J2)))).toBe(true)
    expect(spectra.row(2).equals(singularValues(J3.matmul(J2).matmul(J1)))).toBe(true)
    expect(spectra.row(1).maxAbsDifference(singularValues(J2.matmul(J3)))).toBeGreaterThan(1e-3)
  })
})

it.each<[string, () => unknown]>([
  ['A has shape [2, 3], expected a square matrix', () => eigenvalues(Tensor.zeros([2, 3]))],
  ['A has shape [3], expected [n, m]', () => singularValues(Tensor.zeros([3]))],
  ['A has shape [0, 3], expected at least one number', () => singularValues(Tensor.zeros([0, 3]))],
  [
    'A has a value that is not finite: NaN at [1, 0]',
    () =>
      spectralRadius(
        Tensor.from([
          [1, 2],
          [NaN, 4],
        ]),
      ),
  ],
  ['expected at least one Jacobian', () => singularSpectra([])],
])('%s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(`RangeError: ${complaint}`))
