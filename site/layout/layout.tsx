/** A view → a whole HTML document. */
import { render } from 'preact-render-to-string'
import type { ChapterView, IndexView } from '../../src/weave/book/theme.ts'
import { Chapter } from './chapter.tsx'
import { Document, type ThemeFiles } from './document.tsx'
import { Start } from './start.tsx'

export function renderView(view: ChapterView | IndexView, files: ThemeFiles): string {
  const body = view.kind === 'chapter' ? <Chapter view={view} /> : <Start view={view} />
  const html = render(
    <Document view={view} files={files}>
      {body}
    </Document>,
  )
  return `<!DOCTYPE html>\n${html}\n`
}
