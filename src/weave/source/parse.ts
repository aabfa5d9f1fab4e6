/** Markdown text → Chapter. Pure. */
import type { Token } from 'markdown-it'
import { type Diagnostic, errorAt, hasErrors, type Result } from '../base/diagnostic.ts'
import { LineIndex, type Span } from '../base/position.ts'
import type {
  CaptionOwner,
  Cell,
  Chapter,
  CodeBlock,
  Consumed,
  Diagram,
  Formula,
  InlineExpression,
  LabelDefinition,
  Reference,
  SourceFile,
  Target,
} from './chapter.ts'
import { isStart } from './folder/order.ts'
import type { Env } from './markdown/env.ts'
import { labelHelp } from './markdown/headingIds.ts'
import type { HtmlMeta } from './markdown/rawHtml.ts'
import { createMarkdown } from './markdown.ts'
import { readFrontMatter } from './matter/frontMatter.ts'
import { misplacedMatter } from './matter/misplacedMatter.ts'
import { proseCharacters } from './proseCharacters.ts'

const markdown = createMarkdown()

/** Takes a chapter apart. All mistakes that can be seen without running anything are reported. */
export function parseChapter(source: SourceFile): Result<Chapter> {
  const { file, text, slug } = source
  const index = new LineIndex(text)
  const { frontMatter, bodyStart, diagnostics: head } = readFrontMatter(file, index)
  const diagnostics: Diagnostic[] = [...head]
  const env: Env = {
    file,
    index,
    defaults: frontMatter.execute ?? {},
    diagnostics,
    consumed: [{ construct: 'front-matter', span: { start: 0, end: bodyStart } }],
    matter: { captions: {}, texts: frontMatter },
    definitions: new Map(),
    notes: new Map(),
    reported: new Set(),
  }
  // The front matter is blanked, not cut off: offsets in the body are offsets in the chapter.
  const body = text.slice(0, bodyStart).replace(/[^\n]/g, ' ') + text.slice(bodyStart)
  const tokens = markdown.parse(body, env)
  if (text.slice(bodyStart).trim() === '' && bodyStart > 0 && !hasErrors(head) && !isStart(source))
    diagnostics.push(emptyChapter(file, index))
  if (!hasErrors(head)) diagnostics.push(...misplacedMatter(tokens, file, index))
  const { title: titleTokens, description: descriptionTokens } = env.matter.captions
  const found = collect([...tokens, ...(titleTokens ?? []), ...(descriptionTokens ?? [])])
  diagnostics.push(...proseCharacters(file, index, { ...found, tokens }))
  diagnostics.push(...doubledLabels(file, index, found.labels))
  const own = titleOf(tokens, titleTokens)
  const title = own.title ?? (frontMatter.title || slug)
  const consumed = [...env.consumed, ...taken(found)].sort((a, b) => a.span.start - b.span.start)
  return {
    value: {
      ...source,
      frontMatter,
      ...own,
      title,
      descriptionTokens,
      bodyStart,
      tokens,
      ...found,
      consumed,
    },
    diagnostics,
  }
}

type Found = Pick<
  Chapter,
  'cells' | 'inlines' | 'diagrams' | 'formulas' | 'references' | 'targets' | 'labels'
>

interface Meta extends HtmlMeta, Partial<CaptionOwner> {
  readonly target?: Target
  readonly labelled?: LabelDefinition
  readonly cell?: Cell
  readonly diagram?: Diagram
  readonly formula?: Formula
  readonly inline?: InlineExpression
  readonly reference?: Reference
}

/** Every token: blocks, what is inside them, images' descriptions, captions. */
function* walk(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    yield token
    if (token.children) yield* walk(token.children)
    const { captions = {} } = (token.meta ?? {}) as Partial<CaptionOwner>
    for (const caption of Object.values(captions)) yield* walk(caption)
  }
}

/** Everything that tokens carry, in the order of the text: plugins move footnotes to the end. */
function collect(tokens: readonly Token[]): Found {
  const metas = [...walk(tokens)].map(t => (t.meta ?? {}) as Meta)
  for (const { cell, captions = {} } of metas)
    for (const { meta } of Object.values(captions).flatMap(c => [...walk(c)]))
      if (cell && meta?.inline) Object.assign(meta.inline, { caption: cell })
  const labels: LabelDefinition[] = metas.flatMap(m => m.labelled ?? [])
  const targets = numbered(
    metas.flatMap(m => [
      ...(m.target ? [m.target] : []),
      ...(m.html ?? []).filter(part => typeof part !== 'string'),
    ]),
    t => t.span.start,
  )
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
  for (const { label, labelSpan, span, rows = [] } of formulas)
    labels.push(...(label ? [{ label, span: labelSpan ?? span }] : []), ...rows)
  labels.sort((a, b) => a.span.start - b.span.start)
  const references = numbered(
    metas.flatMap(m => [...(m.reference ? [m.reference] : []), ...(m.formula?.references ?? [])]),
    r => r.span.start,
  )
  return { cells, inlines, diagrams, formulas, references, targets, labels }
}

/** What the constructs that have an object of their own have taken from the text. */
function taken({ cells, diagrams, formulas, inlines, references }: Found): Consumed[] {
  const block = ({ open, close }: CodeBlock): Span => ({ start: open.start, end: close.end })
  return [
    ...cells.map(c => ({ construct: 'cell', span: block(c) })),
    ...diagrams.map(d => ({ construct: 'diagram', span: block(d) })),
    ...formulas.map(({ outer }) => ({ construct: 'formula', span: outer })),
    ...inlines.map(({ outer }) => ({ construct: 'inline', span: outer })),
    ...references.map(({ span }) => ({ construct: 'reference', span })),
  ]
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

/**
 * The front matter's title, else the first heading of the text, if it is one of the first level and stands in nothing
 * else. A chapter that begins with its title as a heading does not show it twice.
 */
function titleOf(
  tokens: readonly Token[],
  given: readonly Token[] | undefined,
): Partial<Pick<Chapter, 'title' | 'titleTokens' | 'titleHeading'>> {
  const title = given && plainTitle(given)
  const at = tokens.findIndex(t => t.type === 'heading_open' && t.level === 0)
  const heading = tokens[at]?.tag === 'h1' ? (tokens[at + 1].children ?? []) : undefined
  const headingTitle = heading && plainTitle(heading)
  if (!heading || !headingTitle || (title && title !== headingTitle))
    return title ? { title, titleTokens: given } : {}
  const isFirst = tokens.slice(0, at).every(t => t.type === 'html_block' && t.content.startsWith('<!--'))
  return { title: headingTitle, titleTokens: heading, titleHeading: isFirst ? tokens[at] : undefined }
}

/** A title's text, formulas as their LaTeX. Values that are not known before cells run are left out. */
function plainTitle(tokens: readonly Token[]): string {
  return tokens
    .map(({ content, meta, children }) => {
      const { formula, inline, reference } = (meta ?? {}) as Meta
      if (formula) return formula.latex
      return inline || reference ? '' : children ? plainTitle(children) : content
    })
    .join('')
    .trim()
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
