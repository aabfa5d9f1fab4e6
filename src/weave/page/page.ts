/** Chapter, outputs, and what is rendered of it → Page. */
import { type Diagnostic, errorAt, type Result, warningAt } from '../base/diagnostic.ts'
import { LineIndex, type Span } from '../base/position.ts'
import type { Outputs } from '../run/output.ts'
import type { Cell, Chapter, Target } from '../source/chapter.ts'
import { type Numbering, numberChapter } from './number.ts'
import { diagramTitle, type RenderEnv, renderTokens } from './render.ts'
import { imageLabels, labelsOf, textOf, tocOf, withFigures, withoutTitle } from './tokens.ts'
import type { Page, PageOptions, Rendered } from './types.ts'
import { wordsOf } from './words.ts'

export type * from './types.ts'

/** Chapter + outputs + what is rendered → Page. Pure and synchronous. */
export function renderPage(
  chapter: Chapter,
  outputs: Outputs,
  rendered: Rendered,
  { number, lang }: PageOptions,
): Result<Page> {
  const words = wordsOf(lang)
  const tokens = withoutTitle(withFigures(chapter.tokens), chapter.title)
  const images = imageLabels(tokens)
  const numbering = numberChapter(chapter, images, number)
  const malformed: Diagnostic[] = []
  const onMalformed = ({ open }: Cell, message: string) =>
    malformed.push(errorAt(chapter.file, chapter.text, open, malformedSvg(message)))
  const env: RenderEnv = { chapter, outputs, rendered, words, numbering, onMalformed }
  const html = renderTokens(tokens, env)
  const anchors = [...html.matchAll(/\sid="([^"]+)"/g)].map(m => m[1])
  const value: Page = {
    file: chapter.file,
    path: chapter.path,
    book: chapter.book,
    slug: chapter.slug,
    source: chapter.text,
    title: chapter.title,
    frontMatter: chapter.frontMatter,
    number,
    html,
    toc: tocOf(tokens, env),
    labels: labelsOf(chapter, numbering, tokens, env),
    anchors,
    references: chapter.references,
    targets: chapter.targets,
    text: textOf(tokens, outputs),
    hasMath: html.includes('class="katex'),
  }
  return { value, diagnostics: [...malformed, ...missingAlts(chapter, numbering)] }
}

function malformedSvg(message: string) {
  return {
    rule: 'svg-malformed',
    message: `the SVG that this cell shows is not well-formed: ${message}`,
    help: 'SVG is XML: every element is closed, in the order in which they were opened.',
  }
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
    .filter(t => t.type === 'image' && t.content.trim() === '')
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
