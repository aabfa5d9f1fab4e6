/**
 * What the server of `npm run dev` says to the pages it serves. One WebSocket to `/__live` on the page's origin;
 * the server sends JSON messages, the client none:
 *
 * - `{ "type": "page", "url": "zh/01-x.html", "html": "…" }` the new inner HTML of `<div id="content">` of the document
 *   with that url (relative to the site's root, as in `view.url`). Other documents ignore it. The scroll position
 *   stays and cells that changed light up. When the headings changed, or the page has formulas for the first time,
 *   the document is loaded anew, because its contents and style sheets depend on them.
 * - `{ "type": "reload" }` every document loads anew: navigation, theme or assets changed.
 * - `{ "type": "diagnostics", "items": [{ "severity": "error", "text": "…" }] }` all that is wrong now, formatted,
 *   many of a kind as one; an empty list takes the panel away.
 *
 * A document says with `?build=` which build it is of, as its header `Server-Timing` had it; if there has been another
 * since, the first message is `reload`.
 *
 * When the connection breaks the client tries again, and loads the document anew once the server is back.
 */
export type LiveMessage =
  | { readonly type: 'page'; readonly url: string; readonly html: string }
  | { readonly type: 'reload' }
  | { readonly type: 'diagnostics'; readonly items: readonly Problem[] }

export interface Problem {
  readonly severity: 'error' | 'warning'
  readonly text: string
}
