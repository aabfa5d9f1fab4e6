/** Formulas against numbers: what holds is proved, what does not is refuted, and nothing passes unread. */
import { describe, expect, it } from 'vitest'
import { verify } from '../../../src/weave/formula/verify.ts'
import { equations, wrongJacobian } from './equations.ts'
import { mutantsOf } from './mutants.ts'

describe('equations of the field', () => {
  it.each(equations)('$name holds to 1e-9', ({ latex, bindings, tolerance }) => {
    const verdict = verify({ latex, tolerance }, bindings)
    expect(verdict).toMatchObject({ kind: 'holds', unused: [] })
    expect(verdict.kind === 'holds' && verdict.deviation).toBeLessThan(1e-9)
  })

  it('refutes the seed’s Jacobian', () => {
    expect(verify(wrongJacobian, wrongJacobian.bindings)).toMatchObject({ kind: 'refuted', binding: 1 })
  })
})

describe('mutations', () => {
  it.each(equations)(
    'every change of one symbol, sign, index or transpose of $name is noticed',
    ({ latex, bindings, harmless = [] }) => {
      const mutants = mutantsOf(latex)
      expect(mutants.length).toBeGreaterThan(1)
      const survivors = mutants.filter(m => verify({ latex: m.latex }, bindings).kind === 'holds')
      expect(survivors.map(m => m.change)).toEqual(harmless)
    },
  )
})

describe('numbers of formulas', () => {
  it.each([
    'a = b \\tag{1}',
    'a = b \\tag*{$x$}',
    '\\label{eq:a} a = b',
    '\\begin{equation} a = b \\label{eq:a} \\end{equation}',
    '\\begin{align} a &= b \\label{eq:a} \\\\ b &= a \\nonumber \\end{align}',
    '\\begin{gather} a = b \\\\ b = a \\tag{2} \\end{gather}',
  ])('are no part of what %s says', latex => {
    expect(verify({ latex }, { a: 2, b: 2 })).toMatchObject({ kind: 'holds', unused: [] })
    expect(verify({ latex }, { a: 2, b: 3 })).toMatchObject({ kind: 'refuted' })
  })

  it.each([
    ['\\sqrt{', '}'],
    ['(', ')'],
  ])('nested 20,000 times in %s are unreadable, not a crash', (open, close) => {
    const latex = `${open.repeat(20_000)}a${close.repeat(20_000)} = b`
    expect(verify({ latex }, { a: 1, b: 1 })).toMatchObject({
      kind: 'unreadable',
      message: 'this is nested too deeply',
    })
  })
})
