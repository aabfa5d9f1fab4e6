/** A document → one that nobody would write: pieces gone, doubled, moved, and marks put where they do not belong. */
import type { Sample } from './corpus.ts'
import type { Chance } from './random.ts'

/** Marks, halves of constructs, and characters that are rare. */
const marks = [
  ...[
    '`',
    '``',
    '```',
    '~~~',
    '$',
    '$$',
    '*',
    '**',
    '_',
    '~',
    '~~',
    '|',
    '\\',
    '\\|',
    '[',
    ']',
    '](',
    '![',
    '(',
    ')',
  ],
  ...[
    '{',
    '}',
    '{#',
    '{#fig-a}',
    '{.a}',
    '{a=1}',
    '<',
    '>',
    '</',
    '<!--',
    '-->',
    '<b>',
    '&',
    '&#0;',
    '&lt;',
    '%',
    '%00',
  ],
  ...[
    '^',
    '[^1]',
    '[^1]: ',
    '^[',
    '@',
    '@fig-a',
    '[@eq-a]',
    '#',
    '---\n',
    '...\n',
    ':::',
    '::: note\n',
    '- ',
    '1. ',
    '> ',
  ],
  ...[
    '\n',
    '\n\n',
    '\t',
    '    ',
    '  \n',
    '\r',
    '\u0000',
    '\u00a0',
    '\u200b',
    '\u202e',
    '\u2028',
    '\ufeff',
    '\ufffd',
  ],
  ...[
    '😀',
    '\u0301',
    '中',
    '，',
    '\ud83d',
    '"',
    "'",
    ':',
    ',',
    '- [ ] ',
    '> [!NOTE]\n',
    '<T>',
    '{{< x >}}',
    '[[x]]',
    '//| ',
  ],
  ...[
    '```ts exec\n',
    '```ts check\n',
    '```mermaid\n',
    '```dot\n',
    '```plantuml\n',
    '```math\n',
    '`{ts} a`',
    '`{ts=1} a`',
  ],
  ...[
    '//| label: fig-a\n',
    '//| echo: false\n',
    '//| eval: [\n',
    '\\begin{align}',
    '\\end{align}',
    '\\frac{',
    '\\\\',
    '\\(',
  ],
  ...[
    'unroll:link/0',
    'unroll:asset/7',
    '<unroll-ref data-n="9"></unroll-ref>',
    '__proto__',
    'constructor',
    '/*',
    '${',
  ],
]

/** From one to six changes. */
export function mutate(corpus: readonly Sample[], chance: Chance): Sample {
  const { name, text } = chance.pick(corpus)
  let mutant = excerpt(text, chance)
  for (let i = chance.below(6); i >= 0; i--) mutant = chance.pick(changes)(mutant, chance, corpus)
  return { name, text: mutant.slice(0, 200_000) }
}

/** Whole documents are slow to go through, and most of one is not changed: half of the time some of its lines do. */
function excerpt(text: string, chance: Chance): string {
  if (chance.below(2) === 0) return text
  const lines = text.split('\n')
  const from = chance.below(lines.length)
  return lines.slice(from, from + 1 + chance.below(60)).join('\n')
}

type Change = (text: string, chance: Chance, corpus: readonly Sample[]) => string

/** A piece from any place: a few characters, or some lines. */
function piece(text: string, chance: Chance): readonly [from: number, to: number] {
  const from = chance.below(text.length + 1)
  if (chance.below(2) === 0) return [from, Math.min(text.length, from + 1 + chance.below(20))]
  const start = text.lastIndexOf('\n', from) + 1
  let end = start
  for (let i = chance.below(8); i >= 0 && end !== -1; i--) end = text.indexOf('\n', end) + 1 || -1
  return [start, end === -1 ? text.length : end]
}

const insert = (text: string, at: number, added: string) => text.slice(0, at) + added + text.slice(at)

const changes: readonly Change[] = [
  (text, chance) => insert(text, chance.below(text.length + 1), chance.pick(marks)),
  (text, chance) => insert(text, chance.below(text.length + 1), chance.pick(marks) + chance.pick(marks)),
  (text, chance) => insert(text, text.indexOf('\n', chance.below(text.length + 1)) + 1, chance.pick(marks)),
  (text, chance) => {
    const [from, to] = piece(text, chance)
    return text.slice(0, from) + text.slice(to)
  },
  (text, chance) => {
    const [from, to] = piece(text, chance)
    return insert(text, to, text.slice(from, to))
  },
  (text, chance) => {
    const [from, to] = piece(text, chance)
    return insert(
      text.slice(0, from) + text.slice(to),
      chance.below(text.length + 1 - (to - from)),
      text.slice(from, to),
    )
  },
  (text, chance) => {
    const [from, to] = piece(text, chance)
    return text.slice(0, from) + chance.pick(marks) + text.slice(to)
  },
  (text, chance) => {
    const mark = chance.pick(marks)
    return insert(
      text,
      chance.below(text.length + 1),
      mark.repeat(1 + chance.below(chance.below(10) === 0 ? 3000 : 20)),
    )
  },
  (text, chance) => {
    const [from, to] = piece(text, chance)
    return (
      text.slice(0, from) +
      text.slice(from, to).replace(/^/gm, chance.pick(['> ', '- ', '  ', '    ', '\t', '| '])) +
      text.slice(to)
    )
  },
  (text, chance) => text.slice(0, chance.below(text.length + 1)),
  (text, chance) => text.slice(chance.below(text.length + 1)),
  (text, chance, corpus) => {
    const other = chance.pick(corpus).text
    const [from, to] = piece(other, chance)
    return insert(text, chance.below(text.length + 1), other.slice(from, to))
  },
  (text, chance, corpus) => {
    const other = chance.pick(corpus).text
    return (
      text.slice(0, chance.below(text.length + 1)) +
      other.slice(chance.below(other.length + 1)).slice(0, 4000)
    )
  },
]
