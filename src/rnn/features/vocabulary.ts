/** Tokens to numbers and back. */

/** What stands for no token at all, and for one that is not in the vocabulary. */
const reserved = ['<pad>', '<unk>'] as const

/** Which tokens get an index of their own. */
export interface VocabularyOptions {
  /** Tokens seen less often are left out; 1 unless given */
  readonly minCount?: number
  /** At most so many tokens, the most frequent, beside the two reserved ones; no limit unless given */
  readonly maxTokens?: number
}

/**
 * Index 0 is padding, index 1 any unknown token, and from 2 on the tokens.
 *
 * @example
 * ```ts
 * const vocabulary = Vocabulary.from([['to', 'be', 'or', 'not', 'to', 'be']])
 * vocabulary.tokens // → ['<pad>', '<unk>', 'to', 'be', 'or', 'not']
 * vocabulary.encode(['not', 'to', 'see']) // → [5, 2, 1]
 * vocabulary.decode([5, 2, 1, 0, 0]) // → ['not', 'to', '<unk>']
 * ```
 */
export class Vocabulary {
  static readonly padding = 0
  static readonly unknown = 1

  /** By index. */
  readonly tokens: readonly string[]
  readonly #indices: ReadonlyMap<string, number>

  /**
   * @param tokens in the order of their indices, without the two reserved ones
   * @throws RangeError if a token comes twice or is `<pad>` or `<unk>`
   */
  constructor(tokens: Iterable<string>) {
    const indices = new Map<string, number>()
    for (const token of tokens) {
      if (indices.has(token)) throw new RangeError(`token ${JSON.stringify(token)} comes twice`)
      if (isReserved(token)) throw new RangeError(`token ${JSON.stringify(token)} is reserved`)
      indices.set(token, indices.size + reserved.length)
    }
    this.tokens = [...reserved, ...indices.keys()]
    this.#indices = indices
  }

  /** All tokens of some texts, the most frequent first, of equals the one that came first. */
  static from(
    texts: Iterable<Iterable<string>>,
    { minCount = 1, maxTokens = Infinity }: VocabularyOptions = {},
  ): Vocabulary {
    const counts = new Map<string, number>()
    for (const text of texts)
      for (const token of text) if (!isReserved(token)) counts.set(token, (counts.get(token) ?? 0) + 1)
    const frequent = [...counts].filter(([, n]) => n >= minCount).toSorted(([, n], [, m]) => m - n)
    return new Vocabulary(frequent.slice(0, maxTokens).map(([token]) => token))
  }

  /** How many indices there are, the two reserved ones included. */
  get size(): number {
    return this.tokens.length
  }

  /** Its index, or that of unknown. */
  indexOf(token: string): number {
    return this.#indices.get(token) ?? Vocabulary.unknown
  }

  encode(tokens: Iterable<string>): number[] {
    return Array.from(tokens, token => this.indexOf(token))
  }

  /** The inverse for known tokens; padding is left out. @throws RangeError for an index that is not there */
  decode(indices: Iterable<number>): string[] {
    return Array.from(indices).flatMap(index => {
      const token = this.tokens[index]
      if (token === undefined)
        throw new RangeError(`index ${index} is not in the vocabulary, expected 0 … ${this.size - 1}`)
      return index === Vocabulary.padding ? [] : [token]
    })
  }
}

function isReserved(token: string): boolean {
  return (reserved as readonly string[]).includes(token)
}
