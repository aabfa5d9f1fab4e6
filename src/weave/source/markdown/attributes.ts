/**
 * `{#id .class key="value"}` behind a heading, a paragraph, an image, a link, emphasis or code, and `[text]{.class}`.
 * Only what reads wholly as attributes is taken; all other braces are text.
 */
import type { MarkdownIt, StateInline, Token } from 'markdown-it'
import { type Diagnostic, errorAt } from '../../base/diagnostic.ts'
import { nearest } from '../../base/nearest.ts'
import type { Span } from '../../base/position.ts'
import type { LabelDefinition } from '../chapter.ts'
import { isCaption } from './captions.ts'
import { inlineUnread } from './constructs.ts'
import { consume, type Env, envOf, locate } from './env.ts'

type Pair = readonly [name: string, value: string]

/** `{#id .class key=value key="a value"}`, with nothing else between the braces. */
const pair = String.raw`#[^\s{}#.,;="'<>]+|\.[^\s{}#.,;="'<>]+|[A-Za-z_:][\w:.-]*=(?:"[^"{}\n]*"|'[^'{}\n]*'|[^\s{}"'=<>]+)`
const braces = new RegExp(String.raw`\{[ \t]*((?:${pair})(?:[ \t]+(?:${pair}))*)[ \t]*\}`, 'y')

const known = ['id', 'class', 'width', 'height', 'lang', 'dir', 'title', 'role', 'fig-alt']

/** Names of attributes that an author may set. */
export function isAllowed(name: string): boolean {
  return known.includes(name) || /^(data|aria)-[\w-]+$/.test(name)
}

/** The attributes at an offset of a text, and where they end; undefined when there are none. */
export function readAttributes(
  text: string,
  at: number,
): { readonly pairs: readonly Pair[]; readonly end: number } | undefined {
  braces.lastIndex = at
  const match = braces.exec(text)
  if (!match) return undefined
  const pairs = [...match[1].matchAll(new RegExp(pair, 'g'))].map(([item]): Pair => {
    if (item.startsWith('#')) return ['id', item.slice(1)]
    if (item.startsWith('.')) return ['class', item.slice(1)]
    const equals = item.indexOf('=')
    return [item.slice(0, equals), item.slice(equals + 1).replace(/^(["'])(.*)\1$/, '$2')]
  })
  return { pairs, end: braces.lastIndex }
}

interface Meta {
  readonly pairs: readonly Pair[]
  readonly span: Span
}

/** Of a token that `attributeRule` has made. */
const metaOf = (token: Token) => token.meta as unknown as Meta

export function attributePlugin(md: MarkdownIt): void {
  md.inline.ruler.before('link', 'bracketed_span', spanRule)
  md.inline.ruler.push('attributes', attributeRule)
  md.core.ruler.before('text_join', 'unroll_attributes', state => attachAll(state.tokens, envOf(state)))
}

/** `[text]{.class}`: a span. A link's brackets are followed by something else. */
function spanRule(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state
  if (src[pos] !== '[') return false
  const end = state.md.helpers.parseLinkLabel(state, pos, true)
  if (end < 0 || src[end + 1] !== '{') return false
  const found = readAttributes(src, end + 1)
  if (!found || found.end > posMax) return false
  if (!silent) {
    const env = envOf(state)
    const open = state.push('span_open', 'span', 1)
    state.pos = pos + 1
    state.posMax = end
    state.md.inline.tokenize(state)
    state.push('span_close', 'span', -1)
    setAttributes(open, { pairs: found.pairs, span: spanOf(state, end + 1, found.end) }, env)
  }
  state.pos = found.end
  state.posMax = posMax
  return true
}

function attributeRule(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state
  if (src[pos] !== '{') return false
  const found = readAttributes(src, pos)
  if (!found || found.end > posMax) return false
  if (!silent) {
    const token = state.push('attributes', '', 0)
    token.content = src.slice(pos, found.end)
    token.meta = { pairs: found.pairs, span: spanOf(state, pos, found.end) } satisfies Meta
  }
  state.pos = found.end
  return true
}

function spanOf(state: StateInline, start: number, end: number): Span {
  const env = envOf(state)
  return { start: locate(env, state.src, start), end: locate(env, state.src, end - 1) + 1 }
}

/** A block that is open, and the block that ended last in it. */
interface Scope {
  readonly open?: Token
  before?: Token
}

/** Blocks that attributes on a line of their own, below them, may belong to. */
const above = /^(heading|bullet_list|ordered_list|blockquote|table|dl)_open$/

function attachAll(tokens: readonly Token[], env: Env): void {
  const scopes: Scope[] = [{}]
  for (const token of tokens) {
    const scope = scopes[scopes.length - 1]
    if (token.nesting === 1) scopes.push({ open: token })
    else if (token.nesting === -1) {
      const { open } = scopes.pop() ?? {}
      scopes[scopes.length - 1].before = open
      if (open?.hidden) token.hidden = true
    } else if (token.type !== 'inline') scope.before = token
    else if (token.children?.every(t => t.type === 'attributes') && scope.open?.type === 'paragraph_open') {
      const block = scopes[scopes.length - 2]?.before
      const owner = block && above.test(block.type) ? block : undefined
      if (owner) scope.open.hidden = true
      token.children = attach(token.children, owner, env)
    } else if (token.children?.some(t => t.type === 'attributes')) {
      // A paragraph of a tight list is not shown as one: its item is.
      const block = isCaption(token) ? undefined : scopes.findLast(s => s.open && !s.open.hidden)?.open
      token.children = attach(token.children, block, env)
      reportCrowded(token.children, env)
    }
  }
}

/** An image with a number is a figure, and stands alone in its paragraph. */
function reportCrowded(children: readonly Token[], { file, index, diagnostics }: Env): void {
  if (children.length < 2) return
  for (const { type, meta } of children) {
    const { labelled } = (meta ?? {}) as { readonly labelled?: LabelDefinition }
    if (type !== 'image' || !labelled || !/^(fig|tbl)-/.test(labelled.label)) continue
    const message = `an image that is numbered as ${labelled.label} stands alone in its paragraph`
    const help = 'Put empty lines before and behind it, or remove the label.'
    diagnostics.push(errorAt(file, index, labelled.span, { rule: 'label-place', message, help }))
  }
}

/** Gives each set of attributes to what stands before it; the last one, behind a space, to the block. */
function attach(children: readonly Token[], block: Token | undefined, env: Env): Token[] {
  const kept: Token[] = []
  const opened: Token[] = []
  let closed: Token | undefined
  for (const [i, token] of children.entries()) {
    if (token.nesting === 1) opened.push(token)
    if (token.nesting === -1) closed = opened.pop()
    if (token.type !== 'attributes') {
      kept.push(token)
      continue
    }
    const before = kept.findLast(t => t.type !== 'text' || t.content !== '')
    const isLast = children.slice(i + 1).every(t => t.content.trim() === '' && t.nesting === 0)
    const owner = before && ownerOf(before, closed)
    const standsApart = !before || /^(soft|hard)break$/.test(before.type) || /\s$/.test(before.content)
    if (owner) setAttributes(owner, metaOf(token), env)
    else if (isLast && standsApart && block) {
      setAttributes(block, metaOf(token), env)
      if (before && /break$/.test(before.type)) kept.pop()
      else if (before) before.content = before.content.trimEnd()
    } else {
      reportAlone(token, env)
      token.type = 'text'
      kept.push(token)
    }
  }
  return kept
}

/** What attributes directly behind a token belong to. */
function ownerOf(before: Token, closed: Token | undefined): Token | undefined {
  if (before.nesting === -1) return closed
  return /^(code_inline|image)$/.test(before.type) ? before : undefined
}

/** Gives a token the attributes that may be set on it, and reports the others. */
export function setAttributes(owner: Token, { pairs, span }: Meta, env: Env): void {
  const { file, index, diagnostics } = env
  consume(env, 'attributes', span.start, span.end)
  for (const [name, value] of pairs) {
    if (!isAllowed(name) || (name === 'fig-alt' && owner.type !== 'image')) {
      diagnostics.push(unknownAttribute(name, span, env))
      continue
    }
    if (name === 'class') owner.attrJoin('class', value)
    else owner.attrSet(name, value)
    if (name !== 'id') continue
    const at = index.text.indexOf(`#${value}`, span.start)
    const place = at === -1 || at >= span.end ? span : { start: at, end: at + value.length + 1 }
    owner.meta = { ...(owner.meta as object | null), labelled: { label: value, span: place } }
    const misfit = misplaced(owner, value)
    if (misfit) diagnostics.push(errorAt(file, index, place, { rule: 'label-place', ...misfit }))
  }
}

/** Labels of what is numbered belong to what is numbered. */
function misplaced({ type }: Token, label: string): { message: string; help: string } | undefined {
  const kind = /^(fig|tbl|eq|sec)-/.exec(label)?.[1]
  const fits = { fig: 'image', tbl: 'image', sec: 'heading_open', eq: '' }
  if (!kind || fits[kind as keyof typeof fits] === type) return undefined
  const where = {
    fig: 'Put it behind an image, or into a cell or a diagram: `label: fig-…`.',
    tbl: 'Put it into the cell that makes the table: `label: tbl-…`; or give it another beginning.',
    eq: 'Put it directly behind the closing `$$` of a formula.',
    sec: 'Put it at the end of a heading.',
  }
  return { message: `nothing here can be numbered as ${label}`, help: where[kind as keyof typeof fits] }
}

function unknownAttribute(name: string, span: Span, { file, index }: Env): Diagnostic {
  const at = index.text.indexOf(name, span.start)
  const guess = nearest(name, known)
  const list = `${known.join(', ')}, data-… and aria-…`
  return errorAt(file, index, at === -1 ? span : { start: at, end: at + name.length }, {
    rule: 'attribute-unknown',
    message: `unknown attribute: ${name}`,
    help: `${guess ? `Did you mean \`${guess}\`?` : `Known: ${list}.`} For braces in the text write \`\\{\`.`,
  })
}

/** Attributes that belong to nothing are shown as text; a label among them was meant for something. */
function reportAlone(token: Token, { file, index, diagnostics }: Env): void {
  const { pairs, span } = metaOf(token)
  if (/^(ts|typescript)$/i.test(pairs[0][0]))
    diagnostics.push(errorAt(file, index, span, inlineUnread(token.content)))
  const label = pairs.find(([name]) => name === 'id')?.[1]
  if (!/^(fig|tbl|eq|sec)-/.test(label ?? '')) return
  diagnostics.push(
    errorAt(file, index, span, {
      rule: 'label-place',
      message: `there is nothing before ${label} that it could name`,
      help: 'A label stands directly behind an image, at the end of a heading, or behind a closing `$$`; in cells and diagrams write `label:`.',
    }),
  )
}
