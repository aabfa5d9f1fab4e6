/** Puts new HTML in the place of the page's content, so that the reader's eye stays where it was. */

/** False when the document has to be loaded anew instead. */
export function replaceContent(html: string): boolean {
  const content = document.getElementById('content')
  if (!content) return false
  const next = document.createElement('div')
  next.innerHTML = html
  if (outline(next) !== outline(content)) return false
  if (next.querySelector('.katex') && !content.querySelector('.katex')) return false
  const changed = changedCells(content, next)
  keepFolds(content, next)
  const place = findPlace(content)
  content.replaceChildren(...next.childNodes)
  if (place) restore(place)
  for (const cell of changed) light(cell)
  document.dispatchEvent(new Event('unroll:content'))
  return true
}

/** What the contents of the page show. */
function outline(content: Element): string {
  return [...content.querySelectorAll('h2[id], h3[id]')].map(h => `${h.id} ${h.textContent}`).join('\n')
}

/** Cells by their id, or by their number when they have none. */
function cellsOf(content: Element): Map<string, Element> {
  const cells = [...content.querySelectorAll('.cell')]
  return new Map(cells.map(cell => [cell.id || cell.getAttribute('data-cell') || '', cell]))
}

function changedCells(before: Element, after: Element): readonly Element[] {
  const old = cellsOf(before)
  return [...cellsOf(after)]
    .filter(([name, cell]) => toHtml(old.get(name)) !== toHtml(cell))
    .map(([, c]) => c)
}

/** A cell's HTML without what the reader and the islands did to it. */
function toHtml(cell: Element | undefined): string | undefined {
  if (!cell) return undefined
  const copy = cell.cloneNode(true) as Element
  for (const button of copy.querySelectorAll('.copy')) button.remove()
  for (const fold of copy.querySelectorAll('details')) fold.removeAttribute('open')
  copy.classList.remove('changed')
  return copy.innerHTML
}

function keepFolds(before: Element, after: Element): void {
  const old = cellsOf(before)
  for (const [name, cell] of cellsOf(after)) {
    const was = old.get(name)?.querySelector('details')
    const is = cell.querySelector('details')
    if (was && is) is.open = was.open
  }
}

interface Place {
  readonly id: string
  readonly top: number
}

/** The last thing with an id that starts above the window's middle. */
function findPlace(content: Element): Place | undefined {
  const marks = [...content.querySelectorAll('[id]')]
    .filter(mark => mark.getClientRects().length > 0 && !mark.closest('svg, .katex'))
    .map(mark => ({ id: mark.id, top: mark.getBoundingClientRect().top }))
  return marks.findLast(mark => mark.top < innerHeight / 2)
}

function restore({ id, top }: Place): void {
  const mark = document.getElementById(id)
  if (mark) scrollBy({ top: mark.getBoundingClientRect().top - top, behavior: 'instant' })
}

function light(cell: Element): void {
  cell.classList.add('changed')
  setTimeout(() => cell.classList.remove('changed'), 2000)
}
