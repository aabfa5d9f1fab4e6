// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cells under test use templates
/** Whatever is nested in what: every place leads back to what the author wrote there. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseChapter } from '../../../src/weave/source/parse.ts'

const parse = (text: string) => parseChapter({ file: 'a.md', path: '/a.md', book: '', slug: 'a', text })

/** A piece of Chinese and Latin prose with formulas and inline expressions in it. */
const word = fc.constantFrom('状态', 'RNN', '记忆，', 'a*b', '**粗**', '“引”', 'x_1')
const formula = fc.constantFrom(
  ...['$h_t$', '$a+b$', '$\\tanh(x)$', '$$a^2$$', '$`b_1`$', '\\(c\\)', '\\[ d \\]', '$`\\text{`e`}`$'],
  ...['$\\text{if $f$}$', '$\\text{`g`}$', '\\begin{cases}h & i \\\\ j\\end{cases}', '$$k$$ {#eq-k}'],
)
const display = fc.constantFrom(
  ...['$$\na\n+ b\n$$', '$$a\n\nb$$ {#eq-a}', '$$a$$\n{#eq-b}', '\\[\na\n- b\n\\]', '\\[ a + b \\] {#eq-c}'],
  ...['```math\na\n= b\n```', '~~~ math {#eq-d}\na\n~~~', '```math\na\n``` {#eq-e}', '```math\n\n  a\n\n```'],
  ...['\\begin{align}\na &= b \\\\\n# c\n\\end{align}', '\\begin{cases}\n> a\n\\end{cases}\n{#eq-f}'],
)
const inline = fc.constantFrom('`{ts} 1 + 1`', '`{ts} names.length`', '``{ts} `a${1}` ``')
const prose = fc
  .array(fc.oneof(word, formula, inline), { minLength: 1, maxLength: 6 })
  .map(parts => parts.join(' '))
const cell = fc
  .array(fc.constantFrom('const a = 1', '  indented', '', '[1, 2]', '//| echo: false', '数'), {
    maxLength: 4,
  })
  .map(lines => ['```ts exec', ...lines, '```'].join('\n'))
const block = fc.oneof(
  prose,
  cell,
  display,
  prose.chain(p => display.map(d => `${p}\n${d}`)),
  prose.map(p => `## ${p}`),
  prose.map(p => `| a | b |\n|---|---|\n| ${p} | ${p} |`),
)

function indented(text: string, first: string, rest: string): string {
  return text
    .split('\n')
    .map((line, i) => (i === 0 ? first : line === '' && rest.trim() === '' ? '' : rest) + line)
    .join('\n')
}
const footnote = (text: string) => `[^n]\n\n${indented(text, '[^n]: ', '    ')}`

/** Puts a block into a list or a quote, as deep as one likes. */
const nestedIn = (blocks: fc.Arbitrary<string>) =>
  fc
    .tuple(blocks, fc.array(fc.constantFrom('> ', '- ', '1. ', '   - '), { maxLength: 3 }))
    .map(([text, marks]) =>
      marks.reduce(
        (inner, mark) => indented(inner, mark, mark === '> ' ? mark : ' '.repeat(mark.length)),
        text,
      ),
    )
const nested = nestedIn(block)
const single = fc.oneof(formula, display)
const chapter = fc.array(nested, { minLength: 1, maxLength: 5 }).map(blocks => `${blocks.join('\n\n')}\n`)

describe('places', () => {
  it('of inline expressions, formulas and cell lines hold exactly their text, in 1000 random chapters', () => {
    let seen = 0
    fc.assert(
      fc.property(chapter, text => {
        const { value } = parse(text)
        const at = ({ start, end }: { start: number; end: number }) => text.slice(start, end)
        for (const { code, span, outer } of value.inlines) {
          expect(at(span)).toBe(code)
          expect(at(outer)).toMatch(/^`[\s\S]*`$/)
        }
        for (const { latex, lines, span, outer } of value.formulas) {
          expect(lines.map(at).join('\n')).toBe(latex)
          expect(at(outer)).toMatch(/^(?:\$|\\|`{3}|~{3})[\s\S]*(?:\$|\)|\]|\}|`{3}|~{3})$/)
          expect(outer.start <= span.start && span.end <= outer.end).toBe(true)
        }
        for (const { code, lines } of value.cells) expect(lines.map(l => `${at(l)}\n`).join('')).toBe(code)
        seen += value.inlines.length + value.formulas.length + value.cells.length
      }),
      { numRuns: 1000, seed: 7 },
    )
    expect(seen).toBeGreaterThan(5000)
  })

  it('of formulas are found for every formula that was written, whatever it stands in', () => {
    fc.assert(
      fc.property(nestedIn(fc.oneof(single, single.map(footnote))), text => {
        const { value, diagnostics } = parse(`${text}\n`)
        expect(value.formulas).toHaveLength(1)
        expect(diagnostics).toEqual([])
      }),
      { numRuns: 500, seed: 7 },
    )
  })
})

describe('dollar signs', () => {
  const found = (text: string) => parse(`${text}\n`).value.formulas.map(f => f.latex)
  it.each([
    ['$5 and $6', []],
    ['价钱 $5，不是 $6。', []],
    ['\\$a\\$', []],
    ['`$a$`', []],
    ['中文$a$中文', ['a']],
    ['$a$$b$', ['a', 'b']],
    ['$ a$ 与 $a $', []],
    ['$a$5', []],
    ['| $x$ | `$y$` |\n|---|---|\n| $z$ | $\\|w\\|$ |', ['x', 'z', '|w|']],
    ['句中 $$x^2$$ 独立', ['x^2']],
    ['> $$\n> a\n> b\n> $$', ['a\nb']],
  ])('%j holds the formulas %j', (text, formulas) => {
    expect(found(text)).toEqual(formulas)
  })
})

describe('references', () => {
  const found = (text: string) => parse(`${text}\n`).value.references.map(r => r.label)
  it.each([
    ['见@fig-a。', ['fig-a']],
    ['见 @fig-decay与@eq-b-2。', ['fig-decay', 'eq-b-2']],
    ['[@tbl-x]', ['tbl-x']],
    ['me@fig-mail.org', []],
    ['`@fig-a` \\@fig-b', []],
    ['@someone', []],
  ])('%j refers to %j', (text, labels) => {
    expect(found(text)).toEqual(labels)
  })
})
