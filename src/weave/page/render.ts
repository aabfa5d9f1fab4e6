/** Tokens → HTML: markdown-it's renderer with rules for what is ours. */
import type { Renderer, RendererRule, Token } from 'markdown-it'
import { withUniqueIds } from '../diagram/svg.ts'
import type { Outputs } from '../run/output.ts'
import type {
  CaptionOwner,
  Cell,
  Chapter,
  CodeLook,
  Diagram,
  Formula,
  InlineExpression,
  Reference,
  Target,
} from '../source/chapter.ts'
import type { Callout } from '../source/markdown/containers.ts'
import type { HtmlMeta } from '../source/markdown/rawHtml.ts'
import { createMarkdown } from '../source/markdown.ts'
import { codeFrame, figure, renderCell } from './cell.ts'
import { equation, formulaHtml } from './formula.ts'
import { hole } from './holes.ts'
import { attributes, escapeHtml } from './html.ts'
import type { Numbering } from './number.ts'
import { plainText } from './plainText.ts'
import type { Rendered } from './types.ts'
import type { Words } from './words.ts'

/** What the rules know of the page that is being rendered. */
export interface RenderEnv {
  readonly chapter: Chapter
  readonly outputs: Outputs
  readonly rendered: Rendered
  readonly words: Words
  readonly numbering: Numbering
  /** Inside a link, as in the table of contents: no links. */
  readonly linkless?: boolean
}

interface Meta extends Partial<CaptionOwner>, HtmlMeta {
  readonly cell: Cell
  readonly diagram: Diagram
  readonly formula: Formula
  readonly inline: InlineExpression
  readonly reference: Reference
  readonly inLink?: boolean
  readonly callout: Callout
  readonly target?: Target
  readonly look?: CodeLook
}

const markdown = createMarkdown()

/** Block tokens → HTML. */
export function renderTokens(tokens: readonly Token[], env: RenderEnv): string {
  const { titleHeading } = env.chapter
  // The layout shows the title: its text is left out here.
  const shown = tokens.filter(
    (t, i) => t.type !== 'inline' || !titleHeading || tokens[i - 1] !== titleHeading,
  )
  return markdown.renderer.render(shown, markdown.options, { ...env })
}

/** Inline tokens → HTML. */
export function renderInline(tokens: readonly Token[], env: RenderEnv): string {
  return markdown.renderer.renderInline([...tokens], markdown.options, { ...env })
}

type Rule = (token: Token, env: RenderEnv, tokens: Token[], at: number, renderer: Renderer) => string

function install(rules: Readonly<Record<string, Rule>>): void {
  for (const [type, rule] of Object.entries(rules)) {
    const installed: RendererRule = (tokens, at, _options, env, renderer) =>
      rule(tokens[at], env as unknown as RenderEnv, tokens, at, renderer)
    markdown.renderer.rules[type] = installed
  }
}

const metaOf = (token: Token) => (token.meta ?? {}) as unknown as Meta

/** A caption as inline HTML; undefined when there is none. */
function captionHtml(token: Token, key: string, env: RenderEnv): string | undefined {
  const tokens = metaOf(token).captions?.[key]
  return tokens && renderInline(tokens, env)
}

/** The same without markup, for attributes. */
function captionText(token: Token, key: string, env: RenderEnv): string | undefined {
  const tokens = metaOf(token).captions?.[key]
  return tokens && plainText(tokens, env.outputs)
}

install({
  cell(token, env) {
    const { cell } = metaOf(token)
    return renderCell(cell, env.outputs.cells[cell.index] ?? [], {
      ...env.rendered,
      words: env.words,
      numbered: env.numbering.get(cell),
      equationNumber: label => {
        const formula = env.chapter.formulas.find(f => f.label === label)
        return `(${formula ? env.numbering.get(formula)?.number : label})`
      },
      caption: key => captionHtml(token, key, env),
      alt: captionText(token, 'fig-alt', env) ?? captionText(token, 'fig-cap', env),
    })
  },

  diagram(token, env) {
    const { diagram } = metaOf(token)
    const { index, code, language } = diagram
    const alt = captionText(token, 'fig-alt', env) ?? captionText(token, 'fig-cap', env)
    const svg = env.rendered.diagram(diagram)
    if (svg === undefined) return `${codeFrame({ code, language }, env.rendered.highlighted)}\n`
    const title = alt ?? diagramTitle(diagram) ?? env.words.diagram
    const content = withUniqueIds(svg, `diagram-${index + 1}`, { title })
    const numbered = env.numbering.get(diagram)
    if (!numbered) return `<figure class="figure diagram">${content}</figure>\n`
    const caption = captionHtml(token, 'fig-cap', env)
    return `${figure(content, { numbered, caption, words: env.words, kind: 'diagram' })}\n`
  },

  math_display: (token, env) => `${equation(metaOf(token).formula, env, 'div')}\n`,

  math_inline(token, env) {
    const { formula } = metaOf(token)
    return formula.display ? equation(formula, env, 'span') : formulaHtml(formula, env)
  },

  inline_expression(token, env) {
    const { inline } = metaOf(token)
    const text =
      env.outputs.inlines[inline.index] === undefined
        ? undefined
        : (inline.typed ?? env.outputs.inlines[inline.index])
    const title = attributes({ title: inline.code })
    return text === undefined
      ? `<code class="value missing"${title}>${escapeHtml(inline.code)}</code>`
      : `<span class="value"${title}>${escapeHtml(text)}</span>`
  },

  reference(token, env) {
    const { reference, inLink } = metaOf(token)
    return hole(inLink || env.linkless ? 'referenceHtml' : 'reference', reference.index)
  },

  fence(token, env) {
    const [language = ''] = token.info.trim().split(/[\s{]/)
    const code = token.content.replace(/\n+$/, '')
    const own = Object.fromEntries((token.attrs ?? []).map(([name, value]) => [name, String(value)]))
    return `${codeFrame({ code, language }, env.rendered.highlighted, metaOf(token).look, own)}\n`
  },

  code_block: (token, env) =>
    `${codeFrame({ code: token.content.replace(/\n+$/, ''), language: '' }, env.rendered.highlighted)}\n`,

  image(token, env) {
    const { target } = metaOf(token)
    const alt = token.attrGet('fig-alt') ?? plainText(token.children ?? [], env.outputs)
    const others = (token.attrs ?? []).filter(([name]) => !['src', 'alt', 'id', 'fig-alt'].includes(name))
    const extra = attributes(Object.fromEntries(others.map(([k, v]) => [k, String(v)])))
    const source = target ? hole('asset', target.index) : ''
    const numbered = target && env.numbering.get(target)
    const id = numbered ? undefined : token.attrGet('id')?.toString()
    const img = `<img${attributes({ src: source, alt: String(alt), loading: 'lazy', id })}${extra}>`
    if (!numbered) return img
    const caption = renderInline(token.children ?? [], env)
    return figure(img, { numbered, caption, words: env.words, kind: 'image' })
  },

  link_open(token, _env, tokens, at, renderer) {
    const { target } = metaOf(token)
    const href = String(token.attrGet('href') ?? '')
    if (/^https?:/i.test(href)) token.attrSet('rel', 'noopener')
    if (!target) return renderer.renderToken(tokens, at, markdown.options)
    const others = (token.attrs ?? []).filter(([name]) => name !== 'href')
    const address = hole('link', target.index)
    return `<a${attributes({ href: address })}${attributes(Object.fromEntries(others.map(([k, v]) => [k, String(v)])))}>`
  },

  s_open: () => '<del>',
  s_close: () => '</del>',

  // The chapter's own title is shown by the layout; links to it still arrive.
  heading_open(token, env, tokens, at, renderer) {
    const id = token.attrGet('id')
    if (token !== env.chapter.titleHeading) return renderer.renderToken(tokens, at, markdown.options)
    return id ? `<span id="${escapeHtml(String(id))}"></span>\n` : ''
  },

  heading_close(token, env, tokens, at) {
    if (tokens[at - 1] === env.chapter.titleHeading) return ''
    const open = tokens[at - 2]
    const id = open.attrGet('id')
    const anchor = id
      ? ` <a class="anchor" href="#${escapeHtml(String(id))}" aria-label="${env.words.anchor}">#</a>`
      : ''
    return `${anchor}</${token.tag}>\n`
  },

  table_open: (token, _env, _tokens, _at, renderer) =>
    `<div class="table-scroll"><table${renderer.renderAttrs(token)}>\n`,
  table_close: () => '</table></div>\n',
  th_open(token, _env, tokens, at, renderer) {
    token.attrSet('scope', 'col')
    return renderer.renderToken(tokens, at, markdown.options)
  },

  html_block: htmlToken,
  html_inline: htmlToken,

  callout_open(token, env) {
    const { callout } = metaOf(token)
    const { kind, fold } = callout
    const title = captionHtml(token, 'title', env) ?? escapeHtml(env.words.callouts[kind])
    const name = ['callout', `callout-${kind}`, token.attrGet('class')].filter(Boolean).join(' ')
    const id = token.attrGet('id')?.toString()
    return fold
      ? `<details${attributes({ class: name, id })}${fold === 'open' ? ' open' : ''}><summary class="callout-title">${title}</summary>\n`
      : `<div${attributes({ class: name, id, role: 'note' })}><p class="callout-title">${title}</p>\n`
  },
  callout_close: token => ((token.meta as Callout | null)?.fold ? '</details>\n' : '</div>\n'),

  footnote_block_open: (_token, env) =>
    `<section class="footnotes" aria-label="${env.words.footnotes}">\n<ol class="footnotes-list">\n`,
  footnote_block_close: () => '</ol>\n</section>\n',
  footnote_anchor(token, env) {
    const { id, subId } = token.meta as { id: number; subId: number }
    const suffix = subId > 0 ? `:${subId}` : ''
    return ` <a href="#fnref${id + 1}${suffix}" class="footnote-backref" aria-label="${env.words.backToText}">↩︎</a>`
  },
})

/** HTML with its targets as holes; what may not be published is shown as text. */
function htmlToken(token: Token, env: RenderEnv): string {
  // The only HTML that a plugin of ours writes: a task's box needs a name.
  if (token.content.startsWith('<input class="task-list-item-checkbox"'))
    return token.content.replace('<input', `<input${attributes({ 'aria-label': env.words.task })}`)
  const { html } = metaOf(token)
  if (!html) return escapeHtml(token.content)
  return html
    .map(part =>
      typeof part === 'string' ? part : hole(part.kind === 'link' ? 'link' : 'asset', part.index),
    )
    .join('')
}

/** What a diagram's own source calls it. */
export function diagramTitle({ code }: Diagram): string | undefined {
  return /^\s*(?:title|accTitle:)\s+(.+)$/m.exec(code)?.[1]
}
