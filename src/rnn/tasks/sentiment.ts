/**
 * Sentiment with negation: "the room was really clean" and "the room was hardly noisy" praise, "the room was not
 * clean" and "the room was very noisy" do not. Made from templates, so that the answer is known; real reviews are
 * harder and less even.
 */
import type { Random } from '../array/random.ts'
import { expectWhole } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { padSequences } from '../features/sequences.ts'
import { Vocabulary } from '../features/vocabulary.ts'

type Phrase = readonly string[]

interface Phrases {
  readonly openings: readonly Phrase[]
  readonly topics: readonly {
    readonly subject: Phrase
    readonly good: readonly string[]
    readonly bad: readonly string[]
  }[]
  /** What stands before the adjective and leaves it its sense */
  readonly plain: readonly Phrase[]
  /** … and what turns it around */
  readonly negating: readonly Phrase[]
  readonly closings: readonly Phrase[]
}

const split = (text: string): string[] => text.split(' ').filter(token => token !== '')
const topic = (subject: string, good: string, bad: string) => ({
  subject: split(subject),
  good: split(good),
  bad: split(bad),
})

const phrases = {
  en: {
    openings: ['', 'to be honest ,', 'I must say that', 'my friends agreed :'].map(split),
    topics: [
      topic('the film was', 'exciting moving funny', 'boring dull predictable'),
      topic('the food was', 'delicious fresh tasty', 'bland stale greasy'),
      topic('the room was', 'clean quiet comfortable', 'dirty noisy cramped'),
      topic('the waiter was', 'friendly helpful polite', 'rude careless grumpy'),
    ],
    plain: ['very', 'really', 'certainly'].map(split),
    negating: ['not', 'hardly', 'not at all'].map(split),
    closings: ['.', 'that evening .', ', as we had heard before .'].map(split),
  },
  zh: {
    openings: ['', '说 实话 ,', '我 觉得', '朋友 们 都 说 ,'].map(split),
    topics: [
      topic('这部 电影', '精彩 感人 有趣', '无聊 乏味 老套'),
      topic('这家 店 的 菜', '好吃 新鲜 可口', '难吃 油腻 寡淡'),
      topic('酒店 的 房间', '干净 安静 舒服', '脏 吵 潮湿'),
      topic('这里 的 服务员', '热情 礼貌 细心', '粗鲁 冷淡 马虎'),
    ],
    plain: ['很', '非常', '真的 很'].map(split),
    negating: ['不', '并 不', '一点 也 不'].map(split),
    closings: ['。', ', 跟 网上 说 的 一样 。', ', 我 妹妹 也 这么 看 。'].map(split),
  },
} as const satisfies Record<string, Phrases>

/** How many sentences, and in which language. */
export interface SentimentOptions {
  /** B sentences */
  readonly batch: number
  /** 'en' unless given */
  readonly language?: keyof typeof phrases
}

/** Sentences of praise and of blame. */
export interface Sentiment {
  readonly sentences: readonly (readonly string[])[]
  /** (B, T) indices in the vocabulary, padded with 0 */
  readonly tokens: Tensor
  readonly lengths: readonly number[]
  /** (B, 1) 1 for praise, 0 for blame */
  readonly target: Tensor
  /** Whether the adjective of each sentence is negated */
  readonly negated: readonly boolean[]
  /** The same for all draws of a language */
  readonly vocabulary: Vocabulary
}

/**
 * Praise and blame, negated or not, are four cases of equal chance, and all else is drawn on its own. So no single
 * word says anything: it stands in as many sentences of praise as of blame. And as the sense is the exclusive or of
 * adjective and negation, weighing words and adding them up is right in three cases of four at most: baseline 0.75.
 *
 * @throws RangeError or TypeError for an option that is out of range or unknown
 * @example
 * ```ts
 * const { sentences, target } = sentiment(new Random(1), { batch: 3 })
 * sentences[0].join(' ') // → 'my friends agreed : the food was hardly tasty .'
 * sentences[2].join(' ') // → 'the food was really tasty that evening .'
 * target // → [[0], [0], [1]]
 * ```
 */
export function sentiment(random: Random, { batch, language = 'en' }: SentimentOptions): Sentiment {
  if (!Object.hasOwn(phrases, language))
    throw new TypeError(`unknown language: ${language}, expected ${Object.keys(phrases).join(' or ')}`)
  expectWhole(batch, 'batch')
  const kit: Phrases = phrases[language]
  const drawn = Array.from({ length: batch }, () => draw(random, kit))
  const sentences = drawn.map(({ sentence }) => sentence)
  const vocabulary = vocabularyOf(kit)
  return {
    sentences,
    ...padSequences(sentences.map(sentence => vocabulary.encode(sentence))),
    target: Tensor.from(drawn.map(({ isPraise }) => [isPraise ? 1 : 0])),
    negated: drawn.map(({ isNegated }) => isNegated),
    vocabulary,
  }
}

function draw(random: Random, { openings, topics, plain, negating, closings }: Phrases) {
  const [isPraise, isNegated] = [random.integer(2) === 1, random.integer(2) === 1]
  const { subject, good, bad } = random.choice(topics)
  const adjective = random.choice(isPraise === isNegated ? bad : good)
  const turn = random.choice(isNegated ? negating : plain)
  const sentence = [
    ...random.choice(openings),
    ...[...subject, ...turn, adjective],
    ...random.choice(closings),
  ]
  return { sentence, isPraise, isNegated }
}

function vocabularyOf({ openings, topics, plain, negating, closings }: Phrases): Vocabulary {
  const adjectives = topics.flatMap(({ subject, good, bad }) => [...subject, ...good, ...bad])
  return new Vocabulary(new Set([...[openings, plain, negating, closings].flat(2), ...adjectives]))
}
