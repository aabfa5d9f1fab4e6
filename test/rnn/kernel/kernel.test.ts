/** Every implementation of the kernel against the tensor's own products; sizes that are no multiple of anything. */
import { describe, expect, it } from 'vitest'
import { Tensor } from '../../../src/rnn/index.ts'
import { type Kernel, kernel } from '../../../src/rnn/kernel/kernel.ts'
import { reference } from '../../../src/rnn/kernel/reference.ts'
import { gaussians } from '../support.ts'

const implementations: [string, Kernel][] = [
  ['reference', reference],
  ['the one in use', kernel],
]

describe.each(implementations)('kernel: %s', (_, k) => {
  const { A, B, C, b, h, dh } = gaussians(1, { A: [3, 5], B: [5, 7], C: [3, 7], b: [7], h: [13], dh: [13] })
  const apply = (add: (out: Tensor) => void, start: Tensor) => {
    const out = start.clone()
    add(out)
    return out
  }

  it('C += A B, A Bᵀ and Aᵀ B to 1e-14', () => {
    const expected = C.add(A.matmul(B))
    const [At, Bt] = [A.transpose(), B.transpose()]
    const results = [
      apply(out => k.addAB(out.data, A.data, B.data, 3, 5, 7), C),
      apply(out => k.addABt(out.data, A.data, Bt.data, 3, 5, 7), C),
      apply(out => k.addAtB(out.data, At.data, B.data, 3, 5, 7), C),
    ]
    for (const result of results) expect(result.maxAbsDifference(expected)).toBeLessThan(1e-14)
  })

  it('adds a vector to every row, and the sum of all rows to a vector', () => {
    const added = apply(out => k.addToRows(out.data, b.data), C)
    for (let i = 0; i < 3; i++) expect(added.row(i).equals(C.row(i).add(b))).toBe(true)
    const sum = apply(out => k.addRowSums(out.data, C.data), b)
    expect(sum.maxAbsDifference(b.add(C.row(0)).add(C.row(1)).add(C.row(2)))).toBeLessThan(1e-14)
  })

  it('tanh and relu, and back, to 1e-15', () => {
    const zeros = Tensor.zeros([13])
    const close = (result: Tensor, f: (i: number) => number) =>
      expect(result.maxAbsDifference(Tensor.generate([13], f))).toBeLessThan(1e-15)
    const [a, d] = [h.data, dh.data]
    close(
      apply(out => k.tanh(out.data, a), zeros),
      i => Math.tanh(a[i]),
    )
    close(
      apply(out => k.relu(out.data, a), zeros),
      i => Math.max(a[i], 0),
    )
    close(
      apply(out => k.tanhBackward(out.data, d, a), zeros),
      i => d[i] * (1 - a[i] ** 2),
    )
    close(
      apply(out => k.reluBackward(out.data, d, a), zeros),
      i => (a[i] > 0 ? d[i] : 0),
    )
  })

  it('lets NaN through, so that a broken network shows', () => {
    const out = new Float64Array(1)
    for (const f of [k.tanh, k.relu]) {
      f(out, new Float64Array([Number.NaN]))
      expect(out[0]).toBeNaN()
    }
  })
})
