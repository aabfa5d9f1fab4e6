/** Text to tokens: by character or by word. What one takes for a token decides how long a sequence is. */

/**
 * The characters that a reader would count, without white space: 'e' with a combining accent is one, an emoji of
 * several code points too, and so is each Chinese character. (Unicode UAX #29, by the engine's Intl.Segmenter)
 *
 * @example
 * ```ts
 * characters('我在法国长大') // → ['我', '在', '法', '国', '长', '大']
 * characters('Hi there') // → ['H', 'i', 't', 'h', 'e', 'r', 'e']
 * characters('Hi there', { keepSpace: true }).length // → 8
 * ```
 */
export function characters(text: string, { keepSpace = false } = {}): string[] {
  const segments = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)]
  const all = segments.map(({ segment }) => segment)
  return keepSpace ? all : all.filter(character => character.trim() !== '')
}

/** Scripts that put no space between words. */
const unspaced =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}'

/** A run without spaces in it, a number, a word with what it may hold inside (don't, twenty-one), or one other character. */
const pieces = new RegExp(
  `([${unspaced}ー]+)|\\p{N}+(?:[.,]\\p{N}+)*|(?:(?![${unspaced}])[\\p{L}\\p{M}\\p{N}])+(?:['’-](?:(?![${unspaced}])[\\p{L}\\p{M}\\p{N}])+)*|\\S`,
  'gu',
)

/**
 * Words, numbers and single signs, without white space. Where a script has no spaces the engine's dictionary decides
 * (Intl.Segmenter), so Chinese words may differ a little between versions of an engine; characters do not.
 *
 * @param locale of the words without spaces; 'zh' unless given
 * @example
 * ```ts
 * words("I don't know, 3.5 times!") // → ['I', "don't", 'know', ',', '3.5', 'times', '!']
 * words('流利的法语。').join(' ') // → '流利 的 法语 。'
 * ```
 */
export function words(text: string, { locale = 'zh' } = {}): string[] {
  const segmenter = new Intl.Segmenter(locale, { granularity: 'word' })
  return [...text.matchAll(pieces)].flatMap(([piece, run]) =>
    run ? [...segmenter.segment(run)].map(({ segment }) => segment) : [piece],
  )
}
