/** Formulas with labels in a book: numbers, rows, tags, and references to them, as readers see them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Said, type TestBook, testBook } from '../support/book.ts'

const first = `# 一

$$
a = b
$$
{#eq-first}

\\begin{align}
c &= d \\label{eq:row} \\\\
e &= f \\nonumber \\\\
g &= h \\tag{*} \\label{eq:star} \\\\
i &= j \\label{eq:last}
\\end{align}

\\begin{equation} k = l \\label{eq:whole} \\end{equation}

$$m = n \\tag{热}$$ {#eq-heat}

见 @eq-row、\\eqref{eq:row}、\\ref{eq:last}、@eq-star、\\eqref{eq-heat}，$x \\stackrel{\\eqref{eq:whole}}{=} y$。
`
const second = `# 二

$$p = q$$ {#eq-second}

前章的 \\eqref{eq:row} 与 \\ref{eq:star}，$$r \\overset{\\text{由 \\ref{eq:second}}}{=} s$$ 与 \\ref{sec:here}。

## 此节 {#sec-here}

\`\`\`ts exec
//| verify: eq-third
;({ u: 1, v: 1 })
\`\`\`

$$u = v \\tag{验} \\label{eq:third}$$
`

const printed = vi.fn()
beforeEach(() => {
  for (const method of ['log', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation(printed)
})
afterEach(() => {
  vi.restoreAllMocks()
  expect(printed).not.toHaveBeenCalled()
})

/** What is seen of a page: KaTeX's HTML without its MathML twin, tags taken away. */
const seen = (html: string) =>
  html
    .replace(/<span class="katex-mathml">[\s\S]*?<\/math><\/span>/g, '')
    .replace(/<[^>]*>/g, '')
    .replace(/[\s\u200b]+/g, '')
const heard = (html: string) =>
  [...html.matchAll(/<math[\s\S]*?<\/math>/g)].map(([math]) =>
    math.replace(/<annotation[\s\S]*?<\/annotation>/, '').replace(/<[^>]*>/g, ''),
  )

describe('two chapters with formulas', () => {
  let book: TestBook
  let said: Said
  const pages: Record<string, string> = {}
  beforeAll(async () => {
    book = await testBook({ 'zh/01-a.md': first, 'zh/02-b.md': second })
    said = await book.build()
    for (const name of ['01-a', '02-b']) pages[name] = await book.read(`zh/${name}.html`)
  })
  afterAll(() => book.close())

  it('build without a word', () => {
    expect(said.lines).toEqual([])
  })

  it('number each labelled formula and row once, by chapter, and others not at all', () => {
    expect(pages['01-a']).toContain('id="eq-first"')
    expect(seen(pages['01-a']).match(/\(1\.\d\)|\(\*\)|\(热\)/g)).toEqual([
      // The first formula, three rows (KaTeX lists them first), the next two; then the references.
      ...['(1.1)', '(1.2)', '(*)', '(1.3)', '(1.4)', '(热)'],
      ...['(1.2)', '(1.2)', '(*)', '(热)', '(1.4)'],
    ])
    expect(pages['01-a']).not.toContain('"eqn-num"')
    expect(pages['01-a']).not.toContain('unrollnumber')
  })

  it('are referred to by name, by number in brackets, and by the bare number', () => {
    const link = (label: string, text: string) => `<a class="ref" href="#eq-${label}">${text}</a>`
    expect(pages['01-a']).toContain(
      `见 ${link('row', '式 (1.2)')}、${link('row', '(1.2)')}、${link('last', '1.3')}、${link('star', '式 (*)')}、${link('heat', '(热)')}，`,
    )
    expect(pages['02-b']).toContain(
      '前章的 <a class="ref" href="01-a.html#eq-row">(1.2)</a> 与 <a class="ref" href="01-a.html#eq-star">*</a>，',
    )
    expect(pages['02-b']).toContain('<a class="ref" href="#sec-here">此节</a>')
  })

  it('are referred to within formulas by the number, for the eye and for the ear', () => {
    expect(seen(pages['01-a'])).toContain('x=(1.4)y')
    expect(heard(pages['01-a'])).toContain('x=(1.4)y')
    expect(seen(pages['02-b'])).toContain('由2.1')
    expect(heard(pages['02-b']).join()).toContain('由\u00a02.1')
    expect(pages['01-a'].match(/class="ref"/g)).toHaveLength(5)
    for (const page of Object.values(pages)) expect(page).not.toMatch(/unrollreference|unroll-ref/)
  })

  it('have an anchor for every label', () => {
    for (const label of ['first', 'row', 'star', 'last', 'whole', 'heat'])
      expect(pages['01-a'].match(new RegExp(`id="eq-${label}"`, 'g'))).toHaveLength(1)
  })

  it('are verified with their tag and label, and show the tag once', () => {
    expect(seen(pages['02-b']).match(/\(验\)/g)).toHaveLength(2)
    expect(pages['02-b']).toContain('<summary>验证 (验)</summary>')
    expect(pages['02-b']).toContain('class="proof holds"')
  })
})

describe('mistakes', () => {
  const mistakes: Readonly<Record<string, readonly [text: string, lines: readonly string[]]>> = {
    'a reference to no formula': [
      '$$a$$ {#eq-here}\n\n\\eqref{eq:hree} 与 $\\ref{eq:none}$\n',
      [
        'zh/a.md:3:8 error reference-missing: nothing is labelled eq-hree',
        'zh/a.md:3:25 error reference-missing: nothing is labelled eq-none',
      ],
    ],
    'a label that is taken by a row': [
      '$$a$$ {#eq-x}\n\n\\begin{align} a \\\\ b \\label{eq:x} \\end{align}\n',
      ['zh/a.md:3:29 error label-doubled: the label eq-x is taken: line 1'],
    ],
    'a cell that verifies a row': [
      '\\begin{align} a &= b \\\\ b &= a \\label{eq:x} \\end{align}\n\n```ts exec\n//| verify: eq-x\n;({ a: 1, b: 1 })\n```\n',
      ['zh/a.md:4:5 error verify-unknown: eq-x is a row: only a whole formula can be verified'],
    ],
    'a formula too deep to be verified': [
      `$$${'{'.repeat(3000)}a${'}'.repeat(3000)} = a$$ {#eq-x}\n\n\`\`\`ts exec\n//| verify: eq-x\n;({ a: 1 })\n\`\`\`\n`,
      ['zh/a.md:1:3 error math: this formula is nested too deeply: KaTeX manages 250 groups in each other'],
    ],
    'LaTeX that a cell shows': [
      "文\n\n```ts exec\n;({ [Symbol.for('Jupyter.display')]: () => ({ 'text/latex': '$x + \\\\tahn y \\\\eqref{eq:a}$' }) })\n```\n",
      ['zh/a.md:3:1 error math: Undefined control sequence: \\tahn'],
    ],
  }
  it.each(Object.entries(mistakes))('%s', async (_, [text, lines]) => {
    const book = await testBook({ 'zh/a.md': text })
    expect((await book.build()).lines).toEqual(lines)
    await book.close()
  })
})
