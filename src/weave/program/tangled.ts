/**
 * A chapter as a TypeScript file that runs on its own: prose as comments, cells in order, what they show printed.
 * (Knuth 1984, "Literate programming": tangling.)
 */
import { posix } from 'node:path'
import type { Span } from '../base/position.ts'
import type { Cell, Chapter } from '../source/chapter.ts'
import { dataLoaders } from './bundle.ts'
import { parseCode } from './parse.ts'
import { isPromised } from './program.ts'

export interface TangleOptions {
  /** From the file's folder to the chapter's, with forward slashes; '' when they are the same. */
  readonly toChapter: string
  /** How to call the file in its head. */
  readonly name: string
}

export function tangled(chapter: Chapter, { toChapter, name }: TangleOptions): string {
  const show = freeName(chapter, ['show', 'print', 'reveal', 'showValue'])
  const marks = [
    ...chapter.cells.map(cell => ({ span: blockOf(cell), code: () => cellText(cell, show, toChapter) })),
  ].sort((a, b) => a.span.start - b.span.start)
  const parts: string[] = []
  let at = chapter.bodyStart
  for (const { span, code } of marks) {
    parts.push(proseText(chapter, { start: at, end: span.start }, show), code())
    at = span.end
  }
  parts.push(proseText(chapter, { start: at, end: chapter.text.length }, show))
  const body = parts.filter(part => part !== '').join('\n\n')
  return `${headText(chapter, body, show, name)}\n\n${body}\n`
}

/** The fences and what is between them. */
function blockOf({ open, close }: Cell): Span {
  return { start: open.start, end: close.end }
}

/** Prose as comments; its inline values are printed below it. */
function proseText({ text, inlines }: Chapter, { start, end }: Span, show: string): string {
  const lines = text.slice(start, end).replace(/^\s*\n|\s+$/g, '')
  const comments = lines === '' ? [] : lines.split('\n').map(line => `// ${line}`.trimEnd())
  const values = inlines
    .filter(i => i.outer.start >= start && i.outer.end <= end)
    .map(({ code }) => `${show}(${JSON.stringify(`${code} =`)}, ${code})`)
  return [...comments, ...values].join('\n')
}

function cellText(cell: Cell, show: string, toChapter: string): string {
  const { options, optionLines, kind } = cell
  const code = cell.code.split('\n').slice(optionLines).join('\n').trimEnd()
  if (kind === 'check' || options.eval === false)
    return ['// Not run:', ...code.split('\n').map(line => `//   ${line}`.trimEnd())].join('\n')
  const parsed = parseCode(code)
  if ('problems' in parsed) return code
  const imports = parsed.statements.filter(s => s.type === 'ImportDeclaration')
  const last = parsed.statements.at(-1)
  const verb = options.verify ? 'void ' : show
  const edits = [
    ...imports.map(s => ({ ...s, text: importText(code.slice(s.start, s.end), toChapter) })),
    ...(last?.expression
      ? [{ ...last, text: `${verb}(${code.slice(last.expression.start, last.expression.end)})` }]
      : []),
  ]
  if (!isPromised(options.error)) return guarded(replaced(code, edits))
  const heads = imports.map(s => importText(code.slice(s.start, s.end), toChapter))
  const rest = replaced(code, [
    ...imports.map(s => ({ ...s, text: '' })),
    ...edits.filter(e => e.start !== imports[0]?.start && !imports.some(i => i.start === e.start)),
  ])
  return [...heads, 'try {', rest.trim(), `} catch (error) {\n  ${show}(String(error))\n}`].join('\n')
}

interface Edit extends Span {
  readonly text: string
}

function replaced(code: string, edits: readonly Edit[]): string {
  let result = ''
  let at = 0
  for (const { start, end, text } of [...edits].sort((a, b) => a.start - b.start)) {
    result += code.slice(at, start) + text
    at = end
  }
  return result + code.slice(at)
}

/** Code that begins with a bracket would go on with the line before it. */
function guarded(code: string): string {
  return /^[([`/+-]/.test(code.trimStart()) ? `;${code.trimStart()}` : code
}

/** Relative imports start at the file's folder; data are read as what they are. */
function importText(statement: string, toChapter: string): string {
  const [, specifier] = /(?:from\s*|import\s*)['"](\.{1,2}\/[^'"]+)['"]/.exec(statement) ?? []
  if (!specifier) return statement
  const path = posix.join(toChapter, specifier)
  const relative = path.startsWith('.') ? path : `./${path}`
  const kind = dataLoaders[posix.extname(specifier)]
  const [, name] = /^import\s+(\w+)\s+from/.exec(statement) ?? []
  if (!kind || !name) return statement.replace(specifier, relative)
  const read = `readFileSync(new URL(${JSON.stringify(relative)}, import.meta.url)${kind === 'text' ? ", 'utf8'" : ''})`
  return `const ${name} = ${read}`
}

/** What the file says about itself, and the few helpers that its cells use. */
function headText(chapter: Chapter, body: string, show: string, name: string): string {
  const uses = (word: string) =>
    new RegExp(`(?<![.\\w$'"])${word}\\b`).test(body.replace(/^\s*\/\/.*$/gm, ''))
  const declares = (word: string) =>
    new RegExp(`\\b(?:const|let|var|function|class|as)\\s+${word}\\b`).test(body)
  const own = (word: string) => uses(word) && !declares(word)
  const lines = [
    `// ${chapter.title}`,
    `// Tangled from ${chapter.file}; run it with \`npx tsx ${name}\`.`,
    ...(uses('readFileSync') && !declares('readFileSync') ? ["import { readFileSync } from 'node:fs'"] : []),
    ...(own('Plot')
      ? ["import * as Plot from '@observablehq/plot'", "import { parseHTML } from 'linkedom'"]
      : []),
    '',
    '/** Prints what a page would show. Figures print as SVG. */',
    `function ${show}(...values: unknown[]): void {`,
    '  const text = (value: unknown): unknown => {',
    "    const own = (value as { [key: symbol]: () => Record<string, unknown> } | undefined)?.[Symbol.for('Jupyter.display')]",
    "    if (typeof own === 'function') return own.call(value)['text/plain']",
    '    return (value as { outerHTML?: string } | undefined)?.outerHTML ?? value',
    '  }',
    '  if (values.length > 1 || values[0] !== undefined) console.log(...values.map(text))',
    '}',
    ...(own('display') ? [`const display = ${show}`] : []),
    ...(own('json') ? ['const json = (value: unknown): string => JSON.stringify(value, undefined, 2)'] : []),
    ...(own('html') ? ['const html = String.raw'] : []),
    ...(own('Plot') ? domText : []),
  ]
  return lines.join('\n')
}

/** What Plot draws into; the ramps of colour legends, which need pixels, stay blank. */
const domText = [
  '{',
  "  const { window, document } = parseHTML('<html><body></body></html>')",
  '  const create = document.createElement.bind(document)',
  '  const blank = { getContext: () => ({ fillRect() {} }), toDataURL: () => "" }',
  "  document.createElement = (name: string) => (name === 'canvas' ? Object.assign(create(name), blank) : create(name))",
  '  Object.assign(globalThis, { window, document, Node: window.Node })',
  '}',
]

function freeName({ text }: Chapter, names: readonly string[]): string {
  return names.find(name => !new RegExp(`\\b${name}\\b`).test(text)) ?? `${names[0]}Value`
}
