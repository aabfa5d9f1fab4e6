/**
 * HTML in a chapter: known and balanced elements pass, their targets are resolved and checked like Markdown's.
 * Everything else would vanish in a browser, or do there what a book must not; it is an error, and shown as text.
 */

import type { MarkdownIt, Token } from 'markdown-it'
import { errorAt, hasErrors, warningAt } from '../../base/diagnostic.ts'
import { own } from '../../base/own.ts'
import type { Span } from '../../base/position.ts'
import type { Target } from '../chapter.ts'
import { consume, type Env, envOf } from './env.ts'
import { advice, isAttribute, isElement, isVoid, targets } from './htmlSchema.ts'
import { type HtmlAttribute, type HtmlTag, readHtml } from './htmlTags.ts'
import { blockOrigin } from './origins.ts'
import { wrapRule } from './rules.ts'

/** The `meta` of a token of HTML. */
export interface HtmlMeta {
  /** The HTML with its targets taken out; undefined when it may not be published. */
  readonly html?: readonly (string | Target)[]
}

/** A target that has not been counted yet. */
type PlainTarget = Omit<Target, 'index'>

type Locate = (at: number) => number

export function rawHtmlPlugin(md: MarkdownIt): void {
  wrapRule(md.inline.ruler, 'html_inline', rule => (state, silent) => {
    const { pos } = state
    const { origin } = envOf(state)
    const found = rule(state, silent)
    if (found && !silent)
      state.tokens[state.tokens.length - 1].meta = { locate: (at: number) => origin?.locate(pos + at) ?? 0 }
    return found
  })
  md.core.ruler.before('text_join', 'unroll_html', state => new Reader(envOf(state)).read(state.tokens))
}

interface OpenElement {
  readonly name: string
  readonly span: Span
  readonly token: Token
}

interface Problem {
  readonly rule: string
  readonly message: string
  readonly help: string
}

/** A declaration, an instruction, CDATA. */
function hidden(name: string): Problem {
  return {
    rule: 'html-unknown',
    message: `a browser would not show this ${name}`,
    help: 'To show it put it into code.',
  }
}

class Reader {
  readonly #env: Env
  /** Open elements of each open block and inline element: what opens inside one closes there. */
  readonly #scopes: OpenElement[][] = [[]]
  readonly #unknownNames = new Set<string>()

  constructor(env: Env) {
    this.#env = env
  }

  read(tokens: readonly Token[]): void {
    this.#walk(tokens)
    this.#leave()
  }

  #walk(tokens: readonly Token[]): void {
    for (const token of tokens) {
      if (token.nesting === 1) this.#scopes.push([])
      if (token.nesting === -1) this.#leave()
      if (token.type === 'html_block') this.#html(token, blockOrigin(token, this.#env.index).locate)
      const { locate } = (token.meta ?? {}) as { readonly locate?: Locate }
      if (token.type === 'html_inline' && locate) this.#html(token, locate)
      if (!token.children) continue
      this.#scopes.push([])
      this.#walk(token.children)
      this.#leave()
    }
  }

  /** What is still open at the end of its scope is not closed. */
  #leave(): void {
    for (const { name, span, token } of this.#scopes.pop() ?? []) {
      token.meta = {} satisfies HtmlMeta
      this.#report(span, {
        rule: 'html-unbalanced',
        message: `<${name}> is not closed here`,
        help: `Close it in the same block with \`</${name}>\`; to show it write \`\\<${name}>\` or put it into code.`,
      })
    }
    if (this.#scopes.length === 0) this.#scopes.push([])
  }

  #html(token: Token, locate: Locate): void {
    const { content } = token
    const { tags, texts, unfinished } = readHtml(content)
    const spanOf = ({ start, end }: Span): Span => ({
      start: locate(start),
      end: locate(Math.max(start, end - 1)) + 1,
    })
    const before = this.#env.diagnostics.length
    const html: (string | PlainTarget)[] = []
    let at = 0
    for (const tag of tags) {
      consume(this.#env, 'html', spanOf(tag.span).start, spanOf(tag.span).end)
      this.#check(tag, content.slice(tag.span.start, tag.span.end).split('\n')[0], spanOf, token)
      // Comments are for authors.
      if (tag.kind === 'comment') {
        html.push(content.slice(at, tag.span.start))
        at = tag.span.end
      }
      for (const attribute of tag.attributes)
        for (const { href, span, kind } of this.#targetsOf(tag, attribute, content)) {
          html.push(content.slice(at, span.start), { kind, href, span: spanOf(span) })
          at = span.end
        }
    }
    html.push(content.slice(at))
    if (unfinished !== undefined)
      this.#report(spanOf({ start: unfinished, end: content.trimEnd().length }), {
        rule: 'html-unbalanced',
        message: 'this tag does not end',
        help: 'Close it with `>`; to show a `<` write `\\<` or put it into code.',
      })
    // In preformatted text everything is shown as it is written.
    if (token.type === 'html_block' && !/<(pre|code|samp|script|style|textarea)\b/i.test(content))
      this.#markdownIn(texts, content, spanOf)
    const isSound = !hasErrors(this.#env.diagnostics.slice(before))
    token.meta = isSound ? { html } : {}
  }

  #check(tag: HtmlTag, written: string, spanOf: (s: Span) => Span, token: Token): void {
    const { kind, name, span, attributes } = tag
    if (kind === 'comment') return
    const problem =
      kind === 'other' ? hidden(name) : isElement(name) ? undefined : this.#unknown(tag, written)
    if (problem) this.#report(spanOf(span), problem)
    if (kind === 'other' || !isElement(name)) return
    for (const attribute of attributes) this.#checkAttribute(name, attribute, spanOf)
    if (name === 'img' && !attributes.some(a => a.name === 'alt')) this.#missingAlt(spanOf(span))
    const open = this.#scopes[this.#scopes.length - 1]
    if (kind === 'open') {
      if (!isVoid(name)) open.push({ name, span: spanOf(span), token })
      return
    }
    const last = open.at(-1)
    if (last?.name === name) open.pop()
    else
      this.#report(spanOf(span), {
        rule: 'html-unbalanced',
        message: `</${name}> closes nothing here${last ? `: <${last.name}> is open` : ''}`,
        help: 'Elements close in the block in which they open, the last one first.',
      })
  }

  #missingAlt(span: Span): void {
    const { file, index, diagnostics } = this.#env
    diagnostics.push(
      warningAt(file, index, span, {
        rule: 'alt-missing',
        message: 'this image has no text',
        help: 'Say what it shows, for readers who do not see it: `alt="what it shows"`; `alt=""` if it is mere decoration.',
      }),
    )
  }

  /** Of an unknown pair the opening tag is reported. */
  #unknown({ name, kind }: HtmlTag, written: string): Problem | undefined {
    if (kind === 'close' && this.#unknownNames.has(name)) return undefined
    this.#unknownNames.add(name)
    return {
      rule: 'html-unknown',
      message: own(advice, name)
        ? `${written} may not stand in a chapter`
        : `${written} is no HTML element: a browser would not show it`,
      help:
        own(advice, name) ??
        `To show it write \`\\${written}\`, or put it into code together with the word before it.`,
    }
  }

  #checkAttribute(tag: string, { name, value, span }: HtmlAttribute, spanOf: (s: Span) => Span): void {
    const problem = (message: string, help: string) =>
      this.#report(spanOf(span), { rule: 'html-attribute', message, help })
    if (/^on/.test(name)) problem(`${name} would run a script`, 'Pages need no scripts: remove it.')
    else if (name === 'style' && /url\s*\(|expression\s*\(/i.test(value))
      problem('a style that loads something', 'Show pictures by `![…](…)`.')
    else if (!isAttribute(tag, name))
      problem(`unknown attribute of <${tag}>: ${name}`, 'Remove it, or write it as data-….')
  }

  /** `a.png 1x, b.png 2x` holds two. */
  #targetsOf({ kind }: HtmlTag, { name, value, valueSpan }: HtmlAttribute, content: string): PlainTarget[] {
    const leads = own(targets, name)
    if (kind !== 'open' || !leads || !valueSpan || value === '') return []
    if (leads !== 'images') return [{ kind: leads, href: value.trim(), span: valueSpan }]
    const written = content.slice(valueSpan.start, valueSpan.end)
    return [...written.matchAll(/(?:^|,)\s*([^\s,]\S*[^\s,]|[^\s,])/g)].map(match => {
      const start = valueSpan.start + match.index + match[0].length - match[1].length
      return { kind: 'image' as const, href: match[1], span: { start, end: start + match[1].length } }
    })
  }

  /** Markdown between tags without an empty line is not read as Markdown. */
  #markdownIn(texts: readonly Span[], content: string, spanOf: (s: Span) => Span): void {
    for (const text of texts) {
      const match = ours.exec(content.slice(text.start, text.end))
      if (!match) continue
      const start = text.start + match.index
      this.#report(spanOf({ start, end: start + match[0].length }), {
        rule: 'html-markdown',
        message: 'inside HTML this is not read as Markdown, and would be shown as it is written',
        help: 'Leave an empty line behind the opening and before the closing tag.',
      })
    }
  }

  #report(span: Span, problem: Problem): void {
    const { file, index, diagnostics } = this.#env
    diagnostics.push(errorAt(file, index, span, problem))
  }
}

/** A formula, a reference, an inline value, strong text, a link, an image, a footnote. */
const ours =
  /\$[^$\s][^$\n]*\$|`\{ts[^`]*`|@(?:fig|tbl|eq|sec)-\w+|\*\*[^*\n]+\*\*|!?\[[^\]\n]+\]\([^)\n]*\)|\[\^\w+\]/
