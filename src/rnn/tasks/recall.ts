/**
 * Recall: "I grew up in France, … so I speak fluent ___". The last word hangs on one word at the beginning, with any
 * number of others in between. (The example of Olah 2015, "Understanding LSTM networks", as a task)
 */
import type { Random } from '../array/random.ts'
import { expectWhole } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { oneHot } from '../features/sequences.ts'
import { Vocabulary } from '../features/vocabulary.ts'

interface Phrases {
  /** Country and its language */
  readonly pairs: readonly (readonly [string, string])[]
  /** What stands before the country, after it, and at the end */
  readonly frame: readonly [readonly string[], readonly string[], readonly string[]]
  /** What may stand in between; says nothing of the country */
  readonly fillers: readonly (readonly string[])[]
  /** Ends of 1, 2 and 3 tokens, for a remainder that no filler fits in */
  readonly ends: readonly (readonly string[])[]
}

const split = (text: string): string[] => text.split(' ')

const phrases = {
  en: {
    pairs: [
      ['France', 'French'],
      ['Germany', 'German'],
      ['Spain', 'Spanish'],
      ['Italy', 'Italian'],
      ['Japan', 'Japanese'],
      ['Russia', 'Russian'],
      ['China', 'Chinese'],
      ['Greece', 'Greek'],
    ],
    frame: [split('I grew up in'), [','], split('so I speak fluent')],
    fillers: [
      'it often rained ,',
      'my parents worked a lot ,',
      'we had a garden ,',
      'I liked music ,',
      'the neighbours were friendly ,',
      'my brother played football after school ,',
    ].map(split),
    ends: ['and', 'naturally ,', 'of course ,'].map(split),
  },
  zh: {
    pairs: [
      ['法国', '法语'],
      ['德国', '德语'],
      ['西班牙', '西班牙语'],
      ['意大利', '意大利语'],
      ['日本', '日语'],
      ['俄罗斯', '俄语'],
      ['中国', '汉语'],
      ['希腊', '希腊语'],
    ],
    frame: [split('我 在'), split('长大 ,'), split('所以 我 说 流利 的')],
    fillers: [
      '那里 常 下雨 ,',
      '父母 工作 很 忙 ,',
      '家 里 有 一个 花园 ,',
      '我 喜欢 音乐 ,',
      '邻居 都 很 友好 ,',
      '弟弟 放学 后 常常 踢球 ,',
    ].map(split),
    ends: ['……', '当然 ,', '你 知道 ,'].map(split),
  },
} as const satisfies Record<string, Phrases>

/** How many sentences, and how far the question is from what it asks for. */
export interface RecallOptions {
  /** B sentences */
  readonly batch: number
  /** k tokens between the country's clause and the question; 0 or more */
  readonly fillers: number
  /** How many countries, 2 to 8; 4 unless given. Guessing is right once in so many, at ln of it nats. */
  readonly countries?: number
  /** 'en' unless given */
  readonly language?: keyof typeof phrases
}

/** Sentences, and the country that each one asks for. */
export interface Recall {
  /** (B, T, V) the tokens as unit vectors */
  readonly x: Tensor
  /** (B, T) their indices in the vocabulary */
  readonly tokens: Tensor
  /** (B) which of `answers` is next */
  readonly target: Tensor
  /** The languages, by class */
  readonly answers: readonly string[]
  /** The step of the country, counted from 0; the same in all sentences */
  readonly countryAt: number
  readonly sentences: readonly (readonly string[])[]
  /** The same for all draws of a language */
  readonly vocabulary: Vocabulary
}

/**
 * Sentences that all have the same length; each country is equally likely, and the fillers do not depend on it.
 *
 * @throws RangeError or TypeError for an option that is out of range or unknown
 * @example
 * ```ts
 * const { sentences, target, answers, countryAt } = recall(new Random(3), { batch: 1, fillers: 4, language: 'zh' })
 * sentences[0].join('') // → '我在法国长大,我喜欢音乐,所以我说流利的'
 * answers[target.at(0)] // → '法语'
 * sentences[0][countryAt] // → '法国'
 * ```
 */
export function recall(
  random: Random,
  { batch, fillers, countries = 4, language = 'en' }: RecallOptions,
): Recall {
  if (!Object.hasOwn(phrases, language))
    throw new TypeError(`unknown language: ${language}, expected ${Object.keys(phrases).join(' or ')}`)
  const kit: Phrases = phrases[language]
  expectWhole(batch, 'batch')
  expectWhole(fillers, 'fillers', 0)
  if (expectWhole(countries, 'countries', 2) > kit.pairs.length)
    throw new RangeError(`expected countries to be at most ${kit.pairs.length}, got ${countries}`)
  const target = Tensor.generate([batch], () => random.integer(countries))
  const [before, after, question] = kit.frame
  const sentences = Array.from(target.data, c => [
    ...[...before, kit.pairs[c][0], ...after],
    ...fill(random, kit, fillers),
    ...question,
  ])
  const vocabulary = vocabularyOf(kit)
  const tokens = Tensor.from(sentences.map(sentence => vocabulary.encode(sentence)))
  const answers = kit.pairs.slice(0, countries).map(([, answer]) => answer)
  const x = oneHot(tokens, vocabulary.size)
  return { x, tokens, target, answers, countryAt: before.length, sentences, vocabulary }
}

/** Whole clauses as long as one fits, and then one of the ends: k tokens. */
function fill(random: Random, { fillers, ends }: Phrases, k: number): string[] {
  const tokens: string[] = []
  for (let left = k; left > 0; left = k - tokens.length) {
    const fitting = fillers.filter(clause => clause.length <= left)
    tokens.push(...(fitting.length > 0 ? random.choice(fitting) : ends[left - 1]))
  }
  return tokens
}

function vocabularyOf({ pairs, frame, fillers, ends }: Phrases): Vocabulary {
  return new Vocabulary(
    new Set([...pairs.map(([country]) => country), ...[...frame, ...fillers, ...ends].flat()]),
  )
}
