/** The Markdown that chapters are written in: CommonMark, GFM's tables, and a list of plugins. */
import MarkdownIt, { type MarkdownIt as Markdown } from 'markdown-it'
import cjkFriendly from 'markdown-it-cjk-friendly'
import definitionList from 'markdown-it-deflist'
import subscript from 'markdown-it-sub'
import superscript from 'markdown-it-sup'
import taskLists from 'markdown-it-task-lists'
import { almostPlugin } from './almost.ts'
import { attributePlugin } from './attributes.ts'
import { bareLinkPlugin } from './bareLinks.ts'
import { blockMarkPlugin } from './blockMarks.ts'
import { captionPlugin } from './captions.ts'
import { containerPlugin } from './containers.ts'
import { expressionPlugin } from './expressions.ts'
import { fencePlugin } from './fences.ts'
import { headingIdPlugin } from './headingIds.ts'
import { linkPlugin } from './links.ts'
import { mathPlugin } from './math.ts'
import { nearFencePlugin } from './nearFences.ts'
import { nestingPlugin } from './nesting.ts'
import { notePlugin } from './notes.ts'
import { nestedPlugin, originPlugin } from './origins.ts'
import { rawHtmlPlugin } from './rawHtml.ts'
import { referencePlugin } from './referenceMarks.ts'
import { softBreakPlugin } from './softBreaks.ts'
import { tablePlugin } from './tables.ts'

/** A new instance: `page` sets its own renderer rules on one. Parsing needs an `Env` (see env.ts). */
export function createMarkdown(): Markdown {
  return new MarkdownIt({ html: true, typographer: false })
    .use(cjkFriendly)
    .use(bareLinkPlugin)
    .use(definitionList)
    .use(subscript)
    .use(superscript)
    .use(notePlugin)
    .use(taskLists)
    .use(originPlugin)
    .use(nestingPlugin)
    .use(tablePlugin)
    .use(blockMarkPlugin)
    .use(fencePlugin)
    .use(nearFencePlugin)
    .use(containerPlugin)
    .use(mathPlugin)
    .use(expressionPlugin)
    .use(referencePlugin)
    .use(nestedPlugin, 'image', 2)
    .use(linkPlugin)
    .use(attributePlugin)
    .use(rawHtmlPlugin)
    .use(almostPlugin)
    .use(headingIdPlugin)
    .use(softBreakPlugin)
    .use(captionPlugin)
}
