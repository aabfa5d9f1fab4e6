import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  contrast,
  darkInk,
  darkPaper,
  luminance,
  parseColor,
  printColor,
  toDark,
} from '../../../src/weave/diagram/color.ts'

const channel = fc.integer({ min: 0, max: 255 })
const anyColor = fc.record({ r: channel, g: channel, b: channel, a: fc.constant(1) })
const white = { r: 255, g: 255, b: 255, a: 1 }

describe('parseColor', () => {
  it.each([
    ['#E6F3FF', '#e6f3ff'],
    ['#abc', '#aabbcc'],
    ['#0000', '#00000000'],
    ['rebeccapurple', '#663399'],
    ['rgb(255, 230, 0)', '#ffe600'],
    ['rgba(0 0 0 / 50%)', '#00000080'],
    ['hsl(120, 100%, 25%)', '#008000'],
    ['hsl(-160, 0%, 93.3333333333%)', '#eeeeee'],
  ])('reads %s as %s', (text, hex) => {
    const color = parseColor(text)
    expect(color && printColor(color)).toBe(hex)
  })

  it.each(['none', 'url(#g)', 'currentColor', 'inherit', '#12', 'rgb(a,b,c)', ''])(
    'reads %s as no colour',
    text => expect(parseColor(text)).toBeUndefined(),
  )
})

describe('toDark', () => {
  it('makes white the dark page, black its ink', () => {
    expect(contrast(toDark(white, 'area'), darkPaper)).toBeLessThan(1.02)
    expect(contrast(toDark({ r: 0, g: 0, b: 0, a: 1 }, 'area'), darkInk)).toBeLessThan(1.02)
  })

  it('keeps a mark as legible on the page as it was, to 5 % (up to 15:1, the ink)', () => {
    fc.assert(
      fc.property(anyColor, color => {
        const before = Math.min(contrast(color, white), contrast(darkInk, darkPaper))
        expect(contrast(toDark(color, 'mark'), darkPaper)).toBeGreaterThan(before * 0.95)
      }),
    )
  })

  it('keeps black text on any area above 4.5:1 where it was above 5.9:1', () => {
    fc.assert(
      fc.property(anyColor, area => {
        fc.pre(contrast(area, { r: 0, g: 0, b: 0, a: 1 }) > 5.9)
        expect(contrast(toDark(area, 'area'), darkInk)).toBeGreaterThan(4.5)
      }),
    )
  })

  it('turns lightness over: of two areas the lighter becomes the darker', () => {
    fc.assert(
      fc.property(anyColor, anyColor, (one, other) => {
        fc.pre(luminance(one) > luminance(other) + 0.02)
        expect(luminance(toDark(one, 'area'))).toBeLessThan(luminance(toDark(other, 'area')) + 0.002)
      }),
    )
  })

  it('keeps the hue: pale blue becomes deep blue, pale red deep red', () => {
    const blue = toDark(parseColor('#E6F3FF')!, 'area')
    const red = toDark(parseColor('#FFE6E6')!, 'area')
    expect(blue.b).toBeGreaterThan(blue.r + 20)
    expect(red.r).toBeGreaterThan(red.b + 20)
  })
})
