/** The Markdown that chapters are written in: CommonMark, GFM's tables, and a list of plugins. */
import MarkdownIt, { type MarkdownIt as Markdown } from 'markdown-it'
import attributes from 'markdown-it-attrs'
import cjkFriendly from 'markdown-it-cjk-friendly'
import taskLists from 'markdown-it-task-lists'
import { calloutPlugin } from './callouts.ts'
import { expressionPlugin } from './expressions.ts'
import { fencePlugin } from './fences.ts'
import { footnotePlugin } from './footnotes.ts'
import { headingIdPlugin } from './headingIds.ts'
import { mathPlugin } from './math.ts'
import { originPlugin } from './origins.ts'
import { referencePlugin } from './referenceMarks.ts'
import { softBreakPlugin } from './softBreaks.ts'

/** A new instance: `page` sets its own renderer rules on one. Parsing needs an `Env` (see env.ts). */
export function createMarkdown(): Markdown {
  return new MarkdownIt({ html: true, linkify: false, typographer: false })
    .use(cjkFriendly)
    .use(footnotePlugin)
    .use(taskLists)
    .use(originPlugin)
    .use(fencePlugin)
    .use(calloutPlugin)
    .use(mathPlugin)
    .use(expressionPlugin)
    .use(referencePlugin)
    .use(attributes, {
      allowedAttributes: ['id', 'class', 'width', 'height', 'lang', 'title', /^data-/, /^fig-/],
    })
    .use(headingIdPlugin)
    .use(softBreakPlugin)
}
