/** The tasks made of sentences: the answer is found again from the words alone. */
import { describe, expect, it } from 'vitest'
import { Random, recall, sentiment } from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

describe.each([
  ['en', ['France', 'Germany', 'Spain', 'Italy'], ['French', 'German', 'Spanish', 'Italian']],
  ['zh', ['法国', '德国', '西班牙', '意大利'], ['法语', '德语', '西班牙语', '意大利语']],
] as const)('recall in %s', (language, countries, languages) => {
  it.each([0, 1, 2, 3, 4, 7, 30, 100])(
    'with %i fillers asks for the language of the country, and is just so long',
    fillers => {
      const task = recall(new Random(fillers), { batch: 20, fillers, language })
      const { sentences, tokens, x, target, answers, countryAt, vocabulary } = task
      const bare = recall(new Random(0), { batch: 1, fillers: 0, language }).sentences[0].length
      expect(answers).toEqual(languages)
      for (const [b, sentence] of sentences.entries()) {
        expect(sentence).toHaveLength(bare + fillers)
        expect(countries.indexOf(sentence[countryAt] as never)).toBe(target.at(b))
        expect(sentence.filter(token => (countries as readonly string[]).includes(token))).toHaveLength(1)
        expect(vocabulary.decode(tokens.row(b).data)).toEqual(sentence)
        expect(sentence.some((token, t) => token === sentence[t + 1])).toBe(false)
      }
      expect(x.argmax().equals(tokens)).toBe(true)
      expect(x.shape).toEqual([20, bare + fillers, vocabulary.size])
      expect(tokens.data.every(index => index >= 2)).toBe(true)
    },
  )

  it('draws each country equally often, and fillers that tell nothing of it: the counts fit by χ²', () => {
    const { sentences, target } = recall(new Random(1), { batch: 4000, fillers: 4, language })
    const counts = new Map<string, number[]>()
    for (const [b, sentence] of sentences.entries()) {
      const filler = sentence.slice(-9).join(' ')
      const row = counts.get(filler) ?? [0, 0, 0, 0]
      row[target.at(b)]++
      counts.set(filler, row)
    }
    expect(counts.size).toBeGreaterThan(1)
    for (const row of counts.values()) {
      const expected = row.reduce((a, b) => a + b) / 4
      // The 99.9th percentile of χ² with three degrees of freedom
      expect(row.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(16.27)
    }
  })
})

describe.each([
  [
    'en',
    /\b(exciting|moving|funny|delicious|fresh|tasty|clean|quiet|comfortable|friendly|helpful|polite)\b/,
    /\b(not|hardly)\b/,
    ' ',
  ],
  ['zh', /精彩|感人|有趣|好吃|新鲜|可口|干净|安静|舒服|热情|礼貌|细心/, /不/, ''],
] as const)('sentiment in %s', (language, praise, negation, space) => {
  const { sentences, tokens, lengths, target, negated, vocabulary } = sentiment(new Random(1), {
    batch: 4000,
    language,
  })

  it('is praise for a good adjective or a negated bad one, and never for both', () => {
    for (const [b, sentence] of sentences.entries()) {
      const text = sentence.join(space)
      expect(negation.test(text)).toBe(negated[b])
      expect(praise.test(text) !== negation.test(text), text).toBe(target.at(b, 0) === 1)
    }
  })

  it('has as much praise as blame in each case: all four are a quarter, within 4 standard errors', () => {
    for (const label of [0, 1])
      for (const isNegated of [true, false]) {
        const share = negated.filter((n, b) => n === isNegated && target.at(b, 0) === label).length / 4000
        expect(Math.abs(share - 1 / 4)).toBeLessThan(4 * Math.sqrt(3 / 16 / 4000))
      }
  })

  it('cannot be told by any single word: each is in praise half the time, within 4 standard errors', () => {
    const counts = new Map<string, [number, number]>()
    for (const [b, sentence] of sentences.entries())
      for (const token of new Set(sentence)) {
        const [n, praised] = counts.get(token) ?? [0, 0]
        counts.set(token, [n + 1, praised + target.at(b, 0)])
      }
    expect(counts.size).toBe(vocabulary.size - 2)
    for (const [token, [n, praised]] of counts)
      expect(Math.abs(praised / n - 1 / 2), token).toBeLessThan(2 / Math.sqrt(n))
  })

  it('comes with its tokens, padded, and their lengths', () => {
    for (const [b, row] of tokens.slice(0, 50).rows().entries()) {
      expect(vocabulary.decode(row.data)).toEqual(sentences[b])
      expect(lengths[b]).toBe(sentences[b].length)
      expect(row.data.subarray(0, lengths[b]).every(index => index >= 2)).toBe(true)
    }
  })
})

it.each<[string, () => unknown]>([
  [
    'TypeError: unknown language: fr, expected en or zh',
    () => sentiment(new Random(), { batch: 1, language: 'fr' as 'en' }),
  ],
  [
    'TypeError: unknown language: fr, expected en or zh',
    () => recall(new Random(), { batch: 1, fillers: 1, language: 'fr' as 'en' }),
  ],
  [
    'RangeError: expected fillers to be a whole number from 0, got -1',
    () => recall(new Random(), { batch: 1, fillers: -1 }),
  ],
  [
    'RangeError: expected countries to be at most 8, got 9',
    () => recall(new Random(), { batch: 1, fillers: 1, countries: 9 }),
  ],
  [
    'RangeError: expected countries to be a whole number from 2, got 1',
    () => recall(new Random(), { batch: 1, fillers: 1, countries: 1 }),
  ],
])('%s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(complaint))
