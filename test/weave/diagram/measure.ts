/** What runs inside the test page: it measures, and returns plain data. Nothing from outside may be used here. */

/** Each label that has a box of its own (the smallest shape round its middle), and how far it sticks out of it, in px. */
export function boxesOf(): { text: string; over: number }[] {
  const found: { text: string; over: number }[] = []
  for (const svg of document.querySelectorAll('svg')) {
    const shapes = [...svg.querySelectorAll('rect, polygon, circle, ellipse, path')]
      .filter(shape => shape.closest('defs, marker') === null && getComputedStyle(shape).fill !== 'none')
      .map(shape => shape.getBoundingClientRect())
    for (const label of svg.querySelectorAll('text')) {
      const { left, right, top, bottom, width } = label.getBoundingClientRect()
      const [x, y] = [(left + right) / 2, (top + bottom) / 2]
      const round = shapes
        .filter(s => s.left < x && s.right > x && s.top < y && s.bottom > y && s.height > 10)
        .sort((a, b) => a.width * a.height - b.width * b.height)[0]
      if (!round || width === 0) continue
      found.push({ text: label.textContent ?? '', over: Math.max(round.left - left, right - round.right) })
    }
  }
  return found
}

/** Each label's colour, and its WCAG contrast with what is painted under its middle. */
export function contrastsOf(paper: string): { text: string; color: string; ratio: number }[] {
  document.body.style.background = paper
  const luminance = (color: string) => {
    const [r, g, b] = (color.match(/[\d.]+/g) ?? []).map(Number)
    const linear = (c: number) => (c <= 10.31475 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
  }
  const painted = (element: Element) =>
    /^(?:rect|polygon|path|circle|ellipse)$/.test(element.tagName) &&
    getComputedStyle(element).fill !== 'none'
  const found: { text: string; color: string; ratio: number }[] = []
  for (const label of document.querySelectorAll('svg text')) {
    label.scrollIntoView({ block: 'center' })
    const { left, top, width, height } = label.getBoundingClientRect()
    if (width === 0) continue
    const under = document.elementsFromPoint(left + width / 2, top + height / 2).find(painted)
    const ground = under ? getComputedStyle(under).fill : getComputedStyle(document.body).backgroundColor
    let innermost = label
    while (innermost.firstElementChild) innermost = innermost.firstElementChild
    const color = getComputedStyle(innermost).fill
    const [light, dark] = [luminance(color), luminance(ground)].sort((p, q) => q - p)
    found.push({ text: label.textContent ?? '', color, ratio: (light + 0.05) / (dark + 0.05) })
  }
  return found
}
