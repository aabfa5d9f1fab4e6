import { expect, it } from 'vitest'
import { nearest } from '../../../src/weave/base/nearest.ts'

it.each([
  ['titel', ['order', 'title'], 'title'],
  ['fig-capt', ['fig-cap', 'fig-alt'], 'fig-cap'],
  ['Label', ['label'], 'label'],
  ['lab', ['label'], undefined],
  ['colour', ['label', 'echo'], undefined],
  ['x', [], undefined],
])('%j among %j is %j', (name, candidates, expected) => {
  expect(nearest(name, candidates)).toBe(expected)
})
