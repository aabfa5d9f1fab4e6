// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of chapters hold braces of all kinds
/** Chapters made by chance: of pieces that may meet in any order and nesting, and of real ones with mistakes. */
import fc from 'fast-check'

/** Inline pieces: constructs of ours, of Markdown, of HTML, and what nearly is one. */
const pieces = [
  '词',
  'word',
  '{1, 2, 3}',
  '{#sec-a}',
  '{.wide}',
  '{x=1}',
  'use ${a}',
  '**粗**',
  '** 松 **',
  '*em*{.a}',
  '`code`',
  '`{ts} 1 + 1`',
  '`{children}`',
  '{ts} n',
  '$x_1$',
  '$ x $',
  '$5',
  '$$y$$',
  '[link](02-b.md)',
  '[text][label]',
  '[label]',
  '[a](b c.md)',
  '[span]{.mark}',
  '![alt 图](a.png)',
  '![alt](a.png){#fig-a}',
  '@fig-a',
  '@fgi-a',
  '[@key]',
  '[^1]',
  '[^none]',
  '^[inline note]',
  'https://example.com/a',
  'Promise<string>',
  '<b>bold</b>',
  '<b>',
  '</i>',
  '<img src="a.png" alt="w">',
  '<a href="02-b.md" onclick="x()">t</a>',
  '<!-- secret -->',
  '&amp;',
  '&copy;',
  '\\*',
  '\\{a}',
  '~~del~~',
  'H~2~O',
  'x^2^',
  '{{ var }}',
  '{{< include x >}}',
  '[[wiki]]',
  ':smile:',
  '==mark==',
  '|',
  '\\|',
  '||',
] as const
const line = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 7 })
  .map(parts => parts.join(' '))
const lines = fc.array(line, { minLength: 1, maxLength: 3 }).map(all => all.join('\n'))

const block = fc.oneof(
  { weight: 5, arbitrary: lines },
  line.map(text => `## ${text}`),
  line.map(text => `# ${text}`),
  fc.tuple(line, line).map(([a, b]) => `${a}\n===\n${b}`),
  fc.tuple(line, line, line).map(([a, b, c]) => `| ${a} | ${b} |\n|---|---|\n| ${c} | ${a} | ${b} |`),
  fc.tuple(line, line).map(([a, b]) => `| ${a} |\n|---|---|\n| ${b} |`),
  fc
    .constantFrom('note', 'tip', 'nte', '{.callout-note title="T"}', 'details', '{note}')
    .chain(kind =>
      fc
        .tuple(line, lines)
        .map(([title, text]) => `::: ${kind} ${kind.startsWith('{.') ? '' : title}\n${text}\n:::`),
    ),
  line.map(text => `::: note\n${text}`),
  line.map(text => `> [!NOTE]\n> ${text}`),
  line.map(text => `> [!NOET]\n> ${text}`),
  line.map(text => `> [!NOTE] ${text}\n> text`),
  line.map(text => `[^1]: ${text}`),
  line.map(text => `[^unused]: ${text}`),
  line.map(text => `[label]: 02-b.md "${text.replaceAll('"', '')}"`),
  line.map(text => `Term\n: ${text}`),
  line.map(text => `<div>\n\n${text}\n\n</div>`),
  line.map(text => `<div>\n${text}\n</div>`),
  line.map(text => `<details><summary>${text}</summary>`),
  line.map(text => `    ${text}`),
  line.map(text => `\`\`\`text\n${text}\n\`\`\``),
  line.map(
    text => `\`\`\`ts exec\n//| label: fig-a\n//| fig-cap: "${text.replaceAll(/["\\]/g, '')}"\n1\n\`\`\``,
  ),
  line.map(text => `{#sec-b}\n${text}`),
  fc.constantFrom(
    '{.wide}',
    '---',
    ':::',
    '$$\na\n$$ {#eq-a}',
    '{#tbl-a}',
    '- [x] done',
    '<style>',
    '!!! note',
  ),
)

/** Puts a block into a list or a quote, as deep as one likes. */
const nested = fc
  .tuple(block, fc.array(fc.constantFrom('> ', '- ', '1. ', '- [ ] '), { maxLength: 3 }))
  .map(([text, marks]) =>
    marks.reduce(
      (inner, mark) =>
        inner
          .split('\n')
          .map((row, i) => (i === 0 ? mark : mark === '> ' ? '> ' : row === '' ? '' : '  ') + row)
          .join('\n'),
      text,
    ),
  )

export const randomChapter = fc
  .array(nested, { minLength: 1, maxLength: 5 })
  .map(all => `${all.join('\n\n')}\n`)

/** One of the texts, with pieces put in, taken out, doubled or moved. */
export function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  const change = fc.tuple(
    fc.constantFrom('insert', 'delete', 'double', 'newline' as const),
    fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    fc.nat({ max: 40 }),
    fc.constantFrom(
      ...pieces,
      '`',
      '$',
      '{',
      '}',
      '[',
      ']',
      '<',
      '>',
      '|',
      ':::',
      '```',
      '\\',
      '*',
      '_',
      '#',
      '@',
      '^',
    ),
  )
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 6 }))
    .map(([text, changes]) =>
      changes.reduce((now, [kind, where, length, piece]) => {
        const at = Math.floor(where * now.length)
        const [before, after] = [now.slice(0, at), now.slice(at)]
        if (kind === 'insert') return before + piece + after
        if (kind === 'newline') return `${before}\n${after}`
        return kind === 'delete' ? before + after.slice(length) : before + after.slice(0, length) + after
      }, text),
    )
}
