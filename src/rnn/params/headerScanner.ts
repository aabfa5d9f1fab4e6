/**
 * Reads the JSON of a safetensors header piece by piece: whoever calls says what must come next, so nothing else gets
 * through, however deep it nests. `JSON.parse` would keep the last of doubled names and round large numbers.
 */

const space = ' \t\n\r'

export class HeaderScanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The next character. @throws RangeError unless it is one of these */
  take(expected: string): string {
    const c = this.#peek()
    if (c === '' || !expected.includes(c)) this.fail([...expected].map(quote).join(' or '))
    this.#at++
    return c
  }

  /** `"…"`. @throws RangeError unless it is a JSON string that UTF-8 can hold */
  string(): string {
    if (this.#peek() !== '"') this.fail('a string')
    let end = this.#at + 1
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1
    const text = this.#unescape(this.#text.slice(this.#at, end + 1))
    this.#at = end + 1
    return expectWellFormed(text)
  }

  /** `[1, 2]`. @throws RangeError unless it is a list of whole numbers from 0 to 2^53 - 1 */
  wholes(): number[] {
    const numbers: number[] = []
    this.take('[')
    if (this.#skip(']')) return numbers
    do numbers.push(this.#whole())
    while (this.take(',]') === ',')
    return numbers
  }

  /**
   * `{"name": …, …}`: calls `read` where each value begins.
   *
   * @param owner what the message calls the object
   * @throws RangeError if a name comes twice
   */
  members(owner: string, read: (name: string) => void): void {
    const seen = new Set<string>()
    this.take('{')
    if (this.#skip('}')) return
    do {
      const name = this.string()
      if (seen.has(name)) throw new RangeError(`${owner} has ${quote(name)} twice, expected each name once`)
      seen.add(name)
      this.take(':')
      read(name)
    } while (this.take(',}') === ',')
  }

  /** @throws RangeError if more than white space is left */
  end(): void {
    if (this.#peek() !== '') this.fail('its end')
  }

  /** Says what was expected here, and what came. */
  fail(expected: string, cause?: unknown): never {
    const rest = this.#text.slice(this.#at, this.#at + 20)
    const got = rest === '' ? 'its end' : quote(rest)
    throw new RangeError(`expected ${expected} at character ${this.#at} of the header, got ${got}`, { cause })
  }

  #whole(): number {
    this.#peek()
    const [digits] = /^[^\s,\]}]*/.exec(this.#text.slice(this.#at, this.#at + 20)) ?? ['']
    const n = /^(0|[1-9]\d*)$/.test(digits) ? Number(digits) : Number.NaN
    if (!Number.isSafeInteger(n)) this.fail('a whole number from 0 to 2^53 - 1')
    this.#at += digits.length
    return n
  }

  #unescape(literal: string): string {
    try {
      return JSON.parse(literal)
    } catch (cause) {
      return this.fail('a string', cause)
    }
  }

  #skip(c: string): boolean {
    if (this.#peek() !== c) return false
    this.#at++
    return true
  }

  /** The next character after white space, '' at the end. */
  #peek(): string {
    while (this.#at < this.#text.length && space.includes(this.#text[this.#at])) this.#at++
    return this.#text.charAt(this.#at)
  }
}

/** A name as messages show it: quoted, its control characters escaped, cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

/** The text itself. @throws RangeError if it holds half a surrogate pair, which UTF-8 cannot */
export function expectWellFormed(text: string): string {
  if (/\p{Surrogate}/u.test(text))
    throw new RangeError(`expected text without lone surrogates, got ${quote(text)}`)
  return text
}
