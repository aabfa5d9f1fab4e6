/** What runs inside the test page: it measures, and returns plain data. Nothing from outside may be used here. */

export interface Fit {
  /** The id of the SVG. */
  readonly svg: string
  readonly text: string
  /** How far it sticks out of its box, the smallest filled shape round its middle; 0 where it has none. */
  readonly over: number
  /** How far it sticks out of the picture. */
  readonly cut: number
  /** Its own box, seen from the picture's corner: left, top, width, height. */
  readonly place: readonly number[]
}

/** Each label and how it fits, in units of its SVG. */
export function fitOf(): Fit[] {
  const found: Fit[] = []
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect()
    const scale = frame.width / svg.viewBox.baseVal.width
    const shapes = [...svg.querySelectorAll('rect, polygon, circle, ellipse, path')]
      .filter(shape => shape.closest('defs, marker') === null && getComputedStyle(shape).fill !== 'none')
      .map(shape => shape.getBoundingClientRect())
    for (const label of svg.querySelectorAll('text, foreignObject')) {
      const inside = label.tagName === 'text' ? label : (label.firstElementChild ?? label)
      const { left, right, top, bottom, width, height } = inside.getBoundingClientRect()
      const [x, y] = [(left + right) / 2, (top + bottom) / 2]
      const round =
        label.tagName === 'text'
          ? shapes
              .filter(s => s.left < x && s.right > x && s.top < y && s.bottom > y && s.height > 10)
              .sort((a, b) => a.width * a.height - b.width * b.height)[0]
          : label.getBoundingClientRect()
      if (width === 0) continue
      const beyond = Math.max(frame.left - left, right - frame.right, frame.top - top, bottom - frame.bottom)
      found.push({
        svg: svg.id,
        text: label.textContent ?? '',
        over: round ? Math.max(round.left - left, right - round.right) / scale : 0,
        cut: beyond / scale,
        place: [left - frame.left, top - frame.top, width, height].map(n => n / scale),
      })
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
