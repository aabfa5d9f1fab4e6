/**
 * Mermaid styles its SVG by a sheet of class rules. Inlined in a page these would meet the page's own, so what they come
 * to is written onto each element as attributes, and the sheet goes. This function runs inside the browser:
 * it may use nothing from outside itself.
 */
export function flattenStyles(text: string): string {
  const inherited: Record<string, string> = {
    fill: 'rgb(0, 0, 0)',
    stroke: 'none',
    'stroke-width': '1px',
    'stroke-dasharray': 'none',
    'stroke-linecap': 'butt',
    'stroke-linejoin': 'miter',
    'fill-opacity': '1',
    'stroke-opacity': '1',
    'fill-rule': 'nonzero',
    'font-family': '',
    'font-size': '16px',
    'font-weight': '400',
    'font-style': 'normal',
    'text-anchor': 'start',
    'dominant-baseline': 'auto',
    'letter-spacing': 'normal',
    'paint-order': 'normal',
    visibility: 'visible',
    'marker-start': 'none',
    'marker-mid': 'none',
    'marker-end': 'none',
  }
  const own: Record<string, string> = {
    opacity: '1',
    filter: 'none',
    mask: 'none',
    'clip-path': 'none',
    'alignment-baseline': 'auto',
    'text-decoration-line': 'none',
    'stop-color': 'rgb(0, 0, 0)',
    'stop-opacity': '1',
    'flood-color': 'rgb(0, 0, 0)',
    'flood-opacity': '1',
    rx: 'auto',
    ry: 'auto',
  }
  const html = [
    ...['display', 'color', 'background-color', 'font-family', 'font-size', 'font-weight', 'font-style'],
    ...['line-height', 'text-align', 'vertical-align', 'white-space', 'max-width', 'padding', 'margin'],
  ]
  const svg = document.importNode(
    new DOMParser().parseFromString(text, 'image/svg+xml').documentElement,
    true,
  )
  document.body.replaceChildren(svg)
  // Of HTML and the SVG text behind it, the text; the rules meant for its box would give it the box's colour.
  for (const choice of svg.querySelectorAll('switch')) {
    const words = choice.querySelector('foreignObject > *')
    const color = words ? getComputedStyle(words).color : ''
    for (const text of choice.querySelectorAll('text')) text.style.setProperty('fill', color, 'important')
    for (const foreign of choice.querySelectorAll('foreignObject')) foreign.remove()
    choice.replaceWith(...choice.childNodes)
  }
  // Mermaid writes references for HTML to resolve; in SVG text they are letters.
  const parser = document.createElement('textarea')
  const walker = document.createTreeWalker(svg, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node.parentElement?.closest('text') && /&(?:#\d+|[a-z]\w*);/i.test(node.textContent ?? ''))
      node.textContent = (node.textContent ?? '').replace(/&(?:#\d+|[a-z]\w*);/gi, reference => {
        parser.innerHTML = reference
        return parser.value
      })
  // Without HTML labels, mindmaps leave the text of round nodes starting at the centre.
  for (const label of svg.querySelectorAll<SVGElement>('.mindmap-node > .label[transform^="translate(0,"]'))
    label.style.textAnchor = 'middle'
  // The line runs through its label; half seen is not read.
  for (const patch of svg.querySelectorAll<SVGElement>('.edgeLabel rect')) patch.style.opacity = '0.9'
  const flat: (() => void)[] = []
  const visit = (element: Element, above: Record<string, string>): void => {
    const computed = getComputedStyle(element)
    const isHtml = element instanceof HTMLElement
    if (
      computed.display === 'none' &&
      /^(?:g|text|path|rect|circle|line|polygon|div|span)$/.test(element.tagName)
    ) {
      flat.push(() => element.remove())
      return
    }
    const here = { ...above }
    const found: [string, string][] = []
    for (const [name, initial] of Object.entries({ ...inherited, ...own })) {
      if (name === 'text-decoration-line' && computed.getPropertyValue(name) !== initial)
        found.push(['text-decoration', computed.getPropertyValue(name)])
      const value = computed
        .getPropertyValue(name)
        .replace(/^0px$/, name === 'stroke-dasharray' ? 'none' : '0')
      if (value === '' || name === 'text-decoration-line') continue
      if (value !== (name in inherited ? above[name] : initial)) found.push([name, value])
      if (name in inherited) here[name] = value
    }
    const style = html.map(name => `${name}:${computed.getPropertyValue(name)}`).join(';')
    flat.push(() => {
      element.removeAttribute('style')
      if (isHtml) element.setAttribute('style', style)
      else
        for (const [name, value] of found)
          if (!/^r[xy]$/.test(name) || element.tagName === 'rect') element.setAttribute(name, value)
    })
    for (const child of element.children) visit(child, here)
  }
  const font = getComputedStyle(svg).fontFamily
  for (const child of svg.children)
    if (child.tagName !== 'style' && child.tagName !== 'title' && child.tagName !== 'desc')
      visit(child, { ...inherited, 'font-family': font })
  for (const write of flat) write()
  // Some kinds of diagrams reckon with short labels only: the picture grows as far as its words reach.
  const box =
    svg
      .getAttribute('viewBox')
      ?.split(/[\s,]+/)
      .map(Number) ?? []
  const toUser = (svg as unknown as SVGSVGElement).getScreenCTM()?.inverse()
  if (box.length === 4 && toUser) {
    let [left, top, right, bottom] = [box[0], box[1], box[0] + box[2], box[1] + box[3]]
    for (const words of svg.querySelectorAll('text, foreignObject')) {
      const rect = words.getBoundingClientRect()
      if (rect.width === 0 || words.closest('defs, marker, symbol')) continue
      const [from, to] = [
        new DOMPoint(rect.left, rect.top).matrixTransform(toUser),
        new DOMPoint(rect.right, rect.bottom).matrixTransform(toUser),
      ]
      left = Math.min(left, from.x)
      top = Math.min(top, from.y)
      right = Math.max(right, to.x)
      bottom = Math.max(bottom, to.y)
    }
    svg.setAttribute('viewBox', [left, top, right - left, bottom - top].join(' '))
  }
  for (const sheet of svg.querySelectorAll('style')) sheet.remove()
  const result = new XMLSerializer().serializeToString(svg)
  document.body.replaceChildren()
  return result
}
