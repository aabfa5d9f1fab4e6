import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { characters, words } from '../../../src/rnn/index.ts'
import { always } from '../support.ts'

describe('characters', () => {
  it('with spaces kept puts together any text again, and without them all but the spaces', () => {
    always(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(characters(text, { keepSpace: true }).join('')).toBe(text)
        expect(characters(text).join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
      }),
    )
  })

  it('counts the 16 characters of the example sentence, and a family of four as one', () => {
    expect(characters('我在法国长大,所以我说流利的法语')).toHaveLength(16)
    expect(characters('e\u0301 👨‍👩‍👧‍👦!')).toEqual(['e\u0301', '👨‍👩‍👧‍👦', '!'])
  })
})

describe('words', () => {
  it.each([
    ['It was not bad.', ['It', 'was', 'not', 'bad', '.']],
    ["don't well-known naïve 1,000.5", ["don't", 'well-known', 'naïve', '1,000.5']],
    ['a  b\n\tc', ['a', 'b', 'c']],
    ['«Привет», мир!', ['«', 'Привет', '»', ',', 'мир', '!']],
    ['', []],
  ])('splits %j where there are spaces and signs', (text, tokens) => expect(words(text)).toEqual(tokens))

  it('splits Chinese by the dictionary, also between Latin words', () => {
    expect(words('我说流利的法语')).toEqual(['我', '说', '流利', '的', '法语'])
    expect(words('用RNN处理语言。')).toEqual(['用', 'RNN', '处理', '语言', '。'])
  })

  it('loses nothing but white space, for any text', () => {
    const letters = fc.constantFrom(..."ab \n'’-.1,我在法国日本ひらカター é👨‍👩‍👧ไทย")
    always(
      fc.property(fc.oneof(fc.string({ unit: letters }), fc.string({ unit: 'grapheme' })), text => {
        expect(words(text).join('')).toBe(text.replaceAll(/\s/g, ''))
        expect(words(text)).not.toContain('')
      }),
      300,
    )
  })
})
