import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Tensor } from '../../../src/rnn/index.ts'

type Bundle = Record<string, string>
const show = (t: Tensor) =>
  (t as unknown as Record<symbol, () => Bundle>)[Symbol.for('Jupyter.display')].call(t)

describe('a tensor as text', () => {
  it.each<[string, Tensor, string]>([
    [
      'a matrix',
      Tensor.from([
        [1, -2.5],
        [0, 10],
      ]),
      'Tensor [2, 2]\n[[ 1.0 -2.5]\n [   0 10.0]]',
    ],
    ['whole numbers', Tensor.from([1, 2, 30]), 'Tensor [3]\n[ 1  2 30]'],
    ['four digits', Tensor.from([1 / 3, -2 / 3]), 'Tensor [2]\n[ 0.3333 -0.6667]'],
    ['tiny numbers', Tensor.from([1e-9, 0, -5]), 'Tensor [3]\n[ 1.0000e-9          0 -5.0000e+0]'],
    ['no numbers', Tensor.zeros([0, 3]), 'Tensor [0, 3]\n[]'],
    ['one number', Tensor.from(2.5), 'Tensor []\n2.5'],
    [
      'what is not finite',
      Tensor.from([Number.NaN, -Infinity, 1]),
      'Tensor [3]\n[      NaN -Infinity         1]',
    ],
    ['negative zero', Tensor.from([-0]), 'Tensor [1]\n[0]'],
    ['float32', Tensor.zeros([1], 'float32'), 'Tensor [1] float32\n[0]'],
    ['a stack', Tensor.zeros([2, 1, 2]), 'Tensor [2, 1, 2]\n[[[0 0]]\n\n [[0 0]]]'],
    ['a long axis', Tensor.generate([13], k => k), 'Tensor [13]\n[ 0  1  2 ... 10 11 12]'],
  ])('shows %s as NumPy does', (_, t, text) => {
    expect(show(t)['text/plain']).toBe(text)
    expect(inspect(t)).toBe(text)
  })

  it('shows as many digits as it is asked for', () => {
    expect(Tensor.from([1 / 3]).toString(12)).toBe('Tensor [1]\n[0.333333333333]')
  })
})

describe('a tensor as HTML', () => {
  it('is a table with the numbers in the cells, their sign as class and their magnitude as --v', () => {
    expect(
      show(
        Tensor.from([
          [2, -1],
          [0, Number.NaN],
        ]),
      )['text/html'],
    ).toBe(
      [
        '<table class="tensor"><caption>Tensor [2, 2]</caption>',
        '<thead><tr><td></td><th scope="col">0</th><th scope="col">1</th></tr></thead>',
        '<tbody><tr><th scope="row">0</th><td class="positive" style="--v:1">2</td><td class="negative" style="--v:0.5">-1</td></tr>',
        '<tr><th scope="row">1</th><td class="zero" style="--v:0">0</td><td class="nonfinite">NaN</td></tr></tbody></table>',
      ].join('\n'),
    )
  })

  it('shows a vector as one row and a stack as one table per matrix, each with its place', () => {
    expect(show(Tensor.from([1, 2]))['text/html'].match(/<tr>/g)).toHaveLength(2)
    const stack = show(Tensor.zeros([2, 2, 3, 3]))['text/html']
    expect(stack.match(/<table/g)).toHaveLength(4)
    expect(stack).toContain('<caption>Tensor [2, 2, 3, 3] · [1, 0, :, :]</caption>')
  })

  it('stays small for large tensors: a million numbers in under 40 kB, with the last ones there', () => {
    const html = show(Tensor.generate([1000, 1000], k => k))['text/html']
    expect(html.length).toBeLessThan(40_000)
    expect(html).toContain('>999999</td>')
    expect(html).toContain('…')
  })

  it('says so when there is nothing to show', () => {
    expect(show(Tensor.zeros([0, 3]))['text/html']).toBe('<p class="tensor">Tensor [0, 3]</p>')
  })
})
