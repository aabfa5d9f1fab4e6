import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LineIndex, offsetInLines } from '../../../src/weave/base/position.ts'

const text = fc
  .array(fc.constantFrom('a', '状', '𝒳', '\t', '\n', '\r\n', ''), { maxLength: 40 })
  .map(p => p.join(''))

it('offset → position → offset gives the offset back, in any text', () => {
  fc.assert(
    fc.property(text, fc.nat(60), (text, n) => {
      const index = new LineIndex(text)
      const offset = Math.min(n, text.length)
      expect(index.offset(index.position(offset))).toBe(offset)
    }),
    { seed: 3 },
  )
})

it('lines are those of an editor, without their breaks', () => {
  fc.assert(
    fc.property(text, text => {
      const index = new LineIndex(text)
      expect(index.starts.map((_, i) => index.line(i + 1))).toEqual(text.split(/\r?\n/))
    }),
    { seed: 4 },
  )
})

it.each([
  ['> ab\n> cd', ['ab', 'cd'], 'ab\ncd', ['a', 'b', '\n', 'c', 'd', '']],
  ['| \\|x\\| |', ['\\|x\\|'], '|x|', ['\\', 'x', '\\', ' ']],
  ['字 a𝒳b', ['a𝒳b'], 'a𝒳b', ['a', '\ud835', '\udcb3', 'b', '']],
])('an offset into lines taken from %j leads to its own character', (text, parts, piece, characters) => {
  let from = 0
  const lines = parts.map(part => {
    const start = text.indexOf(part, from)
    from = start + part.length
    return { start, end: from }
  })
  const found = characters.map((_, i) => text[offsetInLines(text, lines, piece, i)] ?? '')
  expect(found).toEqual(characters)
})
