/**
 * `::: kind Title … :::`, with the forms of other tools: `:::tip[Title]` (Docusaurus), `::: {.callout-note
 * title="…" collapse="true"}` (Quarto), `:::{note} Title` (MyST). Containers nest; a longer row of colons is not
 * needed, and is accepted. Also GitHub's `> [!NOTE]`. Both become `callout_open` and `callout_close` tokens.
 */

import type { MarkdownIt, StateBlock, StateCore, Token } from 'markdown-it'
import { errorAt } from '../../base/diagnostic.ts'
import { nearest } from '../../base/nearest.ts'
import { own } from '../../base/own.ts'
import type { Span } from '../../base/position.ts'
import type { CaptionOwner } from '../chapter.ts'
import { readAttributes } from './attributes.ts'
import { captionToken } from './captions.ts'
import { consume, type Env, envOf } from './env.ts'

export const calloutKinds = [
  'note',
  'tip',
  'warning',
  'important',
  'caution',
  'info',
  'danger',
  'details',
  'exercise',
  'proof',
] as const
export type CalloutKind = (typeof calloutKinds)[number]

/** What other tools call the same. */
const aliases: Readonly<Record<string, CalloutKind>> = {
  hint: 'tip',
  attention: 'caution',
  error: 'danger',
  success: 'tip',
  seealso: 'note',
}

export interface Callout {
  readonly kind: CalloutKind
  /** Folded until the reader opens it; `open`: foldable, and open. */
  readonly fold?: 'closed' | 'open'
}

export function containerPlugin(md: MarkdownIt): void {
  md.block.ruler.before('fence', 'container', containerRule, {
    alt: ['paragraph', 'reference', 'blockquote', 'list'],
  })
  md.core.ruler.after('block', 'unroll_alerts', readAlerts)
}

const fenceMark = /^(:{3,})[ \t]*(.*)$/

function lineAt({ src, bMarks, eMarks, tShift }: StateBlock, line: number): { text: string; start: number } {
  const start = bMarks[line] + tShift[line]
  return { text: src.slice(start, eMarks[line]).trimEnd(), start }
}

function containerRule(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  if (state.sCount[startLine] - state.blkIndent >= 4) return false
  const { text, start } = lineAt(state, startLine)
  const match = fenceMark.exec(text)
  if (!match) return false
  if (silent) return true
  const [, colons, params] = match
  const env = envOf(state)
  const span = { start, end: start + text.length }
  if (params === '') {
    report(env, span, {
      rule: 'container-stray',
      message: `this ${colons} closes nothing`,
      help: 'A container begins with its kind: `::: note`. To show colons write `\\:::`.',
    })
    return asText(state, startLine, text)
  }
  const found = readHead(params, start + text.length - params.length)
  if ('problem' in found) report(env, found.problemSpan, found.problem)
  const end = endOf(state, startLine, endLine, colons.length)
  if (!end.closed)
    report(env, span, {
      rule: 'container-unclosed',
      message: `this ${found.kind} is not closed: expected a line with ${colons}`,
      help: 'Without it everything below, to the end of the list, quote or chapter, would be part of it.',
    })
  consume(env, 'container', span.start, found.title?.span.start ?? span.end)
  if (found.title) consume(env, 'container', found.title.span.end, span.end)
  pushContainer(state, startLine, end, found)
  return true
}

/** A line that was meant as a mark and is none stays visible. */
function asText(state: StateBlock, line: number, text: string): true {
  state.line = line + 1
  state.push('paragraph_open', 'p', 1).map = [line, line + 1]
  const inline = state.push('inline', '', 0)
  inline.content = text
  inline.map = [line, line + 1]
  inline.children = []
  state.push('paragraph_close', 'p', -1)
  return true
}

function report({ file, index, diagnostics }: Env, span: Span, problem: Problem): void {
  diagnostics.push(errorAt(file, index, span, problem))
}

interface Head extends Callout {
  readonly title?: { readonly text: string; readonly span: Span }
  readonly id?: string
  readonly classes: readonly string[]
}
interface Problem {
  readonly rule: string
  readonly message: string
  readonly help: string
}
/** A head that is not known: what it holds is read all the same. */
type BadHead = Head & { readonly problem: Problem; readonly problemSpan: Span }

/** What stands behind the colons; `at` is its offset in the chapter. */
function readHead(params: string, at: number): Head | BadHead {
  const attributes = params.startsWith('{') ? readAttributes(params, 0) : undefined
  const mySt = /^\{([A-Za-z][\w-]*)\}[ \t]*(.*)$/.exec(params)
  if (attributes && attributes.end === params.length) return fromAttributes(attributes.pairs, params, at)
  const plain = /^([^\s{[]+)(?:\[(.*)\])?[ \t]*(.*)$/.exec(params)
  const word = mySt?.[1] ?? plain?.[1] ?? params
  const kind = kindOf(word)
  if (!kind) return unknownKind(word, at + Math.max(0, params.indexOf(word)))
  const rest = mySt ? mySt[2] : (plain?.[2] ?? plain?.[3] ?? '')
  const tail = /[ \t]*(\{[^{}]*\})$/.exec(rest)
  const more = tail && readAttributes(rest, rest.length - tail[1].length)
  const text = (more ? rest.slice(0, tail.index) : rest).trim()
  const titleAt = at + params.lastIndexOf(rest) + rest.indexOf(text)
  const title = text === '' ? undefined : { text, span: { start: titleAt, end: titleAt + text.length } }
  return { kind, title, ...settings(more?.pairs ?? [], kind) }
}

function fromAttributes(
  pairs: readonly (readonly [string, string])[],
  params: string,
  at: number,
): Head | BadHead {
  const classes = pairs.filter(([name]) => name === 'class').map(([, value]) => value)
  const kind = classes.map(c => kindOf(c)).find(k => k !== undefined)
  if (!kind) return unknownKind(classes[0] ?? params, at + Math.max(0, params.indexOf(classes[0] ?? '')))
  const text = pairs.find(([name]) => name === 'title')?.[1]
  const start = at + (text ? params.indexOf(text, params.indexOf('title=')) : 0)
  const title = text ? { text, span: { start, end: start + text.length } } : undefined
  return { kind, title, ...settings(pairs, kind) }
}

function settings(
  pairs: readonly (readonly [string, string])[],
  kind: CalloutKind,
): Pick<Head, 'fold' | 'id' | 'classes'> {
  const value = (name: string) => pairs.find(([n]) => n === name)?.[1]
  const collapse = value('collapse')
  const isDropdown = pairs.some(([n, v]) => n === 'class' && v === 'dropdown')
  const fold =
    collapse === 'true' || isDropdown
      ? 'closed'
      : collapse === 'false'
        ? 'open'
        : kind === 'details'
          ? value('open') === 'true' || value('open') === 'open'
            ? 'open'
            : 'closed'
          : undefined
  const classes = pairs.filter(([n, v]) => n === 'class' && !kindOf(v) && v !== 'dropdown').map(([, v]) => v)
  return { fold, id: value('id'), classes }
}

function kindOf(word: string): CalloutKind | undefined {
  const name = word.toLowerCase().replace(/^callout-/, '')
  return calloutKinds.find(k => k === name) ?? own(aliases, name)
}

function unknownKind(word: string, at: number): BadHead {
  const guess = nearest(word.toLowerCase().replace(/^callout-/, ''), calloutKinds)
  return {
    kind: 'note',
    classes: [],
    problemSpan: { start: at, end: at + word.length },
    problem: {
      rule: 'container-unknown',
      message: `unknown container: ${word}`,
      help: guess ? `Did you mean \`${guess}\`?` : `Known: ${calloutKinds.join(', ')}.`,
    },
  }
}

/** The line that closes a container, or that ends what the container stands in. */
interface End {
  readonly line: number
  readonly closed: boolean
}

/** Containers inside are counted, code is passed over. A longer row of colons than the opening one closes, too. */
function endOf(state: StateBlock, startLine: number, endLine: number, length: number): End {
  const open = [length]
  let code = ''
  for (let line = startLine + 1; line < endLine; line++) {
    if (state.isEmpty(line)) continue
    if (state.sCount[line] < state.blkIndent) return { line, closed: false }
    const { text } = lineAt(state, line)
    const mark = /^(`{3,}|~{3,})(.*)$/.exec(text)
    if (code !== '') {
      if (mark?.[1].startsWith(code) && mark[2].trim() === '') code = ''
      continue
    }
    if (mark && !(mark[1][0] === '`' && mark[2].includes('`'))) code = mark[1]
    const match = state.sCount[line] - state.blkIndent < 4 ? fenceMark.exec(text) : null
    if (!match) continue
    if (match[2] !== '') {
      open.push(match[1].length)
    } else if (match[1].length >= open[open.length - 1]) {
      open.pop()
      if (open.length === 0) return { line, closed: true }
    }
  }
  return { line: endLine, closed: false }
}

function pushContainer(state: StateBlock, startLine: number, end: End, head: Head): void {
  const { parentType, lineMax } = state
  // markdown-it's type lists its own blocks only; the value is compared, never looked up.
  state.parentType = 'container' as typeof parentType
  state.lineMax = end.line
  const open = state.push('callout_open', 'div', 1)
  open.block = true
  open.map = [startLine, end.line]
  const owner: CaptionOwner = { captions: {} }
  open.meta = { ...owner, callout: { kind: head.kind, fold: head.fold } satisfies Callout }
  if (head.id) open.attrSet('id', head.id)
  for (const name of head.classes) open.attrJoin('class', name)
  if (head.title) {
    const { text, span } = head.title
    state.tokens.push(captionToken(state, { owner, key: 'title', text, locate: at => span.start + at }))
  }
  const first = state.tokens.length
  state.md.block.tokenize(state, startLine + 1, end.line)
  if (!head.title) takeHeading(state.tokens, first, owner)
  const close = state.push('callout_close', 'div', -1)
  close.block = true
  close.meta = { fold: head.fold }
  state.parentType = parentType
  state.lineMax = lineMax
  state.line = end.line + (end.closed ? 1 : 0)
}

/** Quarto: a heading at the beginning of a callout is its title. */
function takeHeading(tokens: Token[], first: number, owner: CaptionOwner): void {
  if (tokens[first]?.type !== 'heading_open') return
  const [, inline] = tokens.splice(first, 3)
  inline.meta = { ...(inline.meta as object | null), caption: { owner, key: 'title' } }
  tokens.splice(first, 0, inline)
}

const alert = /^\[!([A-Za-z]+)\]([+-]?)[ \t]*([^\n]*)(?:\n|$)/

/** `> [!NOTE]`, and Obsidian's `> [!note]- Title`. */
function readAlerts(state: StateCore): void {
  const env = envOf(state)
  const open: Token[] = []
  state.tokens = state.tokens.flatMap((token, i, tokens) => {
    if (token.type === 'blockquote_close') closeAlert(token, open.pop())
    if (token.type !== 'blockquote_open') return [token]
    open.push(token)
    const inline = tokens[i + 1]?.type === 'paragraph_open' ? tokens[i + 2] : undefined
    const match = inline ? alert.exec(inline.content) : null
    if (!inline?.map || !match) return [token]
    const [whole, word, sign, title] = match
    const line = env.index.lineSpan(inline.map[0] + 1)
    const start = env.index.text.indexOf('[!', line.start)
    const kind = kindOf(word)
    if (!kind) {
      report(env, { start: start + 2, end: start + 2 + word.length }, unknownKind(word, 0).problem)
      return [token]
    }
    const owner: CaptionOwner = { captions: {} }
    const fold = sign === '-' ? 'closed' : sign === '+' ? 'open' : undefined
    token.type = 'callout_open'
    token.tag = 'div'
    token.meta = { ...owner, callout: { kind, fold } satisfies Callout }
    const titleAt = start + whole.indexOf(title, word.length + 3)
    consume(env, 'container', start, title === '' ? start + word.length + 3 : titleAt)
    inline.content = inline.content.slice(whole.length)
    if (whole.endsWith('\n')) inline.map = [inline.map[0] + 1, inline.map[1]]
    if (inline.content === '') for (const paragraph of [tokens[i + 1], tokens[i + 3]]) paragraph.hidden = true
    const caption = { owner, key: 'title', text: title, locate: (at: number) => titleAt + at }
    return title === '' ? [token] : [token, captionToken(state, caption)]
  })
}

function closeAlert(token: Token, open: Token | undefined): void {
  if (open?.type !== 'callout_open') return
  token.meta = { fold: (open.meta as { readonly callout: Callout } | null)?.callout.fold }
  token.type = 'callout_close'
  token.tag = 'div'
}
