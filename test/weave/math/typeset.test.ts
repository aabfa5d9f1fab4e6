/** KaTeX through our whole path: what it takes looks as it does there, what it rejects or warns of is said once. */
import katex from 'katex'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { formatDiagnostic } from '../../../src/weave/base/diagnostic.ts'
import { formulaKey, typesetFormulas } from '../../../src/weave/math/typeset.ts'
import { knownCommands, replacements } from '../../../src/weave/source/math/commands.ts'
import { environments, unknownMath } from '../../../src/weave/source/math/environments.ts'
import { parseChapter } from '../../../src/weave/source/parse.ts'
import { displayed, rejected, valid } from './expressions.ts'

const printed = vi.fn()
beforeEach(() => {
  for (const method of ['log', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation(printed)
})
afterEach(() => {
  vi.restoreAllMocks()
  expect(printed).not.toHaveBeenCalled()
})

async function typeset(text: string, macros: Readonly<Record<string, string>> = {}) {
  const { value, diagnostics } = parseChapter({ file: 'a.md', path: '/a.md', book: '', slug: 'a', text })
  const { formulas } = value
  const result = await typesetFormulas([{ file: 'a.md', text, formulas }], { macros })
  const all = [...diagnostics, ...result.diagnostics]
  return {
    html: formulas.map(formula => result.value.get(formulaKey(formula))),
    said: all.map(
      d => `${d.range?.start.line}:${d.range?.start.column} ${d.severity} ${d.rule}: ${d.message}`,
    ),
    helps: all.map(d => d.help),
    text: all.map(d => formatDiagnostic(d, { textOf: () => text })).join('\n'),
  }
}

/** Forms of a formula within a line, and set apart. */
const inline: Readonly<Record<string, (latex: string) => string>> = {
  dollars: latex => `文 $${latex}$ 字\n`,
  'dollars and back-quotes': latex => `文 $\`${latex}\`$ 字\n`,
  'round brackets': latex => `文 \\(${latex}\\) 字\n`,
}
const display: Readonly<Record<string, (latex: string) => string>> = {
  'dollars in a line': latex => `$$${latex}$$\n`,
  'dollars in lines': latex => `> $$\n> ${latex}\n> $$\n`,
  'dollars in a paragraph': latex => `文 $$${latex}$$ 字\n`,
  'square brackets': latex => `- \\[\n  ${latex}\n  \\]\n`,
  'a fence': latex => `\`\`\`math\n${latex}\n\`\`\`\n`,
}

/** KaTeX alone. Rows are not numbered: those numbers are the book's. */
const plain = (latex: string, displayMode: boolean) =>
  katex.renderToString(latex.replace(/\{(align|gather|equation|alignat)\}/g, '{$1*}'), {
    displayMode,
    strict: false,
  })

/** Without the LaTeX that MathML carries along. */
const withoutSource = (html: string | undefined) => html?.replace(/<annotation[\s\S]*?<\/annotation>/, '')

describe.each(Object.entries(valid))('%s', (_, expressions) => {
  it.each(Object.entries(inline))('look within a line as KaTeX draws them: %s', async (_, form) => {
    for (const latex of expressions) {
      const { html, said } = await typeset(form(latex))
      expect([latex, said, html.map(withoutSource)]).toEqual([
        latex,
        [],
        [withoutSource(plain(latex, false))],
      ])
    }
  })

  it.each(Object.entries(display))('look set apart as KaTeX draws them: %s', async (_, form) => {
    for (const latex of expressions) {
      const { html, said } = await typeset(form(latex))
      expect([latex, said, html.map(withoutSource)]).toEqual([latex, [], [withoutSource(plain(latex, true))]])
    }
  })
})

describe('formulas that can only be set apart', () => {
  const bare = { 'without marks': (latex: string) => `${latex}\n` }
  it.each(Object.entries({ ...display, ...bare }))('look as KaTeX draws them: %s', async (name, form) => {
    for (const latex of displayed) {
      if (name === 'without marks' && !latex.startsWith('\\begin')) continue
      const { html, said } = await typeset(form(latex))
      expect([latex, said, html.map(withoutSource)]).toEqual([latex, [], [withoutSource(plain(latex, true))]])
    }
  })

  it('are never numbered by KaTeX', async () => {
    for (const latex of displayed)
      expect((await typeset(`$$${latex}$$\n`)).html.join()).not.toContain('"eqn-num')
  })
})

describe('what KaTeX rejects', () => {
  it.each(rejected)('is one error, within a line and set apart: %s', async latex => {
    for (const text of [`文 $\`${latex}\`$ 字\n`, `$$\n${latex}\n$$\n`, `\`\`\`math\n${latex}\n\`\`\`\n`]) {
      const { html, said } = await typeset(text)
      expect(said).toEqual([expect.stringMatching(/^\d+:\d+ error math: ./)])
      expect(html).toEqual([expect.stringMatching(/^<code class="math-error">/)])
    }
  })

  it('is shown at its place, with what to do', async () => {
    const { text } = await typeset('状态 $a + \\tahn(x)$。\n\n> $$\n> a\n> \\frac{1\n> $$\n')
    expect(text).toMatchInlineSnapshot(`
      "a.md:1:9 error math: Undefined control sequence: \\tahn
      > 1 | 状态 $a + \\tahn(x)$。
          |           ^^^^^
        help: Did you mean \\tanh?
      a.md:5:10 error math: Unexpected end of input in a macro argument, expected '}'
        4 | > a
      > 5 | > \\frac{1
          |          ^
        6 | > $$
        help: Formulas are LaTeX as KaTeX supports it: https://katex.org/docs/supported"
    `)
  })

  it.each([
    ['\\tahn x', 'Did you mean \\tanh?'],
    ['\\aplha', 'Did you mean \\alpha?'],
    ['\\mbox{a}', 'KaTeX does not have it: write \\text{…}.'],
    ['\\quetzal', expect.stringContaining('Macros of your own stand in `macros` of book.config.ts.')],
    ['\\begin{algn}a\\end{algn}', 'Did you mean align?'],
    ['\\begin{multline}a\\end{multline}', 'Did you mean gather?'],
    ['\\def\\a{\\a}\\a', 'A macro calls itself without end: correct its definition.'],
  ])('%s: %s', async (latex, help) => {
    expect((await typeset(`$$${latex}$$\n`)).helps).toEqual([help])
  })
})

describe('what KaTeX would only warn of, print, or draw in red', () => {
  it.each([
    ['$速度$', '1:2 warning math-latex: 速度 is text, and stands in a formula outside of \\text{…}', 1],
    ['$é$', '1:2 warning math-latex: é is text, and stands in a formula outside of \\text{…}', 1],
    ["$\\'e$", "1:2 warning math-latex: LaTeX's accent \\' works only in text mode", 1],
    ['$50 % 的$', '1:5 warning math-latex: % begins a comment: what stands behind it is not shown', 1],
    [
      '$$a \\\\ b$$',
      '1:5 warning math-latex: \\\\ breaks the line here in KaTeX, but does nothing in LaTeX',
      1,
    ],
    ['$a ❤ b$', '1:4 error math-character: KaTeX has no sign for ❤ (U+2764), and would guess its size', 1],
    [
      '$\\text{好 🎉}$',
      '1:10 error math-character: KaTeX has no sign for 🎉 (U+1F389), and would guess its size',
      1,
    ],
    ['$a ⊶ b$', '1:4 error math-character: KaTeX has no sign for ⊶ (U+22B6), and would guess its size', 1],
    [
      '$\\href{https://a.cn}{x}$',
      '1:2 error math-untrusted: \\href does not work in formulas: it would be printed in red',
      1,
    ],
    [
      '$\\href{java\nscript:x}{y}$',
      '1:2 error math-untrusted: \\href does not work in formulas: it would be printed in red',
      1,
    ],
    [
      '$\\url{https://a.cn}$',
      '1:2 error math-untrusted: \\url does not work in formulas: it would be printed in red',
      1,
    ],
    [
      '$\\includegraphics{a.png}$',
      '1:2 error math-untrusted: \\includegraphics does not work in formulas: it would be printed in red',
      1,
    ],
    [
      '$\\htmlClass{a}{x} \\htmlId{b}{y}$',
      '1:2 error math-untrusted: \\htmlClass does not work in formulas: it would be printed in red',
      2,
    ],
    [
      '$\\htmlStyle{color:red}{x}$',
      '1:2 error math-untrusted: \\htmlStyle does not work in formulas: it would be printed in red',
      1,
    ],
    [
      '$\\htmlData{a=b}{x}$',
      '1:2 error math-untrusted: \\htmlData does not work in formulas: it would be printed in red',
      1,
    ],
    [
      '$x \\message{hello}$',
      '1:4 warning math-terminal: \\message prints on a terminal, and shows nothing',
      1,
    ],
    ['$x \\show\\alpha$', '1:4 warning math-terminal: \\show prints on a terminal, and shows nothing', 1],
  ])('%j: %s', async (text, first, count) => {
    const { said } = await typeset(`${text}\n`)
    expect(said[0]).toBe(first)
    expect(said).toHaveLength(count)
  })

  it('Chinese in \\text is fine, rare characters too', async () => {
    const { said } = await typeset('$W_{\\text{输入，“权重”：（一）}} \\text{𠮷㐀￥}$\n')
    expect(said).toEqual([])
  })

  it('is said again when the formula is remembered', async () => {
    const twice = await typeset('$a ⊶ c$ 与 $a ⊶ c$\n')
    expect(twice.said.map(s => s.slice(0, 4))).toEqual(['1:4 ', '1:14'])
  })
})

describe('a formula without end', () => {
  it.each([
    ['3,000 braces', `${'{'.repeat(3000)}x${'}'.repeat(3000)}`],
    ['20,000 brackets', `${'\\left('.repeat(20_000)}x${'\\right)'.repeat(20_000)}`],
    ['3,000 fractions', `${'\\frac{1}{'.repeat(3000)}x${'}'.repeat(3000)}`],
    ['20,000 signs in a row', '\\hat '.repeat(20_000)],
    ['a macro of itself', '\\def\\a{\\a}\\a'],
    ['a macro that doubles', '\\def\\a{\\a\\a}\\a'],
    ['a macro whose argument grows', '\\def\\a#1{\\a{#1#1}}\\a{x}'],
  ])('of %s is one error, within a second or two', async (_, latex) => {
    for (const text of [`$$${latex}$$\n`, `文 $${latex.trim()}$ 字\n`]) {
      const start = performance.now()
      expect((await typeset(text)).said).toEqual([expect.stringMatching(/error math: /)])
      expect(performance.now() - start).toBeLessThan(10_000)
    }
  })

  it('is one from the 251st group on, whatever stack there is', async () => {
    const said = async (depth: number) =>
      (await typeset(`$${'{'.repeat(depth)}x${'}'.repeat(depth)}$\n`)).said
    expect(await said(250)).toEqual([])
    expect(await said(251)).toEqual([
      '1:2 error math: this formula is nested too deeply: KaTeX manages 250 groups in each other',
    ])
  })

  it('of 200 groups is none', async () => {
    expect((await typeset(`$${'\\frac{1}{'.repeat(200)}x${'}'.repeat(200)}$\n`)).said).toEqual([])
  })
})

describe('macros', () => {
  it('with a mistake in them are said of the formula, not of some place that the macro has', async () => {
    const { text } = await typeset('甲 $a + b + \\half$ 乙\n', { '\\half': '\\frac{1}{x^}' })
    expect(text).toMatchInlineSnapshot(`
      "a.md:1:4 error math: Expected group after '^'
      > 1 | 甲 $a + b + \\half$ 乙
          |     ^^^^^^^^^^^^^
        help: Formulas are LaTeX as KaTeX supports it: https://katex.org/docs/supported"
    `)
  })

  it('of the configuration work, and those of a formula end with it', async () => {
    const { said, helps } = await typeset('$\\gdef\\f{x} \\f \\R$ 与\n$\\f$\n', { '\\R': '\\mathbb{R}' })
    expect(said).toEqual(['2:2 error math: Undefined control sequence: \\f'])
    expect(helps).toEqual([
      'The formula at line 1 defines it, for itself: a definition ends with its formula. Put it into `macros` of book.config.ts.',
    ])
  })
})

describe('lists of what KaTeX knows', () => {
  const fails = (latex: string) => {
    try {
      katex.renderToString(latex, { displayMode: true, strict: false })
      return ''
    } catch (error) {
      return String(error)
    }
  }
  it.each(environments)('it has the environment %s', name => {
    const argument = /^(?:sub)?d?array$/.test(name)
      ? '{c}'
      : name.startsWith('aligned') || !name.startsWith('alignat')
        ? ''
        : '{1}'
    expect(fails(`\\begin{${name}}${name === 'alignedat' ? '{1}' : argument}a\\end{${name}}`)).toBe('')
  })
  it('it has every command that may be meant, and none of those that are replaced', () => {
    const unknown = (name: string) => /Undefined control sequence/.test(fails(`\\${name}`))
    expect(knownCommands.filter(unknown)).toEqual([])
    expect(Object.keys(replacements).filter(name => !unknown(name))).toEqual([])
    expect(
      Object.keys(unknownMath).filter(name => !/No such env/.test(fails(`\\begin{${name}}\\end{${name}}`))),
    ).toEqual([])
  })
})
