/** The client of `npm run dev`: shows a saved edit without a reload. The protocol stands in messages.ts. */
import type { LiveMessage } from './messages.ts'
import { showProblems } from './problems.ts'
import { replaceContent } from './replace.ts'
import { readWords } from './words.ts'

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

/** Which build this document is of, if the browser tells: what was sent while it was loading is lost. */
function buildOf(): string | undefined {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  return navigation?.serverTiming?.find(({ name }) => name === 'build')?.description
}

function connect(again: boolean, wait: number): void {
  const address = new URL('/__live', location.href)
  const build = buildOf()
  if (build !== undefined) address.searchParams.set('build', build)
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
