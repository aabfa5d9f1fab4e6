/** Tokens → HTML: markdown-it's renderer with rules for what is ours. */
import MarkdownIt, { type Renderer, type RendererRule, type Token } from 'markdown-it'
import cjkFriendly from 'markdown-it-cjk-friendly'
import { withUniqueIds } from '../diagram/svg.ts'
import { formulaKey } from '../math/typeset.ts'
import type { Outputs } from '../run/output.ts'
import { calloutKinds } from '../source/callouts.ts'
import type {
  Cell,
  Chapter,
  Diagram,
  Formula,
  InlineExpression,
  Reference,
  Target,
} from '../source/chapter.ts'
import { createMarkdown } from '../source/markdown.ts'
import { cellId, codeFrame, figure, isShown, renderCell } from './cell.ts'
import { attributes, escapeHtml } from './html.ts'
import type { Numbering } from './number.ts'
import type { Rendered } from './types.ts'
import type { Words } from './words.ts'

/** What the rules know of the page that is being rendered. */
export interface RenderEnv {
  readonly chapter: Chapter
  readonly outputs: Outputs
  readonly rendered: Rendered
  readonly words: Words
  readonly numbering: Numbering
  /** Told of SVG that a cell shows and that is not well-formed. */
  readonly onMalformed: (cell: Cell, message: string) => void
}

interface Meta {
  readonly cell: Cell
  readonly diagram: Diagram
  readonly formula: Formula
  readonly inline: InlineExpression
  readonly reference: Reference
  readonly target?: Target
}

const markdown = createMarkdown()

/** Block tokens → HTML. */
export function renderTokens(tokens: readonly Token[], env: RenderEnv): string {
  return markdown.renderer.render([...tokens], markdown.options, { ...env })
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

/** Captions are Markdown without our own marks: emphasis, code, and formulas that need no place. */
function captionHtml(text: string, env: RenderEnv): string {
  const parts = text.split(/(\$[^$\s](?:[^$]*[^$\s])?\$)/)
  return parts
    .map(part => {
      const latex = /^\$([^$]+)\$$/.exec(part)?.[1]
      if (latex === undefined) return captionMarkdown.renderInline(part)
      return env.rendered.formulas.get(formulaKey({ latex, display: false })) ?? escapeHtml(part)
    })
    .join('')
}

const captionMarkdown = new MarkdownIt({ html: false }).use(cjkFriendly)

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
      inline: text => captionHtml(text, env),
      onMalformed: message => env.onMalformed(cell, message),
    })
  },

  diagram(token, env) {
    const { diagram } = metaOf(token)
    const { caption, alt, index, code, language } = diagram
    const svg = env.rendered.diagram(diagram)
    if (svg === undefined) return `${codeFrame({ code, language }, env.rendered.highlighted)}\n`
    const title = alt ?? caption ?? diagramTitle(diagram) ?? env.words.diagram
    const content = withUniqueIds(svg, `diagram-${index + 1}`, { title })
    const numbered = env.numbering.get(diagram)
    if (!numbered) return `<figure class="figure diagram">${content}</figure>\n`
    const context = { words: env.words, inline: (text: string) => captionHtml(text, env) }
    return `${figure(content, { numbered, caption, context, kind: 'diagram' })}\n`
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
    const at = env.chapter.references.indexOf(metaOf(token).reference)
    return `<unroll-ref data-n="${at}"></unroll-ref>`
  },

  fence(token, env) {
    const [language = ''] = token.info.trim().split(/[\s{]/)
    const code = token.content.replace(/\n+$/, '')
    return `${codeFrame({ code, language }, env.rendered.highlighted)}\n`
  },

  code_block: (token, env) =>
    `${codeFrame({ code: token.content.replace(/\n+$/, ''), language: '' }, env.rendered.highlighted)}\n`,

  image(token, env, _tokens, _at, renderer) {
    const { target } = metaOf(token)
    const alt = renderer.renderInlineAsText(token.children ?? [], markdown.options, { ...env })
    const others = (token.attrs ?? []).filter(([name]) => !['src', 'alt', 'id'].includes(name))
    const extra = attributes(Object.fromEntries(others.map(([k, v]) => [k, String(v)])))
    const source = target ? `unroll:asset/${env.chapter.targets.indexOf(target)}` : ''
    const img = `<img src="${source}" alt="${escapeHtml(alt)}" loading="lazy"${extra}>`
    const numbered = target && env.numbering.get(target)
    if (!numbered) return img
    const caption = renderInline(token.children ?? [], env)
    const context = { words: env.words, inline: () => caption }
    return figure(img, { numbered, caption, context, kind: 'image' })
  },

  link_open(token, env, tokens, at, renderer) {
    const { target } = metaOf(token)
    if (target) {
      const { href } = target
      token.attrSet('href', `unroll:link/${env.chapter.targets.indexOf(target)}`)
      if (/^https?:/i.test(href)) token.attrSet('rel', 'noopener')
    }
    return renderer.renderToken(tokens, at, markdown.options)
  },

  // A heading that repeats the title is hidden; links to it still arrive.
  heading_open(token, _env, tokens, at, renderer) {
    const id = token.attrGet('id')
    if (!token.hidden) return renderer.renderToken(tokens, at, markdown.options)
    tokens[at + 1].children = []
    return id ? `<span id="${escapeHtml(String(id))}"></span>\n` : ''
  },

  heading_close(token, env, tokens, at) {
    if (token.hidden) return ''
    const id = tokens[at - 2]?.attrGet('id')
    const anchor = id
      ? ` <a class="anchor" href="#${escapeHtml(String(id))}" aria-label="${env.words.anchor}">#</a>`
      : ''
    return `${anchor}</${token.tag}>\n`
  },

  table_open: () => '<div class="table-scroll"><table>\n',
  table_close: () => '</table></div>\n',
  th_open(token, _env, tokens, at, renderer) {
    token.attrSet('scope', 'col')
    return renderer.renderToken(tokens, at, markdown.options)
  },

  // The only inline HTML that a plugin of ours writes: a task's box needs a name.
  html_inline: (token, env) =>
    token.content.startsWith('<input class="task-list-item-checkbox"')
      ? token.content.replace('<input', `<input aria-label="${env.words.task}"`)
      : token.content,

  footnote_block_open: (_token, env) =>
    `<section class="footnotes" aria-label="${env.words.footnotes}">\n<ol class="footnotes-list">\n`,
  footnote_block_close: () => '</ol>\n</section>\n',
  footnote_anchor(token, env) {
    const { id, subId } = token.meta as { id: number; subId: number }
    const suffix = subId > 0 ? `:${subId}` : ''
    return ` <a href="#fnref${id + 1}${suffix}" class="footnote-backref" aria-label="${env.words.backToText}">↩︎</a>`
  },
})

for (const kind of calloutKinds)
  install({
    [`container_${kind}_open`]: (token, env) =>
      `<div class="callout callout-${kind}" role="note"><p class="callout-title">${captionHtml(
        token.info || env.words.callouts[kind],
        env,
      )}</p>\n`,
    [`container_${kind}_close`]: () => '</div>\n',
  })

function formulaHtml(formula: Formula, { rendered }: RenderEnv): string {
  return rendered.formulas.get(formulaKey(formula)) ?? `<code>${escapeHtml(formula.latex)}</code>`
}

/** What a diagram's own source calls it. */
export function diagramTitle({ code }: Diagram): string | undefined {
  return /^\s*(?:title|accTitle:)\s+(.+)$/m.exec(code)?.[1]
}

/** A display formula, with its number at the side. */
function equation(formula: Formula, env: RenderEnv, tag: 'div' | 'span'): string {
  const numbered = env.numbering.get(formula)
  const number = numbered ? `<span class="number">(${numbered.number})</span>` : ''
  const id = attributes({ id: numbered?.label })
  const side = number + proofMark(formula, env)
  return `<${tag} class="equation"${id}>${formulaHtml(formula, env)}${side}</${tag}>`
}

/** ✓ or ✗ beside a formula that a cell has computed, leading to that cell. */
function proofMark({ label }: Formula, { rendered, words }: RenderEnv): string {
  const proof = rendered.proofs.get(label ?? '')
  if (!proof) return ''
  const { cell, holds, bindings, deviation } = proof
  const text = holds ? words.verified(bindings, deviationText(deviation)) : words.refuted
  const shown = holds ? `✓ ${bindings}` : '✗'
  const name = `proof ${holds ? 'holds' : 'refuted'}`
  const href = isShown(cell) ? `#${cellId(cell)}` : undefined
  const tag = href ? 'a' : 'span'
  return `<${tag}${attributes({ class: name, href, title: text })}><span aria-hidden="true">${shown}</span><span class="spoken">${escapeHtml(text)}</span></${tag}>`
}

function deviationText(deviation: number): string {
  return deviation === 0 ? '0' : deviation.toExponential(0)
}
