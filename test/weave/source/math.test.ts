/** Forms of formulas, and what nearly is one: nothing is printed raw without a word. */
import { describe, expect, it } from 'vitest'
import { parseChapter } from '../../../src/weave/source/parse.ts'

function parse(text: string) {
  const { value, diagnostics } = parseChapter({ file: 'a.md', path: '/a.md', book: '', slug: 'a', text })
  return {
    ...value,
    said: diagnostics.map(d => {
      const { start, end } = d.range ?? { start: { line: 0, column: 0 }, end: { line: 0, column: 0 } }
      const place = `${start.line}:${start.column}-${end.line === start.line ? '' : `${end.line}:`}${end.column}`
      return `${place} ${d.severity} ${d.rule}: ${d.message}`
    }),
    helps: diagnostics.map(d => d.help),
  }
}

describe('a formula within a line', () => {
  it.each([
    ['$x$', ['x']],
    ['$`x_1`$ 与 $``\\text{`a`}``$', ['x_1', '\\text{`a`}']],
    ['\\(x\\) 与 \\( y \\)', ['x', ' y ']],
    ['$\\text{if $b$ c}$ 与 $d$', ['\\text{if $b$ c}', 'd']],
    ['$\\text{a $b + \\text{c $d$}$}$', ['\\text{a $b + \\text{c $d$}$}']],
    [
      "$\\text{`x`}$ 与 $\\text{``q''}$ 与 $\\text{``r''}$",
      ['\\text{`x`}', "\\text{``q''}", "\\text{``r''}"],
    ],
    ['$$\\text{$a$$b$}$$ 与', ['\\text{$a$$b$}']],
    ['\\(\\text{\\(a\\)}\\)', ['\\text{\\(a\\)}']],
    ['$a\\$b$', ['a\\$b']],
    ['$a\\ $ 与', ['a\\ ']],
    ['$\\verb|{|$ 与 $b$', ['\\verb|{|', 'b']],
    ['$a {b$ 与 $c$', ['a {b', 'c']],
    ['**$a$** *\\(b\\)* [$`c`$](x.md) ~~$d$~~', ['a', 'b', 'c', 'd']],
    ['# 题 \\(a\\)', ['a']],
    ['| \\(a\\) | $`b`$ |\n|---|---|\n| \\[ c + d \\] | $e$ |', ['a', 'b', ' c + d ', 'e']],
    [
      '$$a$$ 与 \\[ b^2 \\] 与 \\begin{cases} c \\\\ d \\end{cases}。',
      ['a', ' b^2 ', '\\begin{cases} c \\\\ d \\end{cases}'],
    ],
    ['字\n\\(a\n+ b\\) 字', []],
    ['`$a$ \\(b\\) \\[c\\] $`', []],
    ['``$`a`$``', []],
    ['    \\begin{align} a \\end{align}', []],
  ])('%j holds %j', (text, formulas) => {
    const { formulas: found } = parse(`${text}\n`)
    expect(found.map(f => f.latex)).toEqual(formulas)
  })
})

describe('a formula set apart', () => {
  it.each([
    ['$$a$$ {#eq-a}', 'a', 'eq-a'],
    ['$$a$$\n{#eq-a}', 'a', 'eq-a'],
    ['$$\na\n$$\n{#eq-a}\n文', 'a', 'eq-a'],
    ['文 $$a$$ {#eq-a} 文', 'a', 'eq-a'],
    ['文 $$a$$\n{#eq-a}', 'a', 'eq-a'],
    ['```math\na\n```', 'a', undefined],
    ['````Math {#eq-a}\na\n```\nb\n````', 'a\n```\nb', 'eq-a'],
    ['~~~math\na\n~~~ {#eq-a}', 'a', 'eq-a'],
    ['```math\na\n```\n{#eq-a}', 'a', 'eq-a'],
    ['\\[x\\]', 'x', undefined],
    ['\\[ a\n+ b \\] {#eq-a}', ' a\n+ b ', 'eq-a'],
    ['\\[\n注意\n\\]', '注意', undefined],
    ['\\begin{align}\na &= b\n\\end{align}\n{#eq-a}', '\\begin{align}\na &= b\n\\end{align}', 'eq-a'],
    [
      '\\begin{matrix}\\begin{matrix}a\\end{matrix}\\end{matrix}',
      '\\begin{matrix}\\begin{matrix}a\\end{matrix}\\end{matrix}',
      undefined,
    ],
    ['$$a \\label{eq:a}$$', 'a \\label{eq:a}', 'eq-a'],
    ['$$\\label {eqn:a} a$$', '\\label {eqn:a} a', 'eq-a'],
    [
      '文\n\\begin{equation}a\\label{eq-a}\\end{equation}\n文',
      '\\begin{equation}a\\label{eq-a}\\end{equation}',
      'eq-a',
    ],
    [
      '\\begin{align}{a \\\\ b} \\label{eq:a}\\end{align}',
      '\\begin{align}{a \\\\ b} \\label{eq:a}\\end{align}',
      'eq-a',
    ],
    ['\\begin{align}a \\label{eq:a}\\end{align}', '\\begin{align}a \\label{eq:a}\\end{align}', 'eq-a'],
  ])('%j holds %j with the label %s', (text, latex, label) => {
    const { formulas, said } = parse(`${text}\n`)
    expect(said).toEqual([])
    expect(formulas.map(f => [f.latex, f.label, f.display])).toEqual([[latex, label, true]])
  })
})

describe('rows', () => {
  it('of align and gather have labels and tags of their own', () => {
    const text =
      '\\begin{align}\na \\label{eq:a} \\\\\nb \\tag{$*$} \\label{eq-b} \\\\\nc \\\\ \\begin{aligned} d \\\\ e \\end{aligned} \\label{eq:d} % \\label{eq:no}\n\\end{align}\n'
    const { formulas, said, labels } = parse(text)
    expect(said).toEqual([])
    expect(formulas[0].rows?.map(r => [r.label, r.tag, text.slice(r.span.start, r.span.end)])).toEqual([
      ['eq-a', undefined, 'eq:a'],
      ['eq-b', '*', 'eq-b'],
      ['eq-d', undefined, 'eq:d'],
    ])
    expect(labels.map(l => l.label)).toEqual(['eq-a', 'eq-b', 'eq-d'])
  })
})

describe('references as LaTeX writes them', () => {
  it.each([
    ['见 \\eqref{eq:a} 与 \\ref{eq-b}', ['eq-a eqref', 'eq-b ref']],
    ['\\ref{fig:a} \\ref{tab:b} \\ref{sec:c}', ['fig-a ref', 'tbl-b ref', 'sec-c ref']],
    ['$a \\eqref{eq:a}$ 与 $$b \\ref{eq:b}$$', ['eq-a number', 'eq-b number']],
    ['`\\ref{eq:a}` \\\\ref{eq:b}', []],
  ])('%j refers to %j', (text, references) => {
    const { references: found, said } = parse(`${text}\n`)
    expect(said).toEqual([])
    expect(found.map(r => `${r.label} ${r.form}`)).toEqual(references)
  })

  it('stand at their labels', () => {
    const text = '> 见 \\eqref{eq:a}，\n> $x \\ref{eq:b}$\n'
    expect(parse(text).references.map(r => text.slice(r.span.start, r.span.end))).toEqual(['eq:a', 'eq:b'])
  })
})

describe('what nearly is a formula', () => {
  it.each([
    // Not closed, or not opened.
    [
      '$$a',
      '1:1-3 error math-unclosed: this formula is not closed: expected `$$`',
      'For a plain dollar sign write `\\$`.',
    ],
    [
      '$$a $',
      '1:1-3 error math-unclosed: this formula is not closed: expected `$$`',
      'Did you mean `$$a $$`? It ends with one dollar sign.',
    ],
    [
      '文\n$$\na',
      '2:1-3 error math-unclosed: this formula is not closed: expected `$$`',
      'For a plain dollar sign write `\\$`.',
    ],
    [
      '文 $$\\alpha',
      '1:3-5 error math-unclosed: this formula is not closed: expected `$$`',
      'For a plain dollar sign write `\\$`.',
    ],
    [
      '文 $\\alpha 字',
      '1:3-4 error math-unclosed: this formula is not closed: expected `$`',
      'For a plain dollar sign write `\\$`.',
    ],
    [
      '文 $W_{hh} 字',
      '1:3-4 error math-unclosed: this formula is not closed: expected `$`',
      'For a plain dollar sign write `\\$`.',
    ],
    [
      '文 $`\\alpha 字',
      '1:3-5 error math-unclosed: this formula is not closed: expected `` `$ ``',
      'Write ``$`x`$``, or `\\$` for a plain dollar sign before code.',
    ],
    [
      '文 $`\\alpha` 字',
      '1:3-12 warning math-unclosed: this formula is not closed: expected `` `$ ``',
      'Write ``$`x`$``, or `\\$` for a plain dollar sign before code.',
    ],
    [
      '\\[\na\n\nb',
      '1:1-3 error math-unclosed: this formula is not closed: expected `\\]`',
      'Close it with `\\]`, before the next empty line.',
    ],
    [
      '\\[ \\alpha \\)',
      '1:1-3 error math-unclosed: this formula is not closed: expected `\\]`',
      'Did you mean `\\]` in place of `\\)`?',
    ],
    [
      '文 \\(\\alpha 字',
      '1:3-5 error math-unclosed: this formula is not closed: expected `\\)`',
      'It ends in the paragraph that it begins in. For a plain bracket write no backslash.',
    ],
    [
      '文 \\[x_1 字',
      '1:3-5 error math-unclosed: this formula is not closed: expected `\\]`',
      'It ends in the paragraph that it begins in. For a plain bracket write no backslash.',
    ],
    [
      '\\begin{align}\na',
      '1:1-14 error math-unclosed: this formula is not closed: expected `\\end{align}`',
      'Write `\\end{align}` behind its last row.',
    ],
    [
      '\\begin{align}\na\n\\end{aligned}',
      '1:1-14 error math-unclosed: this formula is not closed: expected `\\end{align}`',
      'Did you mean `\\end{align}` in place of `\\end{aligned}`?',
    ],
    [
      '文 \\begin{align} a \\end{algn}',
      '1:3-16 error math-unclosed: this formula is not closed: expected `\\end{align}`',
      'Did you mean `\\end{align}` in place of `\\end{algn}`?',
    ],
    [
      '> \\begin{align}\n\na\n\\end{align}',
      '1:3-16 error math-unclosed: this formula is not closed: expected `\\end{align}`',
      'Write `\\end{align}` behind its last row.',
    ],
    [
      'a\n\\end{align}',
      '2:1-12 error math-unclosed: this closes nothing: `\\begin{align}` is missing',
      'Write `\\begin{align}` before its first row.',
    ],
    ['\\begin{algn}', '1:1-13 error math-environment: unknown environment: algn', 'Did you mean align?'],
    [
      '\\begin{itemize}',
      '1:1-16 error math-environment: unknown environment: itemize',
      'Write a list: `- …`.',
    ],
    [
      '文 \\begin{document}',
      '1:3-19 error math-environment: unknown environment: document',
      'Chapters are Markdown: only LaTeX’s environments for formulas are known.',
    ],
    // Text by the rules of Pandoc or Markdown.
    [
      '文 $ x_1 $ 字',
      '1:3-10 warning math-spaces: this is shown as text: inside of the dollar signs of a formula stand no spaces',
      'Write `$x$` in place of `$ x $`, or `\\$` for a plain dollar sign.',
    ],
    [
      '文 $\\alpha $ 字',
      '1:3-12 warning math-spaces: this is shown as text: inside of the dollar signs of a formula stand no spaces',
      'Write `$x$` in place of `$ x $`, or `\\$` for a plain dollar sign.',
    ],
    [
      '文 $x^2$5',
      '1:3-8 warning math-digit: this is shown as text: behind the closing dollar sign stands a digit, as if it were a price',
      'Put the digit into the formula, write ``$`x`$5``, or `\\$` for a plain dollar sign.',
    ],
    [
      '文 \\(not math\\)',
      '1:3-15 warning math-unclear: this is shown as text in brackets: it could be a formula',
      'Write a formula as `$…$`, and plain brackets without backslashes.',
    ],
    [
      '文 \\[key = value\\]',
      '1:3-18 warning math-unclear: this is shown as text in brackets: it could be a formula',
      'Write a formula as `$…$`, and plain brackets without backslashes.',
    ],
    [
      '\\[key = value\\]',
      '1:1-3 warning math-unclear: this is shown as text in brackets: it could be a formula',
      'Write a formula as `$…$`, and plain brackets without backslashes.',
    ],
    [
      '文 \\\\(x^2\\\\)',
      '1:3-12 warning math-backslashes: this is shown as text: the marks of a formula have one backslash',
      'Write `\\(…\\)` or `\\[…\\]`.',
    ],
    [
      '文 \\\\[ \\alpha \\\\]',
      '1:3-17 warning math-backslashes: this is shown as text: the marks of a formula have one backslash',
      'Write `\\(…\\)` or `\\[…\\]`.',
    ],
    [
      '```{math}\na\n```',
      '1:1-10 error math-fence: this is shown as code: expected `math`, got `{math}`',
      'Write ```` ```math ````, and a label in the same line: ```` ```math {#eq-name} ````.',
    ],
    [
      '文 \\alpha 与 \\beta',
      '1:3-9 warning latex-command: this is shown as it stands: \\alpha has no formula round it',
      'Write `$\\alpha$`. Perhaps a formula here has lost one of its marks.',
    ],
    [
      '文 h_t = \\tanh(x)$ 字',
      '1:9-14 warning latex-command: this is shown as it stands: \\tanh has no formula round it',
      'Write `$\\tanh$`. Perhaps a formula here has lost one of its marks.',
    ],
    [
      '文 \\textbf{x}',
      '1:3-10 warning latex-command: this is shown as it stands: \\textbf is LaTeX, not Markdown',
      'Write `**bold**`.',
    ],
    // Empty.
    [
      '$$$$',
      '1:1-5 error math-empty: this formula is empty',
      'Write it, or remove it. For plain dollar signs write `\\$\\$`.',
    ],
    [
      '$$ $$',
      '1:1-6 error math-empty: this formula is empty',
      'Write it, or remove it. For plain dollar signs write `\\$\\$`.',
    ],
    [
      '$$\n\n$$',
      '1:1-3:3 error math-empty: this formula is empty',
      'Write it, or remove it. For plain dollar signs write `\\$\\$`.',
    ],
    ['```math\n```', '1:1-2:4 error math-empty: this formula is empty', 'Write it, or remove it.'],
    [
      '\\begin{align}\n\\end{align}',
      '1:1-2:12 error math-empty: this formula is empty',
      'Write it, or remove it.',
    ],
    [
      '文 $$ $$',
      '1:3-8 warning math-empty: this formula is empty: it is shown as text',
      'Write it, or remove its marks. For plain dollar signs write `\\$\\$`.',
    ],
    [
      '文 $` `$',
      '1:3-8 warning math-empty: this formula is empty: it is shown as text',
      'Write it, or remove its marks. For plain dollar signs write `\\$\\$`.',
    ],
    [
      '文 \\(\\)',
      '1:3-7 warning math-empty: this formula is empty: it is shown as brackets',
      'Write it, or plain brackets without backslashes.',
    ],
    [
      '\\[ \\]',
      '1:1-6 warning math-empty: this formula is empty: it is shown as brackets',
      'Write it, or plain brackets without backslashes.',
    ],
    // Labels.
    [
      '$$a$$ {#fig-a}',
      '1:8-14 error math-label: the label of a formula begins with eq-, got "fig-a"',
      'Did you mean {#eq-a}?',
    ],
    [
      '$$a$$\n{#a}',
      '2:2-4 error math-label: the label of a formula begins with eq-, got "a"',
      'Did you mean {#eq-a}?',
    ],
    [
      '$$a$$ {#eq:a}',
      '1:8-13 error math-label: the label of a formula begins with eq-, got "eq:a"',
      'Did you mean {#eq-a}?',
    ],
    [
      '$$a$$ {#eq-甲}',
      '1:8-13 error math-label: the label of a formula begins with eq-, got "eq-甲"',
      'Behind `eq-` stand letters, digits, `-` and `_`, the first and the last a letter or digit.',
    ],
    [
      '$$a \\label{thm:x}$$',
      '1:12-17 error math-label: the label of a formula begins with eq-, got "thm:x"',
      'Behind `eq-` stand letters, digits, `-` and `_`, the first and the last a letter or digit.',
    ],
    [
      '$$a \\label{x}$$',
      '1:12-13 error math-label: the label of a formula begins with eq-, got "x"',
      'Did you mean \\label{eq-x}?',
    ],
    [
      '$$a$$ {#eq-a .big}',
      '1:8-18 error math-label: a formula takes a label and nothing else',
      'Write `{#eq-name}`.',
    ],
    [
      '```math big\na\n```',
      '1:9-12 error math-label: expected {#eq-name} behind `math`, got big',
      'A formula takes a label and nothing else.',
    ],
    [
      '文 $x$ {#eq-a} 字',
      '1:8-13 error math-label: a formula within a line has no number, so it has no label either',
      'Set it apart: `$$…$$ {#eq-name}`, or remove the label.',
    ],
    [
      '文 $x \\label{eq-a}$',
      '1:13-17 error math-label: a formula within a line has no number, so it has no label either',
      'Set it apart: `$$…$$ {#eq-name}`, or remove the label.',
    ],
    [
      '$$a \\label{eq-b}$$ {#eq-a}',
      '1:12-16 error math-label: this formula has two labels',
      'Keep one. Rows have labels of their own in `align` and `gather`, not in `aligned` and `gathered`.',
    ],
    [
      '\\begin{align} a \\\\ b \\label{eq-b} \\end{align} {#eq-a}',
      '1:29-33 error math-label: this formula has a label, and so has one of its rows',
      'Label either the whole, `{#eq-name}`, or rows, `\\label{eq-name}`.',
    ],
    [
      '\\begin{align} a \\\\ b \\nonumber \\label{eq-b} \\end{align}',
      '1:39-43 error math-label: this row has a label, but \\nonumber keeps its number away',
      'Remove one of them.',
    ],
    [
      '文 \\ref{x}',
      '1:8-9 error reference-label: expected a label such as eq:name, got "x"',
      'Labels begin with `eq:`, `fig:`, `tbl:` or `sec:` (or `eq-` and so on), as where they are defined.',
    ],
  ])('%j is said', (text, message, help) => {
    const { said, helps } = parse(`${text}\n`)
    expect(said).toEqual([message])
    expect(helps).toEqual([help])
  })

  it('because of an earlier formula whose end is missing names that one', () => {
    const { said, helps } = parse('$$\na\n\n文\n\n$$\nb\n$$\n')
    expect(said).toEqual(['8:1-3 error math-unclosed: this formula is not closed: expected `$$`'])
    expect(helps).toEqual([
      'The formula at line 1 goes over an empty line: perhaps it is there that the closing mark is missing.',
    ])
  })
})

describe('what is no formula', () => {
  it.each([
    '$5 and $6',
    '从 $5_000 到 $6_000',
    '$x$5 与 $ x $',
    '环境变量 $HOME_DIR 与 $PATH',
    '售价 $`{ts} 1 + 1` 元',
    '售价 $`x` 与 `$`',
    '从 $`{ts} 1`$ 起',
    '\\[a\\^b\\] 与 \\[a\\|b\\] 与 \\[0-9\\] 与 \\[2, 3\\]',
    '\\[not a link\\](a.md) 与 \\[1\\] 与 a\\[i\\] 与 \\[x\\]',
    '\\[not a link\\]',
    '\\[12\\]',
    '\\[<i>x</i>, <i>y</i>\\] 与 \\[<i>z</i>\\]',
    'call\\(this\\) 与 1\\) 与 \\( 与 \\]',
    '- \\[x\\] 任务',
    '`\\begin{align}` 与 `\\ref{x}`',
    '文 <code>\\alpha + \\beta</code> 字',
    'C:\\Users\\name 与 \\unknown{x}',
    '```latex\n\\begin{align}\n```',
    '| \\alpha | \\[ |\n|---|---|\n| \\beta | \\( |',
  ])('%j is text, without a word', text => {
    const { formulas, said } = parse(`${text}\n`)
    expect(formulas).toEqual([])
    expect(said).toEqual([])
  })
})

describe('many marks', () => {
  it.each([
    ...[
      '$5 ',
      '$a{',
      '\\(a ',
      '\\[\\alpha ',
      '\\begin{align} ',
      '\\end{align} ',
      '$`\\a` ',
      '$`\\a ',
      '$ \\a $ ',
    ],
    ...[
      '$\\text{`$',
      '\\verb|',
      '\\ref{eq:a} ',
      '\n\\begin{align}\n',
      '\\begin{align}\n\\begin{align}\n\\end{align}\n',
    ],
  ])('%j, 20,000 times, take seconds', { timeout: 60_000 }, piece => {
    const start = performance.now()
    parse(`${piece.repeat(20_000)}\n`)
    expect(performance.now() - start).toBeLessThan(30_000)
  })
})
