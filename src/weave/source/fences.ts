/** Fenced blocks → cells and diagrams. What is neither stays markdown-it's own: a block that is only shown. */
import type { MarkdownIt, Token } from 'markdown-it'
import { type Diagnostic, errorAt } from '../base/diagnostic.ts'
import { nearest } from '../base/nearest.ts'
import type { LineIndex, Span } from '../base/position.ts'
import type { Cell, CodeBlock, Diagram, DiagramLanguage } from './chapter.ts'
import { type Env, envOf } from './env.ts'
import { diagramRules, optionRules, readOptions } from './options.ts'

const diagramLanguages: Readonly<Record<string, DiagramLanguage>> = {
  plantuml: 'plantuml',
  puml: 'plantuml',
  mermaid: 'mermaid',
  dot: 'dot',
  graphviz: 'dot',
}
/** How option lines begin: as comments of the language do. */
const optionMarks: Readonly<Record<DiagramLanguage, string>> = { plantuml: "'|", mermaid: '%%|', dot: '//|' }
const kinds = ['exec', 'check'] as const

export function fencePlugin(md: MarkdownIt): void {
  md.core.ruler.after('block', 'unroll_fences', state => {
    const env = envOf(state)
    for (const token of state.tokens) if (token.type === 'fence') readFence(token, env)
  })
}

function readFence(token: Token, env: Env): void {
  const { file, index, diagnostics } = env
  const block = blockOf(token, env)
  if (!block.closed) {
    const message = `this code block is not closed: expected a line with ${token.markup}`
    const help = 'Without it everything below, to the end of the list, quote or chapter, would be code.'
    diagnostics.push(errorAt(file, index, block.open, { rule: 'fence-unclosed', message, help }))
    return
  }
  const [language = '', ...words] = token.info.trim().split(/\s+/)
  const diagram = diagramLanguages[language.toLowerCase()]
  const isTypeScript = /^(ts|typescript)$/i.test(language)
  const [word] = words
  const kind = kinds.find(k => k === word)
  if (diagram) toDiagram(token, block, diagram, env)
  else if (isTypeScript && kind && words.length === 1) toCell(token, block, kind, env)
  else if (word !== undefined && !word.startsWith('{') && (isTypeScript || kind))
    diagnostics.push(cellKindError(env, block.open, language, words))
}

/** ```` ```ts exce ````, ```` ```js exec ````. */
function cellKindError(
  { file, index }: Env,
  open: Span,
  language: string,
  words: readonly string[],
): Diagnostic {
  const isTypeScript = /^(ts|typescript)$/i.test(language)
  const kind = kinds.find(k => k === words[0])
  const bad = (kind ? words[1] : words[0]) ?? ''
  const guess = nearest(bad, kinds)
  return errorAt(file, index, spanOfWord(index, open, isTypeScript ? bad : language), {
    rule: 'cell-kind',
    message: isTypeScript
      ? `unknown word after \`${language}\`: ${bad}`
      : `cells are TypeScript, got ${language}`,
    help: isTypeScript
      ? guess && !kind
        ? `Did you mean \`ts ${guess}\`?`
        : 'Write `ts exec`, `ts check`, or `ts` alone; options go into `//| key: value` lines.'
      : `Write \`ts ${kind}\`, or \`${language}\` alone to only show the code.`,
  })
}

interface Fence extends CodeBlock {
  readonly closed: boolean
}

function blockOf({ map, content, markup }: Token, { index }: Env): Fence {
  const [first, end] = map ?? [0, 0]
  const contents = content.split('\n')
  const count = contents.length - 1
  const closed = end - first === count + 2
  const lines = Array.from({ length: count }, (_, i): Span => {
    const span = index.lineSpan(first + 2 + i)
    return { start: span.start + indentOf(index.line(first + 2 + i), contents[i]), end: span.end }
  })
  const code = lines.map(({ start, end }) => `${index.text.slice(start, end)}\n`).join('')
  const fenceSpan = (line: number): Span => {
    const { start, end } = index.lineSpan(line)
    return { start: start + Math.max(0, index.line(line).indexOf(markup)), end }
  }
  return { code, lines, closed, open: fenceSpan(first + 1), close: fenceSpan(closed ? end : first + 1) }
}

/** Columns of a raw line that belong to the list or quote. Tabs may have become spaces in the content. */
function indentOf(raw: string, content: string): number {
  if (raw.endsWith(content)) return raw.length - content.length
  return Math.max(0, raw.length - content.trimStart().length)
}

function spanOfWord(index: LineIndex, open: Span, word: string): Span {
  const at = index.text.slice(open.start, open.end).lastIndexOf(word)
  return at === -1 ? open : { start: open.start + at, end: open.start + at + word.length }
}

function toCell(token: Token, { closed: _, ...block }: Fence, kind: Cell['kind'], env: Env): void {
  const { file, index, diagnostics, defaults } = env
  const read = readOptions(file, index, block.lines, '//|', optionRules)
  diagnostics.push(...read.diagnostics)
  const cell: Omit<Cell, 'index'> = {
    ...block,
    kind,
    language: 'ts',
    options: { ...defaults, ...read.options },
    optionLines: read.count,
    optionSpans: read.spans,
  }
  token.type = 'cell'
  token.meta = { cell }
}

function toDiagram(token: Token, { closed: _, ...block }: Fence, language: DiagramLanguage, env: Env): void {
  const { file, index, diagnostics } = env
  const { options, count, ...read } = readOptions(
    file,
    index,
    block.lines,
    optionMarks[language],
    diagramRules,
  )
  diagnostics.push(...read.diagnostics)
  const attributes = attributesOf(token.info)
  const lines = block.lines.slice(count)
  const diagram: Omit<Diagram, 'index'> = {
    ...block,
    code: lines.map(({ start, end }) => `${index.text.slice(start, end)}\n`).join(''),
    lines,
    language,
    label: options.label ?? attributes.id,
    caption: options['fig-cap'] ?? attributes['fig-cap'],
    alt: options['fig-alt'] ?? attributes['fig-alt'],
  }
  token.type = 'diagram'
  token.meta = { diagram }
}

/** `{#fig-a fig-cap="…"}` in an info string. */
function attributesOf(info: string): Readonly<Record<string, string>> {
  const inner = /\{(.*)\}/.exec(info)?.[1] ?? ''
  const pairs = [...inner.matchAll(/#([\w-]+)|([\w-]+)=(?:"([^"]*)"|(\S+))/g)]
  return Object.fromEntries(
    pairs.map(([, id, key, quoted, bare]) => (id ? ['id', id] : [key, quoted ?? bare])),
  )
}
