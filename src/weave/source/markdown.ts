/** The Markdown that chapters are written in: CommonMark, GFM's tables, and a list of plugins. */
import MarkdownIt, { type MarkdownIt as Markdown } from 'markdown-it'
import cjkFriendly from 'markdown-it-cjk-friendly'
import definitionList from 'markdown-it-deflist'
import subscript from 'markdown-it-sub'
import superscript from 'markdown-it-sup'
import taskLists from 'markdown-it-task-lists'
import { fencePlugin } from './fence/fences.ts'
import { nearFencePlugin } from './fence/nearFences.ts'
import { almostPlugin } from './markdown/almost.ts'
import { attributePlugin } from './markdown/attributes.ts'
import { bareLinkPlugin } from './markdown/bareLinks.ts'
import { blockMarkPlugin } from './markdown/blockMarks.ts'
import { captionPlugin } from './markdown/captions.ts'
import { containerPlugin } from './markdown/containers.ts'
import { expressionPlugin } from './markdown/expressions.ts'
import { headingIdPlugin } from './markdown/headingIds.ts'
import { linkPlugin } from './markdown/links.ts'
import { nestingPlugin } from './markdown/nesting.ts'
import { notePlugin } from './markdown/notes.ts'
import { nestedPlugin, originPlugin } from './markdown/origins.ts'
import { rawHtmlPlugin } from './markdown/rawHtml.ts'
import { referencePlugin } from './markdown/referenceMarks.ts'
import { softBreakPlugin } from './markdown/softBreaks.ts'
import { tablePlugin } from './markdown/tables.ts'
import { mathPlugin } from './math.ts'

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
