/**
 * The client of `npm run dev`: shows a saved edit without a reload. One WebSocket to `/__live` on the page's origin;
 * the server sends JSON messages, the client none:
 *
 * - `{ "type": "page", "url": "zh/01-x.html", "html": "…" }` the new inner HTML of `<div id="content">` of the document
 *   with that url (relative to the site's root, as in `view.url`). Other documents ignore it. The scroll position
 *   stays and cells that changed light up. When the headings changed, or the page has formulas for the first time,
 *   the document is loaded anew, because its contents and style sheets depend on them.
 * - `{ "type": "reload" }` every document loads anew: navigation, theme or assets changed.
 * - `{ "type": "diagnostics", "items": [{ "severity": "error", "text": "…" }] }` all that is wrong now, formatted;
 *   an empty list takes the panel away.
 *
 * When the connection breaks the client tries again, and loads the document anew once the server is back.
 */
import { showProblems } from './problems.ts'
import { replaceContent } from './replace.ts'
import { readWords } from './words.ts'

export type LiveMessage =
  | { readonly type: 'page'; readonly url: string; readonly html: string }
  | { readonly type: 'reload' }
  | { readonly type: 'diagnostics'; readonly items: readonly Problem[] }

export interface Problem {
  readonly severity: 'error' | 'warning'
  readonly text: string
}

const words = readWords()
const script = document.currentScript
const url = script instanceof HTMLScriptElement ? script.dataset.url : undefined

function receive(message: LiveMessage): void {
  switch (message.type) {
    case 'page':
      if (message.url === url && !replaceContent(message.html)) location.reload()
      return
    case 'reload':
      location.reload()
      return
    case 'diagnostics':
      showProblems(message.items, words)
      return
    default:
      message satisfies never
  }
}

function connect(again: boolean, wait: number): void {
  const address = new URL('/__live', location.href)
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(address)
  let open = false
  socket.addEventListener('open', () => {
    open = true
    if (again) location.reload()
  })
  socket.addEventListener('message', event => receive(JSON.parse(String(event.data)) as LiveMessage))
  socket.addEventListener('close', () => {
    setTimeout(() => connect(again || open, Math.min(open ? 250 : wait * 1.5, 3000)), wait)
  })
}

connect(false, 250)
