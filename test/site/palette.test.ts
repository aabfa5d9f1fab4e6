import { expect, test } from 'vitest'
import { type Color, palette, renderPalette } from '../../site/style/palette.ts'

/** WCAG 2.2: relative luminance of an sRGB colour. */
function luminance(hex: string): number {
  const [r, g, b] = channels(hex).map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function channels(hex: string): readonly number[] {
  return [1, 3, 5].map(i => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

/** color-mix(in srgb, a share, b) */
function mix(a: string, b: string, share: number): string {
  const [from, to] = [channels(a), channels(b)]
  const mixed = from.map((c, i) => Math.round(255 * (c * share + to[i] * (1 - share))))
  return '#' + mixed.map(c => c.toString(16).padStart(2, '0')).join('')
}

/** Text on its ground, as the style sheets put them together. */
const pairs: readonly (readonly [Color, Color])[] = [
  ...(['ink', 'soft', 'accent', 'link', 'warning'] as const).map(c => [c, 'paper'] as const),
  ...(['ink', 'soft', 'accent'] as const).map(c => [c, 'raised'] as const),
  ['codeInk', 'codePaper'],
  ['ink', 'codePaper'],
  ['errorInk', 'errorPaper'],
  ['errorInk', 'paper'],
  ['paper', 'accent'],
  ['paper', 'ink'],
  ['ink', 'heatPositive'],
  ['ink', 'heatNegative'],
  ['ink', 'flash'],
  ['link', 'flash'],
]

const tones = ['note', 'tip', 'warning', 'important', 'caution', 'exercise', 'proof'] as const

for (const [name, colors] of Object.entries(palette)) {
  for (const [text, ground] of pairs)
    test(`${name}: ${text} on ${ground} has a contrast of at least 4.5`, () => {
      expect(contrast(colors[text], colors[ground])).toBeGreaterThanOrEqual(4.5)
    })

  for (const tone of tones)
    test(`${name}: text, links and titles in a callout of tone ${tone} have a contrast of at least 4.5`, () => {
      const ground = mix(colors[tone], colors.paper, 0.06)
      for (const text of [tone, 'ink', 'soft', 'link'] as const)
        expect(contrast(colors[text], ground), text).toBeGreaterThanOrEqual(4.5)
    })

  test(`${name}: the chapter being read stands out from the list with a contrast of at least 4.5`, () => {
    const ground = mix(colors.accent, colors.raised, 0.09)
    expect(contrast(colors.accent, ground)).toBeGreaterThanOrEqual(4.5)
  })
}

test('both schemes have every colour as a custom property, the reader’s choice before the system’s', () => {
  const css = renderPalette()
  expect(css.match(/--heat-positive:/g)).toHaveLength(3)
  expect(css.indexOf('prefers-color-scheme')).toBeLessThan(css.indexOf('[data-theme=dark]'))
  expect(css).toContain(':root:not([data-theme=light])')
})
