/**
 * HTML in a chapter: known and balanced elements pass, their targets are resolved and checked like Markdown's.
 * Everything else would vanish in a browser, or do there what a book must not; it is an error, and shown as text.
 */
import type { MarkdownIt, Token } from 'markdown-it'
import { errorAt } from '../base/diagnostic.ts'
import type { Span } from '../base/position.ts'
import type { Target } from './chapter.ts'
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
      this.#check(tag, content, spanOf, token)
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
    const isSound = this.#env.diagnostics.length === before
    token.meta = isSound ? { html } : {}
  }

  #check(
    { kind, name, span, attributes }: HtmlTag,
    content: string,
    spanOf: (s: Span) => Span,
    token: Token,
  ): void {
    const written = content.slice(span.start, span.end)
    if (kind === 'comment') return
    if (kind === 'other')
      return this.#report(spanOf(span), {
        rule: 'html-unknown',
        message: `a browser would not show this ${name}`,
        help: 'To show it put it into code.',
      })
    if (!isElement(name)) return this.#unknown(name, kind, written.split('\n')[0], spanOf(span))
    for (const attribute of attributes) this.#checkAttribute(name, attribute, spanOf)
    const open = this.#scopes[this.#scopes.length - 1]
    if (kind === 'open') {
      if (!isVoid(name)) open.push({ name, span: spanOf(span), token })
      return
    }
    if (open.at(-1)?.name === name) {
      open.pop()
      return
    }
    const last = open.at(-1)
    this.#report(spanOf(span), {
      rule: 'html-unbalanced',
      message: last
        ? `</${name}> closes nothing: <${last.name}> is open here`
        : `</${name}> closes nothing here`,
      help: 'Elements close in the block in which they open, the last one first.',
    })
  }

  /** Of an unknown pair the opening tag is reported. */
  #unknown(name: string, kind: 'open' | 'close', written: string, span: Span): void {
    if (kind === 'close' && this.#unknownNames.has(name)) return
    this.#unknownNames.add(name)
    this.#report(span, {
      rule: 'html-unknown',
      message: advice[name]
        ? `${written} may not stand in a chapter`
        : `${written} is no HTML element: a browser would not show it`,
      help:
        advice[name] ??
        `To show it write \`\\${written}\`, or put it into code together with the word before it.`,
    })
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
    const leads = targets[name]
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

  #report(span: Span, problem: { rule: string; message: string; help: string }): void {
    const { file, index, diagnostics } = this.#env
    diagnostics.push(errorAt(file, index, span, problem))
  }
}

/** A formula, a reference, an inline value, strong text, a link, an image, a footnote. */
const ours =
  /\$[^$\s][^$\n]*\$|`\{ts[^`]*`|@(?:fig|tbl|eq|sec)-\w+|\*\*[^*\n]+\*\*|!?\[[^\]\n]+\]\([^)\n]*\)|\[\^\w+\]/
