/** Chapter, outputs, and what is rendered of it → Page. */
import { type Diagnostic, type Result, warningAt } from '../base/diagnostic.ts'
import { LineIndex } from '../base/position.ts'
import type { Outputs } from '../run/output.ts'
import type { Chapter } from '../source/chapter.ts'
import { type Numbering, numberChapter } from './number.ts'
import { type RenderEnv, renderTokens } from './render.ts'
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
  const env: RenderEnv = { chapter, outputs, rendered, words, numbering }
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
  return { value, diagnostics: missingAlts(chapter, numbering) }
}

/** Figures that say nothing to those who do not see them. */
function missingAlts(chapter: Chapter, numbering: Numbering): Diagnostic[] {
  const index = new LineIndex(chapter.text)
  return chapter.cells
    .filter(c => numbering.get(c)?.kind === 'fig' && !c.options['fig-alt'] && !c.options['fig-cap'])
    .map(c =>
      warningAt(chapter.file, index, c.optionSpans.label ?? c.open, {
        rule: 'alt-missing',
        message: 'this figure has neither `fig-alt` nor `fig-cap`',
        help: 'Say in `fig-alt:` what it shows, for readers who do not see it.',
      }),
    )
}
