/**
 * Colours as diagrams write them, and what becomes of them on a dark page: lightness is turned over, hue stays.
 * Turned over in the logarithm of WCAG's luminance, because there differences are contrast ratios, and those are what
 * the author (or the engine) chose; OKLCH (Ottosson 2020) finds the colour of that luminance and hue.
 */
import { colorNames } from './colorNames.ts'

/** Channels from 0 to 255, alpha from 0 to 1. */
export interface Color {
  readonly r: number
  readonly g: number
  readonly b: number
  readonly a: number
}

/** The colour that a CSS or SVG value names; undefined for anything else (`none`, `url(#g)`, `currentColor`). */
export function parseColor(value: string): Color | undefined {
  const text = value.trim().toLowerCase()
  if (text === 'transparent') return { r: 0, g: 0, b: 0, a: 0 }
  const hex = /^#([\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/.exec(text)?.[1] ?? colorNames.get(text)
  if (hex !== undefined) {
    const wide = hex.length < 6 ? [...hex].map(c => c + c).join('') : hex
    const [r, g, b, a = 255] = (wide.match(/../g) ?? []).map(pair => Number.parseInt(pair, 16))
    return { r, g, b, a: a / 255 }
  }
  const call = /^(rgb|hsl)a?\(([^)]*)\)$/.exec(text)
  if (!call) return undefined
  const [x, y, z, alpha = '1'] = call[2].split(/[\s,/]+/).filter(Boolean)
  if (z === undefined) return undefined
  const a = alpha.endsWith('%') ? Number.parseFloat(alpha) / 100 : Number(alpha)
  const of255 = (part: string) => Number.parseFloat(part) * (part.endsWith('%') ? 2.55 : 1)
  const color =
    call[1] === 'rgb'
      ? { r: of255(x), g: of255(y), b: of255(z), a }
      : { ...fromHsl(Number.parseFloat(x), Number.parseFloat(y) / 100, Number.parseFloat(z) / 100), a }
  return Object.values(color).some(Number.isNaN) ? undefined : color
}

/** The shortest hex form. */
export function printColor({ r, g, b, a }: Color): string {
  const pair = (x: number) =>
    Math.round(Math.min(255, Math.max(0, x)))
      .toString(16)
      .padStart(2, '0')
  return `#${pair(r)}${pair(g)}${pair(b)}${a < 1 ? pair(a * 255) : ''}`
}

/** Relative luminance of WCAG 2: black 0, white 1. */
export function luminance(color: Color): number {
  return luminanceOf(toLinear(color))
}

/** Contrast ratio of WCAG 2, from 1 to 21. */
export function contrast(one: Color, other: Color): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

/** Whether a colour is a grey, black or white: nobody means a hue by it. */
export function isNeutral({ r, g, b }: Color): boolean {
  return Math.max(r, g, b) - Math.min(r, g, b) <= 6
}

/** The page of the dark mode, which white becomes; and its text, which black becomes. */
export const darkPaper: Color = { r: 0x16, g: 0x18, b: 0x1c, a: 1 }
export const darkInk: Color = { r: 0xec, g: 0xee, b: 0xf1, a: 1 }

/** What a colour is used for: the area of a shape, or lines and letters. */
export type ColorRole = 'area' | 'mark'

/**
 * The same colour for a dark page. White becomes `darkPaper`, black `darkInk`. A mark keeps its contrast with the page,
 * up to the ink's. For areas the logarithm of the contrast keeps its proportion (15:1 has to do for what was
 * 21:1, or text would glare), with a lift by which pale ones stand out from the page: so text on a box, dark on light or light on
 * dark, stays as legible as it was. Pale hues get stronger, for the eye sees less of them in the dark.
 */
export function toDark(color: Color, role: ColorRole): Color {
  const lowest = luminance(darkPaper) + 0.05
  const range = Math.log((luminance(darkInk) + 0.05) / lowest)
  const depth = Math.log(1.05 / (luminance(color) + 0.05))
  const lift = 0.12 * (1 - Math.exp(-depth / 0.1))
  const height = role === 'mark' ? Math.min(depth, range) : ((range - 0.12) / Math.log(21)) * depth + lift
  const wanted = lowest * Math.exp(height) - 0.05
  if (isNeutral(color)) return neutralOf(wanted, color.a)
  const [, a, b] = toOklab(toLinear(color))
  const chroma = Math.hypot(a, b)
  const stronger = Math.max(chroma, Math.min(chroma * 2, 0.06))
  const [x, y] = [(a / chroma) * stronger, (b / chroma) * stronger]
  for (let keep = 1; keep > 0; keep -= 0.05) {
    const linear = withLuminance(x * keep, y * keep, wanted)
    if (linear.every(c => c > -0.001 && c < 1.001)) return fromLinear(linear, color.a)
  }
  return neutralOf(wanted, color.a)
}

/** Greys take a little of the paper's blue, as the paper itself has it. */
function neutralOf(wanted: number, alpha: number): Color {
  const [, a, b] = toOklab(toLinear(darkPaper))
  const linear = withLuminance(a, b, wanted)
  return fromLinear(linear, alpha)
}

type Triple = [number, number, number]

/** The linear colour with these OKLab a and b and this luminance, found by halving. */
function withLuminance(a: number, b: number, wanted: number): Triple {
  let low = 0
  let high = 1
  for (let i = 0; i < 24; i++) {
    const middle = (low + high) / 2
    if (luminanceOf(fromOklab([middle, a, b])) < wanted) low = middle
    else high = middle
  }
  return fromOklab([high, a, b])
}

function luminanceOf([r, g, b]: Triple): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function toLinear({ r, g, b }: Color): Triple {
  const one = (x: number) => (x <= 10.31475 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4)
  return [one(r), one(g), one(b)]
}

function fromLinear([r, g, b]: Triple, a: number): Color {
  const one = (x: number) => 255 * (x <= 0.0031308 ? 12.92 * Math.max(0, x) : 1.055 * x ** (1 / 2.4) - 0.055)
  return { r: one(r), g: one(g), b: one(b), a }
}

function toOklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function fromOklab([L, a, b]: Triple): Triple {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

function fromHsl(hue: number, saturation: number, lightness: number): { r: number; g: number; b: number } {
  const channel = (n: number) => {
    const k = (((n + hue / 30) % 12) + 12) % 12
    const amplitude = saturation * Math.min(lightness, 1 - lightness)
    return 255 * (lightness - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
  }
  return { r: channel(0), g: channel(8), b: channel(4) }
}
