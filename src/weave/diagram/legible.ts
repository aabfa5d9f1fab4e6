/**
 * Whether labels can be read: the contrast of each with what is painted under its middle, on the light page and on the dark
 * one; and whether something is painted over it.
 */
import { type Color, contrast, darkPaper } from './color.ts'
import { type SvgElement, textOf, unescapeText } from './markup.ts'
import { colorIn, type Mode } from './palette.ts'
import { covers, type Label, type Painted, sceneOf } from './scene.ts'

export interface FaintLabel {
  readonly text: string
  readonly mode: Mode
  /** WCAG contrast ratio with its ground. */
  readonly ratio: number
}

/** Labels whose contrast is below `least`, once for each mode. */
export function faintLabels(svg: string, least: number): FaintLabel[] {
  const { shapes, labels } = sceneOf(svg)
  return labels.flatMap(label => (label.isOnMarker ? [] : faintIn(label, shapes, least)))
}

/** The texts of labels over which a box is painted later. */
export function coveredLabels(svg: string): string[] {
  const { shapes, labels } = sceneOf(svg)
  return labels.flatMap(({ element, middle: [x, y], after }) => {
    const isCovered = shapes
      .slice(after)
      .some(
        shape => shape.opacity > 0.8 && /^(?:rect|circle|ellipse)$/.test(shape.name) && covers(shape, x, y),
      )
    return isCovered ? [unescapeText(textOf(element)).trim()] : []
  })
}

function faintIn(
  { element: label, middle: [x, y], opacity, size, after }: Label,
  shapes: readonly Painted[],
  least: number,
): FaintLabel[] {
  const under = shapes.slice(0, after).filter(shape => covers(shape, x, y) && isGround(shape, size))
  const worst: FaintLabel[] = []
  for (const mode of ['light', 'dark'] as const) {
    let ground: Color | undefined = mode === 'light' ? { r: 255, g: 255, b: 255, a: 1 } : darkPaper
    for (const { filled, opacity } of under) {
      const color = colorIn(mode, filled, 'fill')
      // A gradient, a pattern: what lies on it is not judged.
      ground = color && ground ? over(color, ground, opacity) : undefined
    }
    if (!ground) continue
    for (const [part, filled] of partsOf(label, undefined)) {
      const color = filled && colorIn(mode, filled, 'fill')
      const ratio = color ? contrast(over(color, ground, opacity), ground) : least
      if (ratio < least) worst.push({ text: unescapeText(part).trim(), mode, ratio })
    }
  }
  return worst
}

/** A label stands on what is as big as its letters, not on the head of an arrow beside it. */
function isGround({ box: [left, top, right, bottom] }: Painted, size: number): boolean {
  return Math.min(right - left, bottom - top) >= 0.9 * size
}

/** Each piece of a label's text, and the element whose fill it has. */
function* partsOf(
  element: SvgElement,
  above: SvgElement | undefined,
): Generator<readonly [string, SvgElement | undefined]> {
  const filled = element.attributes.has('fill') ? element : above
  for (const child of element.children)
    if (typeof child !== 'string') yield* partsOf(child, filled)
    else if (child.trim() !== '') yield [child, filled]
}

function over(color: Color, ground: Color, opacity: number): Color {
  const a = color.a * opacity
  const mix = (one: number, other: number) => one * a + other * (1 - a)
  return { r: mix(color.r, ground.r), g: mix(color.g, ground.g), b: mix(color.b, ground.b), a: 1 }
}
