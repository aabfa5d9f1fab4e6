/** What is served where there is no document. */
import { escapeHtml } from '../page/html.ts'

/** Looks again every second: a chapter that is being renamed, or mended, comes back to its open page. */
export function missingDocument(url: string): string {
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>404</title>
<p>There is no ${escapeHtml(url)}. <a href="/">Contents</a></p>`
}

/** What is served of a document whose layout has failed. */
export function brokenDocument(file: string): string {
  return `<!doctype html><meta charset="utf-8"><title>500</title>
<p>The layout of ${escapeHtml(file)} has failed. <a href="/">Contents</a></p>`
}
