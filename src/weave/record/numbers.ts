/** Text as words and numbers, so that numbers can be compared as numbers. */

export interface NumberedText {
  /** The text with every number replaced by a NUL character. */
  readonly words: string
  readonly numbers: readonly number[]
  /** Where each number lies in the text. */
  readonly spans: readonly { readonly start: number; readonly end: number }[]
}

/**
 * `-1.5e-7`, `3.`, `.5`, `NaN`, `Infinity`, wherever they stand: an SVG path (`M0,1.5L-2,3`) has letters on both
 * sides. That digits of names count as well does no harm, for `h1` and `h2` differ as numbers, too.
 */
const number = /[-+\u2212]?(?:(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|(?<!\w)(?:NaN|Infinity)(?!\w))/gi

export function splitNumbers(text: string): NumberedText {
  const numbers: number[] = []
  const spans: { start: number; end: number }[] = []
  const words = text.replace(number, (found, start: number) => {
    numbers.push(Number(found.replace('\u2212', '-')))
    spans.push({ start, end: start + found.length })
    return '\0'
  })
  return { words, numbers, spans }
}

/** Below this size numbers are rounding noise round zero, and compared absolutely. */
export const nearZero = 1e-12

/** Whether two numbers agree to a relative tolerance; near zero the tolerance is absolute. */
export function agree(a: number, b: number, tolerance: number): boolean {
  if (Object.is(a, b) || a === b) return true
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false
  const difference = Math.abs(a - b)
  return difference <= nearZero || difference <= tolerance * Math.max(Math.abs(a), Math.abs(b))
}
