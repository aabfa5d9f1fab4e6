/**
 * Code, options and expressions that nearly say something: each is a diagnostic with what was meant, or works.
 * A new form is one line in a table.
 */
import fc from 'fast-check'
import { bundledLanguagesInfo } from 'shiki/langs'
import { describe, expect, it } from 'vitest'
import { toProgram } from '../../../../src/weave/program/program.ts'
import { readInfo } from '../../../../src/weave/source/fence/fenceInfo.ts'
import { parseChapter } from '../../../../src/weave/source/parse.ts'

const parse = (text: string) => parseChapter({ file: 'a.md', path: '/a.md', book: '', slug: 'a', text })
/** `column severity rule: message → help`, with the line before it unless it is the first. */
const said = (text: string) =>
  parse(text).diagnostics.map(({ range, severity, rule, message, help }) => {
    const { line = 0, column = 0 } = range?.start ?? {}
    return `${line > 1 ? `${line}:` : ''}${column} ${severity} ${rule}: ${message} → ${help}`
  })

const kindHelp = 'Write `ts exec`, `ts check`, or `ts` alone; options go into `//| key: value` lines.'
const meant = (kind = 'ts exec') => `→ Did you mean \`${kind}\`?`

describe('a fence runs, or is drawn', () => {
  it.each([
    ['ts exec', 'ts exec'],
    ['typescript exec', 'ts exec'],
    ['TS exec', 'ts exec'],
    ['  ts   exec  ', 'ts exec'],
    ['ts\u3000exec', 'ts exec'],
    ['ts check', 'ts check'],
    ['js exec', 'js exec'],
    ['JavaScript exec', 'js exec'],
    ['ts title="a b.ts" exec {1,3-5}', 'ts exec'],
    ['mermaid', 'mermaid'],
    ['{mermaid}', 'mermaid'],
    ['{.mermaid #fig-a}', 'mermaid'],
    ['{#fig-a .dot}', 'dot'],
    ['Mermaid {#fig-a fig-cap="一 {二}"}', 'mermaid'],
    ['PUML', 'plantuml'],
    ['graphviz', 'dot'],
  ])('%s', (info, what) => {
    const { language, kind, diagram, problems } = readInfo(info)
    expect(problems).toEqual([])
    expect(diagram ?? `${language} ${kind}`).toBe(what)
  })
})

describe('a fence that nearly runs', () => {
  const unknown = (column: number, word: string, kind?: string) =>
    `${column} error cell-kind: unknown word after \`ts\`: ${word} ${meant(kind)}`
  const language = (word: string, kind?: string) =>
    `4 error cell-kind: unknown language: ${word} ${meant(kind)}`
  const others = (name: string, kind = 'exec') =>
    `4 error cell-kind: cells are TypeScript, got ${name} → Write \`ts ${kind}\`, or \`${name}\` alone to only show the code.`
  const braces = (text: string, kind = 'ts') =>
    `4 error cell-kind: \`${text}\` does not run here → Did you mean \`${kind} exec\`? \`${kind}\` alone is only shown.`
  const quarto = (name: string) =>
    `4 error cell-kind: cells are TypeScript, got {${name}} → Write \`ts exec\`, or \`${name}\` without braces to only show the code.`
  it.each([
    ['{ts}', braces('{ts}')],
    ['{ts exec}', braces('{ts exec}')],
    ['{{ts}}', braces('{{ts}}')],
    ['{typescript}', braces('{typescript}', 'typescript')],
    ['{.ts .exec}', braces('{.ts .exec}')],
    ['{js}', braces('{js}', 'js')],
    ['{ts} exec', braces('{ts}')],
    ['ts {exec}', unknown(7, '{exec}')],
    ['ts {.exec}', unknown(7, '{.exec}')],
    ['ts .exec', unknown(7, '.exec')],
    ['ts #exec', unknown(7, '#exec')],
    ['ts exec=true', unknown(7, 'exec=true')],
    ['ts exec,', unknown(7, 'exec,')],
    ['ts,exec', unknown(6, ',exec')],
    ['ts:exec', unknown(6, ':exec')],
    ['ts{exec}', unknown(6, '{exec}')],
    ['ts Exec', unknown(7, 'Exec')],
    ['ts exce', unknown(7, 'exce')],
    ['ts exe', unknown(7, 'exe')],
    ['ts chekc', unknown(7, 'chekc', 'ts check')],
    ['ts run', unknown(7, 'run')],
    ['ts eval', unknown(7, 'eval')],
    ['ts typecheck', unknown(7, 'typecheck', 'ts check')],
    ['TS EXEC', '7 error cell-kind: unknown word after `TS`: EXEC → Did you mean `ts exec`?'],
    ['tsexec', language('tsexec')],
    ['tscheck', language('tscheck', 'ts check')],
    ['ts-exec', language('ts-exec')],
    ['ts_exec', language('ts_exec')],
    ['ts.exec', language('ts.exec')],
    ['ts/exec', language('ts/exec')],
    ['typescriptexec', language('typescriptexec', 'typescript exec')],
    ['exec', '4 error cell-kind: the language comes first, then `exec` → Did you mean `ts exec`?'],
    ['exec ts', '4 error cell-kind: the language comes first, then `exec` → Did you mean `ts exec`?'],
    ['exec-ts', '4 error cell-kind: the language comes first, then `exec` → Did you mean `ts exec`?'],
    ['run js', '4 error cell-kind: the language comes first, then `exec` → Did you mean `js exec`?'],
    ['ts\u200bexec', '4 error cell-kind: unknown language: ts\u200bexec → Did you mean `ts exec`?'],
    ['ts(exec)', unknown(6, '(exec)')],
    ['ｔｓ exec', '4 error cell-kind: cells are TypeScript, got ｔｓ → Did you mean `ts exec`?'],
    [
      'typscript exec',
      '4 error cell-kind: cells are TypeScript, got typscript → Did you mean `typescript exec`?',
    ],
    ['tsx exec', others('tsx')],
    ['python exec', others('python')],
    ['r exec', others('r')],
    ['sh check', others('sh', 'check')],
    [
      'js check',
      '4 error cell-kind: only TypeScript is checked, got js → Write `ts check`, or `js` alone to only show the code.',
    ],
    ['{r}', quarto('r')],
    ['{python}', quarto('python')],
    ['{r, echo=FALSE}', quarto('r')],
    ['ts exec check', `12 error cell-kind: unknown word after \`ts exec\`: check → ${kindHelp}`],
    ['ts exec exec', `12 error cell-kind: unknown word after \`ts exec\`: exec → ${kindHelp}`],
    [
      'ts exec echo=false',
      '12 error option-place: options of a cell are lines of their own, got echo=false → Write `//| echo: false` below the fence.',
    ],
    [
      'ts exec {#fig-a}',
      '12 error option-place: options of a cell are lines of their own, got {#fig-a} → Write `//| label: fig-a` below the fence.',
    ],
  ])('```%s', (info, expected) => {
    expect(said(`\`\`\`${info}\n1\n\`\`\`\n`)).toEqual([expected])
    expect(said(`> ~~~${info}\n> 1\n> ~~~\n`)).toEqual([
      expected.replace(/^\d+/, column => String(Number(column) + 2)),
    ])
  })
})

describe('a fence that nearly draws', () => {
  const unknown = (word: string, near: string) =>
    `4 error diagram-language: unknown language: ${word} → Did you mean \`${near}\`?`
  const foreign = (word: string) =>
    `4 warning diagram-language: ${word} is not drawn here: it is shown as code → Diagrams are drawn in the languages plantuml, mermaid and dot.`
  it.each([
    ['mermiad', unknown('mermiad', 'mermaid')],
    ['mermaid-js', unknown('mermaid-js', 'mermaid')],
    ['{mermiad}', unknown('mermiad', 'mermaid')],
    ['mmd', unknown('mmd', 'mermaid')],
    ['plantulm', unknown('plantulm', 'plantuml')],
    ['plant-uml', unknown('plant-uml', 'plantuml')],
    ['uml', unknown('uml', 'plantuml')],
    ['graphvis', unknown('graphvis', 'graphviz')],
    ['digraph', unknown('digraph', 'graphviz')],
    ['sequenceDiagram', unknown('sequenceDiagram', 'mermaid')],
    ['viz', unknown('viz', 'graphviz')],
    ['dto', unknown('dto', 'dot')],
    ['d2', foreign('d2')],
    ['vega-lite', foreign('vega-lite')],
    ['flowchart', foreign('flowchart')],
    [
      'mermaid exec',
      '12 error diagram-word: unknown word after `mermaid`: exec → A diagram is drawn without being asked; what belongs to it stands in braces: `{#fig-name fig-cap="…"}`.',
    ],
    [
      'dot fig-cap="一"',
      '8 error diagram-word: attributes of a diagram stand in braces: fig-cap="一" → Write `{fig-cap="一"}`.',
    ],
    [
      'dot {#fig-a fig-cpa="一"}',
      '16 error attribute-unknown: unknown attribute of a diagram: fig-cpa → Did you mean `fig-cap`?',
    ],
    [
      'dot {#tbl-a}',
      '1 error label-kind: the label of a diagram begins with `fig-`, got tbl-a → Write `fig-a`: a diagram is a figure, and referred to as one.',
    ],
    [
      'dot {.wide}',
      '9 error attribute-unknown: unknown attribute of a diagram: .wide → Known: `#fig-name`, `fig-cap="…"`, `fig-alt="…"`.',
    ],
  ])('```%s', (info, expected) => {
    expect(said(`\`\`\`${info}\nx\n\`\`\`\n`)).toEqual([expected])
  })

  it('is no known language by mistake', () => {
    const names = bundledLanguagesInfo.flatMap(({ id, aliases = [] }) => [id, ...aliases])
    expect(names.length).toBeGreaterThan(300)
    // Mermaid's own other name is not drawn, and says so.
    expect(names.filter(name => readInfo(name).problems.length > 0)).toEqual(['mmd'])
  })
})

describe('words of other tools behind the language', () => {
  const word = (column: number, text: string, tool: string, help: string) =>
    `${column} warning fence-word: \`${text}\` is a word of ${tool}, and does nothing here → ${help}`
  const numbers = 'Lines have no numbers here; mark some of them instead: `{1,3}`.'
  const live = 'Code runs when the book is built: write `ts exec`.'
  it.each([
    [
      'ts twoslash',
      word(
        7,
        'twoslash',
        'Twoslash',
        'Types are checked in `ts check` cells, and promised errors named by `//| type-error: 2322`.',
      ),
    ],
    ['ts showLineNumbers', word(7, 'showLineNumbers', 'Docusaurus, VitePress and MkDocs', numbers)],
    ['ts:line-numbers', word(6, ':line-numbers', 'Docusaurus, VitePress and MkDocs', numbers)],
    ['py linenums="1"', word(7, 'linenums="1"', 'Docusaurus, VitePress and MkDocs', numbers)],
    ['ts copy', word(7, 'copy', 'Nextra and Mintlify', 'Take it out: every block of code can be copied.')],
    ['jsx live', word(8, 'live', 'Docusaurus and MDX', live)],
    ['ts noInline', word(7, 'noInline', 'Docusaurus and MDX', live)],
    [
      'ts ins={2}',
      word(
        7,
        'ins={2}',
        'Expressive Code',
        'Mark lines by `{1,3}`, or show a change in a block of the language `diff`.',
      ),
    ],
    [
      'ts /word/',
      word(
        7,
        '/word/',
        'Expressive Code and Rehype Pretty Code',
        'Words are not marked here; mark lines: `{1,3}`.',
      ),
    ],
    [
      'ts ignore',
      word(
        7,
        'ignore',
        'documentation tests of Rust and Deno',
        '`ts` alone is only shown; `ts check` is type-checked, and `//| type-error: 2322` promises an error.',
      ),
    ],
    [
      'ts anything',
      '7 warning fence-word: `anything` behind `ts` does nothing here → The kinds of cells are `exec` and `check`; options go into `//| key: value` lines.',
    ],
    [
      '{code-block} python',
      '4 warning fence-word: {code-block} is a directive of MyST: here it is shown as code → Write the language alone behind the marks, such as ```python.',
    ],
    [
      '{note}',
      '4 warning fence-word: {note} is a directive of MyST: here it is shown as code → Write `::: note` … `:::`.',
    ],
  ])('```%s', (info, expected) => {
    expect(said(`\`\`\`${info}\nx\n\`\`\`\n`)).toEqual([expected])
  })

  it.each([
    ['ts title="a b.ts"', { title: 'a b.ts' }],
    ['ts filename=a.ts', { title: 'a.ts' }],
    ['ts [main.ts]', { title: 'main.ts' }],
    ['ts {1,3-5}', { lines: [1, 3, 4, 5] }],
    ['ts{2}', { lines: [2] }],
    ['python hl_lines="1 3"', { lines: [1, 3] }],
    ['ts exec title="a.ts" {1}', { title: 'a.ts', lines: [1] }],
    ['{1}', { lines: [1] }],
  ])('```%s titles and marks', (info, look) => {
    expect(readInfo(info)).toMatchObject({ look, problems: [] })
  })

  it.each([
    '',
    'text',
    'c++',
    'objective-c',
    'rust,ignore',
    'python {#lst-a .wide}',
    '{.python}',
    'bash $ x',
  ])('```%s is only a language', info => {
    expect(readInfo(info).problems).toEqual([])
  })
})

describe('a fence that is none', () => {
  const help =
    'Code that runs begins with a line of three backticks and `ts exec`, less than four spaces before it, and a blank line after a tag of HTML.'
  const text = (column: number) => `${column} error fence-almost: this line is text, and no fence → ${help}`
  it.each([
    ['``ts exec\n1\n``\n', [text(1)]],
    ["'''ts exec\n1\n'''\n", [text(1)]],
    ['···ts exec\n1\n···\n', [text(1)]],
    ['｀｀｀ts exec\n1\n｀｀｀\n', [text(1)]],
    ['> ‘‘‘ts check\n> 1\n', [text(3)]],
    [
      '    ```ts exec\n    1\n    ```\n',
      [
        `5 error fence-almost: this fence is indented by four spaces, which makes it a text of code → ${help}`,
      ],
    ],
    [
      '<div>\n```ts exec\n1\n```\n</div>\n',
      [`2:1 error fence-almost: this fence stands in a block of HTML, and is text there → ${help}`],
    ],
    ['<!--\n```ts exec\n1\n```\n-->\n', []],
    ['<pre>\n```ts exec\n1\n```\n</pre>\n', []],
    ['写 `ts exec` 就运行。\n', []],
    ['（ts exec 是一种写法）\n', []],
    ['````markdown\n```ts exec\n1\n```\n````\n', []],
  ])('%j', (text, expected) => {
    const own = said(text).filter(l => l.includes('fence-almost'))
    expect(own).toEqual(expected)
  })
})

describe('a line that nearly is an option', () => {
  const almost = (option: string) =>
    `2:1 error option-almost: this line is no option: options begin with \`//|\` → Did you mean \`//| ${option}\`?`
  const form = (got: string, option: string) =>
    `2:4 error option-form: expected \`key: value\`, got \`${got}\` → Did you mean \`//| ${option}\`?`
  it.each([
    ['// | echo: false', almost('echo: false')],
    ['// |echo: false', almost('echo: false')],
    ['///| echo: false', almost('echo: false')],
    ['//｜ echo: false', almost('echo: false')],
    ['//|| echo: false', form('| echo: false', 'echo: false')],
    ['# | echo: false', almost('echo: false')],
    ['#| echo: false', almost('echo: false')],
    ['%%| echo: false', almost('echo: false')],
    ['/*| echo: false */', almost('echo: false')],
    ['-- | echo: false', almost('echo: false')],
    ['// | ehco: false', almost('echo: false')],
    ['// echo: false', almost('echo: false')],
    ['// label: fig-a', almost('label: fig-a')],
    ['//| echo = false', form('echo = false', 'echo: false').replace('2:4', '2:5')],
    ['//| echo=false', form('echo=false', 'echo: false').replace('2:4', '2:5')],
    ['//|echo:false', form('echo:false', 'echo: false')],
    ['//| echo：false', form('echo：false', 'echo: false').replace('2:4', '2:5')],
    ['//| ehco: false', '2:5 error option-unknown: unknown option: ehco → Did you mean `echo`?'],
    ['//| Echo: false', '2:5 error option-unknown: unknown option: Echo → Did you mean `echo`?'],
    ['//| fold: true', '2:5 error option-unknown: unknown option: fold → Did you mean `code-fold`?'],
    [
      '//| fig-width: 6',
      '2:5 error option-unknown: unknown option: fig-width → Give the size to the figure itself: `Plot.plot({ width: … })`.',
    ],
    [
      '//| echo: false\n//| echo: true',
      '3:5 error option-doubled: this key is given twice → Keep one of them.',
    ],
  ])('%s', (line, expected) => {
    const [first = ''] = said(`\`\`\`ts exec\n${line}\n1\n\`\`\`\n`)
    expect(first.startsWith(expected) ? expected : first).toBe(expected)
  })

  it.each(['//|echo: false', '//| echo: false', '//|  echo: false', '  //| echo: false'])(
    '%s is one',
    line => {
      const { value, diagnostics } = parse(`\`\`\`ts exec\n${line}\n1\n\`\`\`\n`)
      expect(diagnostics).toEqual([])
      expect(value.cells[0].options.echo).toBe(false)
    },
  )

  it.each([
    '// a | b: c',
    '// 输出: 真',
    '// output: the loss',
    'const a = 1 // | echo: false',
    'const a = 1\n// echo: false',
    '// @ts-ignore',
  ])('%s is a comment', line => {
    expect(said(`\`\`\`ts exec\n${line}\n1\n\`\`\`\n`)).toEqual([])
  })

  it('on a block that is only shown is a warning', () => {
    expect(said('```ts\n//| label: fig-a\n1\n```\n')).toEqual([
      '1 warning option-idle: this block has options of a cell, but is only shown → Write `ts exec` to run it, or `ts check` to check it.',
    ])
  })
})

describe('an option that does nothing on its cell', () => {
  const idle = (severity: string, key: string, why: string) =>
    `2:5 ${severity} option-idle: \`${key}\` does nothing here: ${why} → Take it out.`
  const check = 'a `ts check` cell does not run'
  const still = 'with `eval: false` the cell does not run'
  it.each([
    ['ts check', 'error: RangeError', [idle('error', 'error', check)]],
    ['ts check', 'fig-cap: 一', [idle('error', 'fig-cap', check)]],
    ['ts check', 'label: fig-a', [idle('error', 'label', check)]],
    ['ts check', 'verify: eq-a', [idle('error', 'verify', check)]],
    ['ts check', 'eval: true', [idle('warning', 'eval', check)]],
    ['ts check', 'timeout: 3', [idle('warning', 'timeout', check)]],
    ['ts check', 'inputs: a.csv', [idle('warning', 'inputs', check)]],
    ['ts check', 'type-error: 2322, 2345', []],
    ['ts check', 'echo: false', []],
    ['ts check', 'error: false', []],
    ['ts exec', 'eval: false\n//| error: true', [idle('error', 'error', still).replace('2:5', '3:5')]],
    [
      'ts exec',
      'tbl-cap: 一\n//| output: false',
      [idle('error', 'tbl-cap', 'with `output: false` no output is shown')],
    ],
    [
      'ts exec',
      'label: eq-a',
      [
        idle(
          'error',
          'label',
          'labels of cells begin with `fig-` or `tbl-`, or name nothing that is numbered',
        ),
      ],
    ],
    [
      'ts exec',
      'code-fold: true\n//| echo: false',
      [idle('warning', 'code-fold', 'with `echo: false` no code is shown')],
    ],
    [
      'ts exec',
      'code-summary: 一',
      [idle('warning', 'code-summary', 'the code is not folded: `code-fold: true`')],
    ],
    [
      'ts exec',
      'tbl-cap: 一\n//| label: fig-a',
      [idle('error', 'tbl-cap', 'the label makes it a figure: `fig-cap`')],
    ],
    ['ts exec', 'tbl-cap: 一\n//| fig-cap: 二', [idle('error', 'tbl-cap', '`fig-cap` makes it a figure')]],
    [
      'ts exec',
      'tolerance: 1e-3\n//| volatile: true',
      [idle('warning', 'tolerance', 'a volatile cell is not compared with its record')],
    ],
    ['js exec', 'type-error: 2322', [idle('error', 'type-error', 'the types of JavaScript are not checked')]],
  ])('%s with %s', (info, option, expected) => {
    expect(said(`\`\`\`${info}\n//| ${option}\n1\n\`\`\`\n`)).toEqual(expected)
  })

  it('is no mistake as a default of the chapter', () => {
    expect(said('---\nexecute:\n  code-fold: true\n---\n\n```ts exec\n//| echo: false\n1\n```\n')).toEqual([])
  })
})

describe('an expression that nearly is one', () => {
  const got = (text: string, why = '') =>
    `1 error inline-language: expected {ts}, got ${text}${why && `: ${why}`} → Write one TypeScript expression: \`{ts} ratio.toFixed(3)\`.`
  const inside = 'in the braces stands `ts`, or `ts=` and a number'
  it.each([
    ['{js} x', got('{js}')],
    ['{r} nrow(x)', got('{r}')],
    ['{python} x', got('{python}')],
    ['{typscript} x', got('{typscript}')],
    ['{st} x', got('{st}')],
    ['{ts =1} x', got('{ts =1}', inside)],
    ['{ts= 1} x', got('{ts= 1}', inside)],
    ['{ ts } x', got('{ ts }', inside)],
    ['{ts:} x', got('{ts:}', inside)],
    ['{.ts} x', got('{.ts}', inside)],
    ['{{ts}} x', got('{{ts}}', inside)],
    ['{ts x}', got('{ts x}', 'the expression stands behind the braces')],
    [
      '{ts=} x',
      '1 error inline-typed: expected a number after {ts=, got "" → Write the number that the text says: `{ts=0.25} ratio`.',
    ],
    [
      '{ts}',
      '1 error inline-empty: this inline expression is empty → Write one TypeScript expression: `{ts} ratio.toFixed(3)`.',
    ],
  ])('`%s`', (code, expected) => {
    expect(said(`\`${code}\`\n`)).toEqual([expected])
  })

  it.each(['{ts} x', '{ts}x', '{TS} x', '{typescript} x', '{ts=0.5} x'])('`%s` is one', code => {
    const { value, diagnostics } = parse(`\`${code}\`\n`)
    expect(diagnostics).toEqual([])
    expect(value.inlines.map(i => i.code)).toEqual(['x'])
  })

  it.each([
    '{children}',
    '{children} x',
    '{props.name}',
    '{js}',
    '{r}',
    '{ts: 1}',
    '{ts, a}',
    '{a} b',
    '{i} of {n}',
    '{t} x',
  ])('`%s` is code', code => {
    const { value, diagnostics } = parse(`\`${code}\`\n`)
    expect(diagnostics).toEqual([])
    expect(value.inlines).toEqual([])
  })
})

it('no fence, option or expression throws, or is reported outside of the chapter', () => {
  const piece = fc.constantFrom(
    ...[
      'ts',
      'js',
      'exec',
      'check',
      'run',
      'mermaid',
      'dot',
      'python',
      '{',
      '}',
      '"',
      "'",
      '`',
      ' ',
      ',',
      ':',
      '=',
    ],
    ...[
      '#fig-a',
      '.x',
      '1,3',
      '-',
      'title=',
      'fig-cap=',
      '[a]',
      '//|',
      '// |',
      "'|",
      '%%|',
      'echo',
      'label',
      'false',
    ],
    ...[
      '\u202e',
      '\u200b',
      '\u00a0',
      '\0',
      '\ud800',
      '甲',
      '👩\u200d👧',
      '__proto__',
      'constructor',
      '\\',
      '|',
      '>',
    ],
    ...['{ts}', '{ts=', '{r} x', '/*', '*/', '\t', '    ', '~~~', '```', '<div>', 'using a = b', 'export {}'],
  )
  const line = fc.array(piece, { maxLength: 8 }).map(parts => parts.join(''))
  const info = fc.oneof(
    line,
    line.map(rest => `ts exec ${rest}`),
    fc.constant('ts exec'),
  )
  const block = fc.tuple(
    info,
    fc.array(line, { maxLength: 4 }),
    fc.constantFrom('```', '~~~', '    ```', '``'),
  )
  const chapter = fc
    .array(
      fc.oneof(
        line,
        block.map(([info, lines, mark]) => [mark + info, ...lines, mark.trim()].join('\n')),
        line.map(code => `> - \`${code}\``),
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map(blocks => blocks.join('\n\n'))
  let seen = 0
  fc.assert(
    fc.property(chapter, text => {
      const { value, diagnostics } = parse(text)
      const lines = text.split('\n')
      for (const { range } of [...diagnostics, ...toProgram(value).diagnostics]) {
        const { start, end } = range ?? { start: { line: 0, column: 0 }, end: { line: 0, column: 0 } }
        expect(start.line).toBeGreaterThan(0)
        expect(start.column).toBeLessThanOrEqual((lines[start.line - 1]?.length ?? -1) + 1)
        expect(end.line).toBeLessThanOrEqual(lines.length)
        seen++
      }
    }),
    { numRuns: 3000, seed: 11 },
  )
  expect(seen).toBeGreaterThan(3000)
})
