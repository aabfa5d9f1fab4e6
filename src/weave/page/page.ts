/** Chapter, outputs, and what is rendered of it → Page. */
import { type Diagnostic, type Result, warningAt } from '../base/diagnostic.ts'
import { LineIndex, type Span } from '../base/position.ts'
import type { Outputs } from '../run/output.ts'
import type { Chapter, Target } from '../source/chapter.ts'
import { escapeHtml } from './html.ts'
import { type Numbering, numberChapter } from './number.ts'
import { outputProblems } from './outputProblems.ts'
import { plainText } from './plainText.ts'
import { diagramTitle, type RenderEnv, renderInline, renderTokens } from './render.ts'
import { imageLabels, labelsOf, textOf, tocOf, withFigures } from './tokens.ts'
import type { Page, PageOptions, Rendered } from './types.ts'
import { wordsOf } from './words.ts'

export type * from './types.ts'

/** The id of a tag, in whatever quotes. */
const idOf = /<[a-z][^<>]*?\sid=(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))/gi

/** Chapter + outputs + what is rendered → Page. Pure and synchronous. */
export function renderPage(
  chapter: Chapter,
  outputs: Outputs,
  rendered: Rendered,
  { number, lang }: PageOptions,
): Result<Page> {
  const words = wordsOf(lang)
  const tokens = withFigures(chapter.tokens)
  const images = imageLabels(tokens)
  const numbering = numberChapter(chapter, images, number)
  const env: RenderEnv = { chapter, outputs, rendered, words, numbering }
  const html = renderTokens(tokens, env)
  const toc = tocOf(tokens, env)
  const description = chapter.descriptionTokens
  const titleHtml = chapter.titleTokens
    ? renderInline(chapter.titleTokens, { ...env, linkless: true })
    : escapeHtml(chapter.title)
  const anchors = [...html.matchAll(idOf)].map(m => m[1] ?? m[2] ?? m[3])
  const value: Page = {
    file: chapter.file,
    path: chapter.path,
    book: chapter.book,
    slug: chapter.slug,
    source: chapter.text,
    title: chapter.title,
    titleHtml,
    description: description && {
      html: renderInline(description, { ...env, linkless: true }),
      text: plainText(description, outputs),
    },
    frontMatter: chapter.frontMatter,
    number,
    html,
    toc,
    labels: labelsOf(chapter, { numbering, toc, title: { html: titleHtml, text: chapter.title } }, env),
    anchors,
    references: chapter.references,
    targets: chapter.targets,
    text: textOf(tokens, outputs),
    hasMath: html.includes('class="katex'),
  }
  return { value, diagnostics: [...missingAlts(chapter, numbering), ...outputProblems(chapter, outputs)] }
}

/** Figures, diagrams and images that say nothing to those who do not see them. */
function missingAlts(chapter: Chapter, numbering: Numbering): Diagnostic[] {
  const index = new LineIndex(chapter.text)
  const rule = 'alt-missing'
  const warn = (span: Span, message: string, help: string) =>
    warningAt(chapter.file, index, span, { rule, message, help })
  const cells = chapter.cells
    .filter(c => numbering.get(c)?.kind === 'fig' && !c.options['fig-alt'] && !c.options['fig-cap'])
    .map(c =>
      warn(
        c.optionSpans.label ?? c.open,
        'this figure has neither `fig-alt` nor `fig-cap`',
        'Say in `fig-alt:` what it shows, for readers who do not see it.',
      ),
    )
  const diagrams = chapter.diagrams
    .filter(d => !d.alt && !d.caption && diagramTitle(d) === undefined)
    .map(d =>
      warn(
        d.open,
        'this diagram has neither `fig-alt`, nor `fig-cap`, nor a title',
        'Say what it shows, for readers who do not see it: `{fig-alt="…"}` behind the language.',
      ),
    )
  const images = chapter.tokens
    .flatMap(t => t.children ?? [])
    .filter(t => t.type === 'image' && t.content.trim() === '' && !t.attrGet('fig-alt'))
    .flatMap(t => ((t.meta as { target?: Target } | null)?.target?.span ?? []) as Span | [])
    .map(span =>
      warn(
        span as Span,
        'this image has no text',
        'Say what it shows, for readers who do not see it: `![what it shows](…)`.',
      ),
    )
  return [...cells, ...diagrams, ...images]
}
