/**
 * Links and images, with their places: where each leads is a target, to be resolved and checked when the whole book
 * is known. What a link, an entity or a note takes from the text is recorded.
 */
import type { MarkdownIt, StateBlock, StateInline, Token } from 'markdown-it'
import { warningAt } from '../../base/diagnostic.ts'
import type { Span } from '../../base/position.ts'
import type { Target } from '../chapter.ts'
import { consume, type Env, envOf, locate } from './env.ts'
import { wrapRule } from './rules.ts'

export function linkPlugin(md: MarkdownIt): void {
  // Every target is checked in one place, Markdown's and HTML's alike (book/links.ts).
  md.validateLink = () => true
  wrapRule(md.inline.ruler, 'link', rule => placed(rule, 'link'))
  wrapRule(md.inline.ruler, 'image', rule => placed(rule, 'image'))
  wrapRule(md.inline.ruler, 'autolink', rule => (state, silent) => {
    const { pos } = state
    const before = state.tokens.length
    const found = rule(state, silent)
    const open = state.tokens.slice(before).find(t => t.type === 'link_open')
    if (open) setTarget(open, 'link', spanOf(state, pos + 1, state.pos - 1))
    return found
  })
  wrapRule(md.inline.ruler, 'entity', rule => (state, silent) => {
    const { pos } = state
    const found = rule(state, silent)
    if (found && !silent) consumeInline(state, 'entity', pos, state.pos)
    return found
  })
  wrapRule(md.block.ruler, 'reference', rule => (state, startLine, endLine, silent) => {
    const found = rule(state, startLine, endLine, silent)
    if (found && !silent) define(state, startLine)
    return found
  })
  md.core.ruler.push('unroll_definitions', state => reportUnused(envOf(state)))
}

type InlineRule = (state: StateInline, silent: boolean) => boolean

/** The rule, with a target on its token and its destination recorded. */
function placed(rule: InlineRule, kind: Target['kind']): InlineRule {
  return (state, silent) => {
    const start = state.pos
    const before = state.tokens.length
    const found = rule(state, silent)
    if (!found || silent) return found
    const token = state.tokens
      .slice(before, before + 2)
      .find(t => t.type === 'link_open' || t.type === 'image')
    if (!token) return found
    const end = state.pos
    const bracket = kind === 'image' ? start + 1 : start
    const labelEnd = state.md.helpers.parseLinkLabel(state, bracket, kind === 'link')
    setTarget(token, kind, destinationOf(state, token, labelEnd + 1, end))
    consumeInline(state, 'link', labelEnd + 1, end)
    return found
  }
}

/** Where the destination is written: behind the label, or in a definition. */
function destinationOf(state: StateInline, token: Token, from: number, end: number): Span {
  const env = envOf(state)
  const { label } = (token.meta ?? {}) as { readonly label?: string }
  const definition = label === undefined ? undefined : env.definitions.get(label)
  if (definition) {
    definition.used = true
    return definition.span
  }
  const lead = /^\(\s*/.exec(state.src.slice(from, end))
  if (!lead) return spanOf(state, from, Math.max(from + 1, end))
  const start = from + lead[0].length
  const { ok, pos } = state.md.helpers.parseLinkDestination(state.src, start, end)
  if (!ok || pos <= start) return spanOf(state, from, end)
  const angled = state.src[start] === '<' ? 1 : 0
  return spanOf(state, start + angled, Math.max(start + angled + 1, pos - angled))
}

function setTarget(token: Token, kind: Target['kind'], span: Span): void {
  const href = String(token.attrGet(kind === 'link' ? 'href' : 'src') ?? '')
  const target: Omit<Target, 'index'> = { kind, href, span }
  token.meta = { ...(token.meta as object | null), target }
}

function spanOf(state: StateInline, start: number, end: number): Span {
  const env = envOf(state)
  const from = locate(env, state.src, start)
  return { start: from, end: Math.max(from, locate(env, state.src, end - 1) + 1) }
}

function consumeInline(state: StateInline, construct: string, start: number, end: number): void {
  const span = spanOf(state, start, end)
  consume(envOf(state), construct, span.start, span.end)
}

/** `[label]: destination "title"`, which is not shown where it stands. */
function define(state: StateBlock, startLine: number): void {
  const env = envOf(state)
  const { src, bMarks, eMarks, tShift, line } = state
  const { label } = (state.tokens[state.tokens.length - 1].meta ?? {}) as { readonly label?: string }
  const start = bMarks[startLine] + tShift[startLine]
  const end = eMarks[line - 1]
  consume(env, 'definition', start, end)
  if (label === undefined) return
  if (env.definitions.has(label)) {
    env.diagnostics.push(
      warningAt(
        env.file,
        env.index,
        { start, end },
        {
          rule: 'definition-doubled',
          message: `the link [${label.toLowerCase()}] is defined twice; the first definition counts`,
          help: 'Remove one of them.',
        },
      ),
    )
    return
  }
  const destination = src.slice(start, end).match(/^\[(?:\\[\s\S]|[^\]\\])*\]:\s*<?([^\s>]*)/)
  const from = destination ? start + destination[0].length - destination[1].length : start
  const span = destination?.[1] ? { start: from, end: from + destination[1].length } : { start, end }
  env.definitions.set(label, { span, used: false })
}

/** `[//]: # (…)` and `[comment]: …` are how people write comments. */
const comment = /^(\/\/|COMMENT|#|_)/

function reportUnused({ definitions, diagnostics, file, index }: Env): void {
  for (const [label, { span, used }] of definitions)
    if (!used && !comment.test(label))
      diagnostics.push(
        warningAt(file, index, span, {
          rule: 'definition-unused',
          message: `nothing refers to the link [${label.toLowerCase()}]`,
          help: 'Refer to it, `[text][label]`, or remove the definition.',
        }),
      )
}
