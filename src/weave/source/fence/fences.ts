/** Fenced blocks → cells and diagrams. What is neither stays markdown-it's own: a block that is only shown. */
import type { MarkdownIt, Token } from 'markdown-it'
import { errorAt, warningAt } from '../../base/diagnostic.ts'
import type { Span } from '../../base/position.ts'
import type { Cell, CodeBlock, Diagram, DiagramLanguage } from '../chapter.ts'
import { hiddenCharacters } from '../hiddenCharacters.ts'
import { readAttributes, setAttributes } from '../markdown/attributes.ts'
import { type Env, envOf } from '../markdown/env.ts'
import { type FenceInfo, readInfo } from './fenceInfo.ts'
import { idleOptions } from './idleOptions.ts'
import { diagramRules, optionRules, optionsOfNoCell, readOptions } from './options.ts'

/** How option lines begin: as comments of the language do. */
const optionMarks: Readonly<Record<DiagramLanguage, string>> = { plantuml: "'|", mermaid: '%%|', dot: '//|' }

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
  const info = readInfo(index.text.slice(block.open.start + token.markup.length, block.open.end))
  const at = block.open.start + token.markup.length
  for (const { severity, span, ...problem } of info.problems) {
    const place = { start: at + span.start, end: at + span.end }
    diagnostics.push((severity === 'error' ? errorAt : warningAt)(file, index, place, problem))
  }
  if (info.diagram) toDiagram(token, block, info.diagram, info.attributes, env)
  else if (info.kind) toCell(token, block, info, env)
  else toBlock(token, block, info, env)
}

/** Code that is only shown. */
function toBlock(
  token: Token,
  block: Fence,
  { language, attributes, look, isSample, problems }: FenceInfo,
  env: Env,
): void {
  token.info = language
  token.meta = { ...(token.meta as object | null), look, isSample }
  const { file, index, diagnostics } = env
  const at = index.text.indexOf(attributes, block.open.start)
  const read = attributes === '' ? undefined : readAttributes(attributes, 0)
  if (read) setAttributes(token, { pairs: read.pairs, span: { start: at, end: at + read.end } }, env)
  if (attributes !== '' && read?.end !== attributes.length)
    diagnostics.push(errorAt(file, index, { start: at, end: at + attributes.length }, unreadAttributes))
  diagnostics.push(...hiddenCharacters(file, index, block.lines, ['order', 'control', 'invisible']))
  if (/^(?:ts|typescript|js|javascript)$/i.test(language) && problems.length === 0)
    diagnostics.push(...optionsOfNoCell(file, index, block))
}

const unreadAttributes = {
  rule: 'attributes-unread',
  message: 'this is not read as attributes',
  help: 'Write `{#id .class key="value"}`, or remove it.',
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

function toCell(token: Token, { closed: _, ...block }: Fence, info: FenceInfo, env: Env): void {
  const { file, index, diagnostics, defaults } = env
  const { kind = 'check', language, look } = info
  const read = readOptions(file, index, block.lines, '//|', optionRules)
  const cell: Omit<Cell, 'index'> = {
    ...block,
    kind,
    language: language === 'js' ? 'js' : 'ts',
    look,
    options: { ...defaults, ...read.options },
    optionLines: read.count,
    optionSpans: read.spans,
  }
  diagnostics.push(...read.diagnostics, ...idleOptions(file, index, cell))
  token.type = 'cell'
  token.meta = { cell }
}

function toDiagram(
  token: Token,
  { closed: _, ...block }: Fence,
  language: DiagramLanguage,
  written: string,
  env: Env,
): void {
  const { file, index, diagnostics } = env
  const { options, count, ...read } = readOptions(
    file,
    index,
    block.lines,
    optionMarks[language],
    diagramRules,
  )
  diagnostics.push(...read.diagnostics, ...hiddenCharacters(file, index, block.lines, ['order', 'control']))
  const attributes = attributesOf(written)
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
  if (diagram.label && !diagram.label.startsWith('fig-'))
    diagnostics.push(
      errorAt(file, index, read.spans.label ?? block.open, {
        rule: 'label-kind',
        message: `the label of a diagram begins with \`fig-\`, got ${diagram.label}`,
        help: `Write \`fig-${diagram.label.replace(/^[a-z]+-/, '')}\`: a diagram is a figure, and referred to as one.`,
      }),
    )
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
