/** Markdown text → Chapter. Pure. */
import type { Token } from 'markdown-it'
import { type Diagnostic, errorAt, hasErrors, type Result } from '../base/diagnostic.ts'
import { LineIndex, type Span } from '../base/position.ts'
import type {
  Cell,
  Chapter,
  Diagram,
  Formula,
  InlineExpression,
  LabelDefinition,
  Reference,
  SourceFile,
  Target,
} from './chapter.ts'
import type { Env } from './env.ts'
import { readFrontMatter } from './frontMatter.ts'
import { labelHelp } from './headingIds.ts'
import { createMarkdown } from './markdown.ts'
import { misplacedMatter } from './misplacedMatter.ts'
import { isStart } from './order.ts'

const markdown = createMarkdown()

/** Takes a chapter apart. All mistakes that can be seen without running anything are reported. */
export function parseChapter(source: SourceFile): Result<Chapter> {
  const { file, text, slug } = source
  const index = new LineIndex(text)
  const { frontMatter, bodyStart, diagnostics: head } = readFrontMatter(file, index)
  const diagnostics: Diagnostic[] = [...head]
  const env: Env = { file, index, defaults: frontMatter.execute ?? {}, diagnostics, reported: new Set() }
  // The front matter is blanked, not cut off: offsets in the body are offsets in the chapter.
  const body = text.slice(0, bodyStart).replace(/[^\n]/g, ' ') + text.slice(bodyStart)
  const tokens = markdown.parse(body, env)
  if (text.slice(bodyStart).trim() === '' && bodyStart > 0 && !hasErrors(head) && !isStart(source))
    diagnostics.push(emptyChapter(file, index))
  if (!hasErrors(head)) diagnostics.push(...misplacedMatter(tokens, file, index))
  const found = collect(tokens, index)
  diagnostics.push(...doubledLabels(file, index, found.labels))
  const title = frontMatter.title ?? firstHeading(tokens) ?? slug
  return { value: { ...source, frontMatter, title, bodyStart, tokens, ...found }, diagnostics }
}

type Found = Pick<
  Chapter,
  'cells' | 'inlines' | 'diagrams' | 'formulas' | 'references' | 'targets' | 'labels'
>

interface Meta {
  readonly cell?: Cell
  readonly diagram?: Diagram
  readonly formula?: Formula
  readonly inline?: InlineExpression
  readonly reference?: Reference
}

/** Everything that tokens carry, in the order of the text: plugins move footnotes to the end. */
function collect(tokens: readonly Token[], index: LineIndex): Found {
  const all = tokens.flatMap(t => [t, ...(t.children ?? [])])
  const metas = all.map(t => (t.meta ?? {}) as Meta)
  const labels: LabelDefinition[] = []
  const targets: Target[] = []
  for (const [i, token] of tokens.entries()) {
    if (token.type === 'inline') targets.push(...findTargets(token, index, labels))
    const id = token.type === 'heading_open' ? String(token.attrGet('id') ?? '') : ''
    if (id && token.map) {
      const span = explicitId(tokens[i].map, id, index)
      if (span) labels.push({ label: id, span })
    }
  }
  const cells = numbered(
    metas.flatMap(m => m.cell ?? []),
    c => c.open.start,
  )
  const diagrams = numbered(
    metas.flatMap(m => m.diagram ?? []),
    d => d.open.start,
  )
  const formulas = numbered(
    metas.flatMap(m => m.formula ?? []),
    f => f.span.start,
  )
  const inlines = numbered(
    metas.flatMap(m => m.inline ?? []),
    i => i.span.start,
  )
  for (const cell of cells)
    if (cell.options.label)
      labels.push({ label: cell.options.label, span: cell.optionSpans.label ?? cell.open })
  for (const { label, open } of diagrams) if (label) labels.push({ label, span: open })
  for (const { label, span } of formulas) if (label) labels.push({ label, span })
  labels.sort((a, b) => a.span.start - b.span.start)
  const references = metas.flatMap(m => m.reference ?? []).sort((a, b) => a.span.start - b.span.start)
  return { cells, inlines, diagrams, formulas, references, targets, labels }
}

/** In the order of the text, each with its index. The objects stay the same: tokens hold them. */
function numbered<T extends { readonly index: number }>(
  items: readonly T[],
  startOf: (item: T) => number,
): T[] {
  const sorted = [...items].sort((a, b) => startOf(a) - startOf(b))
  for (const [index, item] of sorted.entries()) Object.assign(item, { index })
  return sorted
}

/** Links and images of a block. Their places are searched: markdown-it keeps none. */
function findTargets(inline: Token, index: LineIndex, labels: LabelDefinition[]): Target[] {
  const [first, end] = inline.map ?? [0, index.starts.length]
  const from = index.lineSpan(first + 1).start
  const to = index.lineSpan(end).end
  let next = from
  const find = (text: string): Span | undefined => {
    const at = text === '' ? -1 : index.text.indexOf(text, next)
    if (at === -1 || at >= to) return undefined
    next = at + text.length
    return { start: at, end: next }
  }
  return (inline.children ?? []).flatMap(token => {
    const kind = token.type === 'link_open' ? 'link' : token.type === 'image' ? 'image' : undefined
    if (!kind) return []
    const href = String(token.attrGet(kind === 'link' ? 'href' : 'src') ?? '')
    const span = find(href) ?? find(decoded(href)) ?? { start: from, end: Math.max(from, to) }
    const target: Target = { kind, href, span }
    token.meta = { ...(token.meta as object | null), target }
    const id = kind === 'image' ? String(token.attrGet('id') ?? '') : ''
    if (id) labels.push({ label: id, span })
    return [target]
  })
}

function decoded(href: string): string {
  try {
    return decodeURI(href)
  } catch {
    return href
  }
}

/** Where `{#id}` is written on a heading; undefined for an id made from the heading's text. */
function explicitId(map: [number, number] | null, id: string, index: LineIndex): Span | undefined {
  if (!map) return undefined
  const { start, end } = index.lineSpan(map[0] + 1)
  const at = index.text.slice(start, end).lastIndexOf(`#${id}`)
  return at <= 0 ? undefined : { start: start + at, end: start + at + id.length + 1 }
}

function firstHeading(tokens: readonly Token[]): string | undefined {
  const at = tokens.findIndex(t => t.type === 'heading_open' && t.tag === 'h1')
  const text = tokens[at + 1]?.children?.map(t => (t.type === 'math_inline' ? '' : t.content)).join('')
  return at === -1 || !text ? undefined : text.trim()
}

function doubledLabels(file: string, index: LineIndex, labels: readonly LabelDefinition[]): Diagnostic[] {
  const first = new Map<string, LabelDefinition>()
  return labels.flatMap(definition => {
    const { label, span } = definition
    const known = first.get(label)
    first.set(label, known ?? definition)
    if (!known) return []
    const message = `the label ${label} is taken: line ${index.position(known.span.start).line}`
    return [errorAt(file, index, span, { rule: 'label-doubled', message, help: labelHelp })]
  })
}

function emptyChapter(file: string, index: LineIndex): Diagnostic {
  const message = 'this chapter has front matter and nothing else'
  return errorAt(file, index, index.lineSpan(1), {
    rule: 'chapter-empty',
    message,
    help: 'Write something below it, or remove the file.',
  })
}
