import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { characters, Vocabulary, words } from '../../../src/rnn/index.ts'
import { always, complaintOf } from '../support.ts'

describe('Vocabulary', () => {
  it('decode undoes encode for the tokens that it was made from, by character and by word', () => {
    always(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), texts => {
        for (const tokens of [texts.map(text => characters(text)), texts.map(text => words(text))]) {
          const vocabulary = Vocabulary.from(tokens)
          for (const text of tokens) {
            const indices = vocabulary.encode(text)
            expect(vocabulary.decode(indices)).toEqual(text)
            expect(Math.min(...indices)).toBeGreaterThanOrEqual(2)
          }
        }
      }),
    )
  })

  it('makes the unknown index of all other tokens, also of ones that are spelt like its own', () => {
    const vocabulary = Vocabulary.from([['a', 'b', '<pad>', '<unk>']])
    expect(vocabulary.size).toBe(4)
    expect(vocabulary.encode(['b', 'c', '<pad>', '<unk>', 'constructor'])).toEqual([3, 1, 1, 1, 1])
    expect(vocabulary.decode([1, 2, 0])).toEqual(['<unk>', 'a'])
  })

  it('orders by count and then by first place, and leaves out what is too rare', () => {
    const texts = [
      ['c', 'b', 'a'],
      ['a', 'b', 'd'],
    ]
    expect(Vocabulary.from(texts).tokens.slice(2)).toEqual(['b', 'a', 'c', 'd'])
    expect(Vocabulary.from(texts, { minCount: 2 }).tokens.slice(2)).toEqual(['b', 'a'])
    expect(Vocabulary.from(texts, { maxTokens: 3 }).tokens.slice(2)).toEqual(['b', 'a', 'c'])
    expect(new Vocabulary(Vocabulary.from(texts).tokens.slice(2)).tokens).toEqual(
      Vocabulary.from(texts).tokens,
    )
  })

  it.each<[string, () => unknown]>([
    ['token "a" comes twice', () => new Vocabulary(['a', 'a'])],
    ['token "<pad>" is reserved', () => new Vocabulary(['<pad>'])],
    ['index 5 is not in the vocabulary, expected 0 … 2', () => new Vocabulary(['a']).decode([5])],
    ['index 0.5 is not in the vocabulary, expected 0 … 2', () => new Vocabulary(['a']).decode([0.5])],
  ])('%s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(`RangeError: ${complaint}`))
})
