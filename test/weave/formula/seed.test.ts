/** Every display formula of the tutorial that the book grew from is one that the tests prove or refute. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { seedEquations, wrongJacobian } from './equations.ts'

const seed = new URL('../../fixtures/seed/rnn-tutorial.md', import.meta.url)

it('the seed’s display formulas are all here', () => {
  const text = readFileSync(seed, 'utf8')
  const formulas = [...text.matchAll(/\$\$([^$]+)\$\$/g)].map(m => m[1].trim())
  const known = [...seedEquations, wrongJacobian].map(e => e.latex)
  expect(formulas.length).toBeGreaterThan(4)
  expect(formulas.filter(f => !known.includes(f))).toEqual([])
})
