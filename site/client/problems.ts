/** The panel at the bottom with what is wrong in the chapters. */
import type { Problem } from './messages.ts'
import type { ClientWords } from './words.ts'

export function showProblems(
  items: readonly Problem[],
  words: Pick<ClientWords, 'problems' | 'close'>,
): void {
  document.querySelector('.problems')?.remove()
  if (items.length === 0) return
  const panel = document.createElement('section')
  panel.className = 'problems'
  panel.setAttribute('role', 'status')
  const head = document.createElement('header')
  const title = document.createElement('h2')
  title.textContent = `${words.problems} (${items.length})`
  const close = document.createElement('button')
  close.type = 'button'
  close.textContent = words.close
  close.addEventListener('click', () => panel.remove())
  head.append(title, close)
  panel.append(head, ...items.map(toText))
  document.body.append(panel)
}

function toText({ severity, text }: Problem): HTMLElement {
  const pre = document.createElement('pre')
  pre.className = severity
  pre.textContent = text
  return pre
}
