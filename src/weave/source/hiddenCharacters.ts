/** Characters in code that nobody sees, and that change what is read or what runs. (Boucher and Anderson 2021, "Trojan Source") */
import { type Diagnostic, errorAt, warningAt } from '../base/diagnostic.ts'
import type { LineIndex, Span } from '../base/position.ts'

/** Turn the order of what is read; control what no page can hold; are invisible; look like a space; join emoji and letters. */
export type HiddenKind = 'order' | 'control' | 'invisible' | 'space' | 'joiner'

export interface HiddenCharacter extends Span {
  readonly kind: HiddenKind
  readonly code: number
}

/** First and last code point of each range. */
const ranges: readonly (readonly [number, number, HiddenKind])[] = [
  [0x0, 0x8, 'control'],
  [0xb, 0xc, 'control'],
  [0xe, 0x1f, 'control'],
  [0x7f, 0x7f, 'control'],
  [0x202a, 0x202e, 'order'],
  [0x2066, 0x2069, 'order'],
  [0x200c, 0x200d, 'joiner'],
  [0xfe00, 0xfe0f, 'joiner'],
  [0x85, 0x85, 'space'],
  [0xa0, 0xa0, 'space'],
  [0x1680, 0x1680, 'space'],
  [0x2000, 0x200a, 'space'],
  [0x2028, 0x2029, 'space'],
  [0x202f, 0x202f, 'space'],
  [0x205f, 0x205f, 'space'],
  [0x3000, 0x3000, 'space'],
  // Soft hyphen, grapheme joiner, fillers of Hangul (which may be names), zero width, word joiners, tags.
  [0xad, 0xad, 'invisible'],
  [0x34f, 0x34f, 'invisible'],
  [0x115f, 0x1160, 'invisible'],
  [0x180e, 0x180e, 'invisible'],
  [0x200b, 0x200b, 'invisible'],
  [0x2060, 0x2065, 'invisible'],
  [0x206a, 0x206f, 'invisible'],
  [0x2800, 0x2800, 'invisible'],
  [0x3164, 0x3164, 'invisible'],
  [0xfeff, 0xfeff, 'invisible'],
  [0xffa0, 0xffa0, 'invisible'],
  [0xe0000, 0xe007f, 'invisible'],
]

/** All of a text, where they stand. */
export function findHidden(text: string): readonly HiddenCharacter[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are looked for
  return [...text.matchAll(/[\0-\x1f\x7f-\u{10ffff}]/gu)].flatMap(({ 0: found, index }) => {
    const code = found.codePointAt(0) ?? 0
    const range = ranges.find(([from, to]) => code >= from && code <= to)
    return range ? [{ kind: range[2], code, start: index, end: index + found.length }] : []
  })
}

/** Of a block that only is shown, or drawn. */
export function hiddenCharacters(
  file: string,
  index: LineIndex,
  lines: readonly Span[],
  kinds: readonly HiddenKind[],
): Diagnostic[] {
  return lines.flatMap(({ start, end }) =>
    findHidden(index.text.slice(start, end))
      .filter(({ kind }) => kinds.includes(kind))
      .map(found => hiddenDiagnostic(file, index, found, start)),
  )
}

/** @param offset where the text that it was found in begins in the chapter */
export function hiddenDiagnostic(
  file: string,
  index: LineIndex,
  { kind, code, start, end }: HiddenCharacter,
  offset: number,
  severity: Diagnostic['severity'] = kind === 'order' || kind === 'control' ? 'error' : 'warning',
): Diagnostic {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  const at = severity === 'error' ? errorAt : warningAt
  const why =
    kind === 'order'
      ? 'turns the order of what is read: it is not what it looks like'
      : kind === 'space'
        ? 'looks like a space and is none'
        : kind === 'control'
          ? 'is a control character, which no page can hold'
          : 'cannot be seen'
  return at(
    file,
    index,
    { start: start + offset, end: end + offset },
    {
      rule: 'hidden-character',
      message: `${name} ${why}`,
      help: `Remove it${kind === 'space' ? ', or type a space' : `, or write \`\\u{${code.toString(16)}}\` in a string`}.`,
    },
  )
}
