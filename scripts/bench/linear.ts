/**
 * Whether time grows no faster than the text: documents that have made parsers quadratic, through the stages that need
 * nothing running, beside markdown-it alone with the official plugins that we use, too.
 */
import MarkdownIt from 'markdown-it'
import cjkFriendly from 'markdown-it-cjk-friendly'
import footnote from 'markdown-it-footnote'
import taskLists from 'markdown-it-task-lists'
import { toConfig } from '../../src/weave/base/config.ts'
import { fillPages } from '../../src/weave/book/book.ts'
import type { Theme } from '../../src/weave/book/theme.ts'
import { typesetFormulas } from '../../src/weave/math/typeset.ts'
import { renderPage } from '../../src/weave/page/page.ts'
import { toProgram } from '../../src/weave/program/program.ts'
import { noOutputs } from '../../src/weave/run/output.ts'
import { parseChapter } from '../../src/weave/source/parse.ts'

export interface Growth {
  readonly name: string
  /** Seconds of markdown-it, and ours, and ours for half as much. */
  readonly plain: number
  readonly ours: number
  readonly half: number
  /** Ours is many times markdown-it's, or more than linear. */
  readonly isSlow: boolean
}

/** Times of markdown-it that ours may take. */
const most = 10
/** Seconds that are too little to tell. */
const little = 0.5

const section = (i: number, n: number) => `## Section ${i} {#sec-s${i}}

Some words in a paragraph with *emphasis*, \`code\`, a [link](#sec-s${(i * 7) % n}) and a reference: @sec-s${(i * 3) % n}.

- a list
- of words

| a | b |
|---|---|
| 1 | 2 |

`
const repeat = (n: number, piece: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => piece(i)).join('')

/** Chapters for a size. */
const cases: Readonly<
  Record<string, { readonly size: number; readonly make: (n: number) => readonly string[] }>
> = {
  'emphasis with a class': { size: 4000, make: n => [repeat(n, () => '*a*{.a} ')] },
  'equal headings': { size: 4000, make: n => [repeat(n, () => '## a\n\n')] },
  'headings with ids': { size: 4000, make: n => [repeat(n, i => `## a {#sec-a${i}}\n\n`)] },
  footnotes: { size: 4000, make: n => [repeat(n, i => `a[^${i}]\n\n[^${i}]: b\n\n`)] },
  'inline footnotes': { size: 4000, make: n => [repeat(n, () => 'a^[b] ')] },
  links: { size: 4000, make: n => [`# b\n\n${repeat(n, () => '[a](#b) ')}`] },
  images: { size: 4000, make: n => [repeat(n, () => '![a](b.png)\n\n')] },
  references: { size: 4000, make: n => [`# b {#sec-b}\n\n${repeat(n, () => 'see @sec-b, ')}`] },
  callouts: { size: 4000, make: n => [repeat(n, () => '> [!NOTE]\n> a\n\n')] },
  containers: { size: 4000, make: n => [repeat(n, () => '::: note\na\n:::\n\n')] },
  'rows of a table': { size: 4000, make: n => [`|a|b|\n|-|-|\n${repeat(n, () => '|a|b|\n')}`] },
  'lines of a paragraph': { size: 20_000, make: n => [repeat(n, () => 'some words in a line\n')] },
  'lines of code': { size: 20_000, make: n => [`\`\`\`js\n${repeat(n, () => 'a()\n')}\`\`\`\n`] },
  'a chapter of 5 MB': { size: 26_000, make: n => [repeat(n, i => section(i, n))] },
  '5,000 small chapters': {
    size: 5000,
    make: n =>
      Array.from(
        { length: n },
        (_, i) => `# Chapter ${i}\n\nWords, [another](${(i * 7) % n}.md).\n\n${section(i, n)}`,
      ),
  },
}

const markdown = new MarkdownIt({ html: true }).use(cjkFriendly).use(footnote).use(taskLists)
const config = toConfig({}, ['zh'], '').value
const theme: Theme = {
  layout: () => '',
  assets: [],
  version: '',
  diagramFonts: { family: '', stylesheets: [] },
}

/** Every case, or those whose names begin with `only`. */
export async function* timeGrowth(only = ''): AsyncGenerator<Growth> {
  await secondsOf(async () => throughStages(['# Warm $x$\n']))
  for (const [name, { size, make }] of Object.entries(cases)) {
    if (!name.startsWith(only)) continue
    const texts = make(size)
    const plain = await secondsOf(() => renderPlainly(texts))
    const half = await secondsOf(() => throughStages(make(size / 2)))
    const ours = await secondsOf(() => throughStages(texts))
    const isSlow = ours > little && (ours > most * plain || ours > 3 * half)
    yield { name, plain, ours, half, isSlow }
  }
}

async function renderPlainly(texts: readonly string[]): Promise<void> {
  for (const text of texts) markdown.render(text)
}

async function throughStages(texts: readonly string[]): Promise<void> {
  const pages = []
  for (const [i, text] of texts.entries()) {
    const { value } = parseChapter({
      file: `zh/${i}.md`,
      path: `/zh/${i}.md`,
      book: 'zh',
      slug: String(i),
      text,
    })
    toProgram(value)
    const typeset = await typesetFormulas([value], { macros: {} })
    const rendered = {
      formulas: typeset.value,
      proofs: new Map(),
      highlighted: new Map(),
      diagram: () => undefined,
    }
    pages.push(renderPage(value, noOutputs, rendered, { number: i + 1, lang: 'zh-CN' }).value)
  }
  fillPages(pages, { config, theme, fileHash: () => undefined })
}

/** The better of two: what disturbs the machine once is in one of them only. */
async function secondsOf(work: () => Promise<void>): Promise<number> {
  const once = async () => {
    const began = performance.now()
    await work()
    return (performance.now() - began) / 1000
  }
  const first = await once()
  return Math.min(first, first > 5 ? first : await once())
}
