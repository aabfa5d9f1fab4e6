/** One chapter's text → its page, without running or drawing anything. */
import type { Diagnostic } from '../../src/weave/base/diagnostic.ts'
import { fillHoles } from '../../src/weave/page/holes.ts'
import { renderPage } from '../../src/weave/page/page.ts'
import type { Page } from '../../src/weave/page/types.ts'
import { noOutputs } from '../../src/weave/run/output.ts'
import type { Chapter } from '../../src/weave/source/chapter.ts'
import { parseChapter } from '../../src/weave/source/parse.ts'

export interface TestPage {
  readonly chapter: Chapter
  readonly page: Page
  /** Targets as they are written, references by their labels. */
  readonly html: string
  readonly diagnostics: readonly Diagnostic[]
}

export function pageOf(text: string, lang = 'en'): TestPage {
  const parsed = parseChapter({ file: 'a.md', path: '/a.md', book: '', slug: 'a', text })
  const chapter = parsed.value
  const rendered = {
    proofs: new Map(),
    formulas: new Map(),
    highlighted: new Map(),
    diagram: () => undefined,
  }
  const { value: page, diagnostics } = renderPage(chapter, noOutputs, rendered, { number: 1, lang })
  const html = fillHoles(page.html, (kind, index) =>
    kind === 'link' || kind === 'asset'
      ? chapter.targets[index].href.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
      : `@${chapter.references[index].label}`,
  )
  return { chapter, page, html, diagnostics: [...parsed.diagnostics, ...diagnostics] }
}
