/** The stage with real engines in a real browser. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryCache } from '../../../src/weave/base/cache.ts'
import { formatDiagnostic } from '../../../src/weave/base/diagnostic.ts'
import { lazyBrowser } from '../../../src/weave/diagram/browser.ts'
import {
  type DiagramRequest,
  diagramKey,
  type RenderedDiagrams,
  renderDiagrams,
} from '../../../src/weave/diagram/diagram.ts'
import { withUniqueIds } from '../../../src/weave/diagram/svg.ts'
import { contrastsOf, fitOf } from './measure.ts'
import { fenced, openPage, optionsWith, readFixture, requestsOf, testBrowser } from './support.ts'

const browser = testBrowser()
const cache = memoryCache()
const seeds = ['seed-1.puml', 'seed-2.puml', 'seed-3.puml'].map(name => fenced('plantuml', readFixture(name)))
const mermaid = ['flow.mmd', 'sequence.mmd'].map(name => fenced('mermaid', readFixture(name)))
const dot = [fenced('dot', readFixture('gates.dot'))]
const all = [...seeds, ...mermaid, ...dot]
let rendered: RenderedDiagrams
const progress: string[] = []

const svgOf = (request: DiagramRequest, result = rendered) => {
  const svg = result.value.get(diagramKey(request.diagram))?.svg
  if (svg === undefined) throw new Error(`not drawn: ${request.diagram.code}`)
  return svg
}
const inlined = (requests: readonly DiagramRequest[]) =>
  requests.map((request, i) => withUniqueIds(svgOf(request), `fig-${i}`, { title: `图 ${i}` }))

beforeAll(async () => {
  rendered = await renderDiagrams(
    all,
    optionsWith(browser, {
      cache,
      onProgress: (done, total, drawn) => progress.push(`${done}/${total} ${drawn}`),
    }),
  )
})
afterAll(() => browser.close())

describe('renderDiagrams', () => {
  it("draws the seed's three PlantUML diagrams, Mermaid and DOT without a diagnostic", () => {
    expect(rendered.diagnostics).toEqual([])
    expect(rendered).toMatchObject({ drawn: 6, reused: 0 })
    for (const [request, words] of [
      [seeds[0], ['前馈神经网络（无时间概念）', '实现了信息的跨时间流动', 'h_{t+1}']],
      [seeds[1], ['h₄ = f(x₄, h₃)', '就像俄罗斯套娃，每层都包含前面所有层']],
      [seeds[2], ['共享参数池', '关键优势:', 'b_h, b_y', 'xₜ']],
      [mermaid[1], ['循环神经网络', '隐藏状态会传到下一时刻']],
      [dot[0], ['隐藏层状态更新', '循环部分（时间维度）', '第二行 α → β']],
    ] as const)
      for (const word of words) expect(svgOf(request)).toContain(word)
  })

  it('reports progress after each diagram', () => {
    expect(progress).toHaveLength(6)
    expect(progress.at(-1)).toBe('6/6 6')
  })

  it('draws nothing and starts no browser when all is in the cache', async () => {
    const idle = testBrowser()
    const again = await renderDiagrams(all, optionsWith(idle, { cache }))
    expect(again).toMatchObject({ drawn: 0, reused: 6, diagnostics: [] })
    expect(idle.launched).toBe(false)
    expect([...again.value].sort()).toEqual([...rendered.value].sort())
  })

  it('draws again when the font of the site is another', async () => {
    const other = optionsWith(browser, { cache, fonts: { family: 'Other', stylesheets: [] } })
    const { drawn, value } = await renderDiagrams(dot, other)
    expect(drawn).toBe(1)
    expect(svgOf(dot[0], { ...rendered, value })).toContain("'Other', sans-serif")
  })

  it('draws an equal diagram once, gives the same bits again, and the two get no id in common', async () => {
    const twice = [mermaid[0], fenced('mermaid', readFixture('flow.mmd'))]
    const result = await renderDiagrams(twice, optionsWith(browser))
    expect(result).toMatchObject({ drawn: 1, reused: 1 })
    expect(svgOf(twice[0], result)).toBe(svgOf(mermaid[0]))
    const page = await openPage(await browser.get(), inlined(twice))
    const ids = await page.$$eval('[id]', elements => elements.map(element => element.id))
    await page.close()
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(6)
  })

  it('does nothing for no diagrams', async () => {
    expect(await renderDiagrams([], optionsWith(browser))).toEqual({
      value: new Map(),
      diagnostics: [],
      drawn: 0,
      reused: 0,
    })
  })
})

describe('a drawn diagram in a page', () => {
  it('holds each label inside its box, in the font of the site, to 1 px', async () => {
    const page = await openPage(await browser.get(), inlined(all), { width: 1600 })
    const boxes = await page.evaluate(fitOf)
    await page.close()
    expect(boxes.filter(({ over }) => over > 1)).toEqual([])
    for (const text of [
      'h₁ = f(x₁)',
      'h_{t-1}',
      '循环神经网络',
      '隐藏状态更新',
      '隐藏层状态更新',
      '椭圆形里的中文标签',
    ])
      expect(boxes.map(box => box.text)).toContain(text)
    expect(boxes.length).toBeGreaterThan(50)
  })

  it.each([
    ['light', {}],
    ['dark by the system', { prefers: 'dark' }],
    ['dark by the reader', { theme: 'dark' }],
    ['light by the reader on a dark system', { theme: 'light', prefers: 'dark' }],
  ] as const)('shows every label at 4.5:1 or more on what lies under it: %s', async (_name, look) => {
    const isDark = 'theme' in look ? look.theme === 'dark' : 'prefers' in look
    const page = await openPage(await browser.get(), inlined(all), look)
    const labels = await page.evaluate(contrastsOf, isDark ? '#16181c' : '#ffffff')
    await page.close()
    expect(labels.length).toBeGreaterThan(90)
    expect(labels.filter(({ ratio }) => ratio < 4.5)).toEqual([])
    const ink = labels.find(({ text }) => text.startsWith('RNN 递归嵌套结构'))?.color
    expect(ink).toBe(isDark ? 'rgb(236, 238, 241)' : 'rgb(0, 0, 0)')
  })

  it('takes the colours of text, lines and paper from the page', async () => {
    const page = await openPage(await browser.get(), inlined(seeds.slice(1, 2)))
    const colors = await page.evaluate(() => {
      document.documentElement.style.setProperty('--diagram-ink', 'rgb(1, 2, 3)')
      document.documentElement.style.setProperty('--diagram-line', 'rgb(4, 5, 6)')
      const style = (selector: string) => getComputedStyle(document.querySelector(selector) as Element)
      return [style('svg text').fill, style('svg rect').stroke, style('#prose').color]
    })
    await page.close()
    expect(colors).toEqual(['rgb(1, 2, 3)', 'rgb(4, 5, 6)', 'rgb(0, 0, 0)'])
  })

  it('shrinks with a narrow page and never sticks out of it', async () => {
    const page = await openPage(await browser.get(), inlined(all), { width: 390 })
    const widths = await page.$$eval('svg', svgs => svgs.map(svg => svg.getBoundingClientRect().width))
    const scroll = await page.evaluate(() => document.documentElement.scrollWidth)
    await page.close()
    expect(Math.max(...widths)).toBe(350)
    expect(scroll).toBe(390)
  })
})

describe('a wrong diagram', () => {
  it("is reported at its own line and column in the chapter, in lists and quotes too, each engine's mistakes in one run", async () => {
    const text = readFixture('errors.md')
    const { diagnostics, value, drawn } = await renderDiagrams(
      requestsOf('errors.md', text),
      optionsWith(browser),
    )
    expect({ drawn, size: value.size }).toEqual({ drawn: 0, size: 0 })
    const shown = diagnostics.map(d => formatDiagnostic(d, { textOf: () => text })).join('\n\n')
    await expect(`${shown}\n`).toMatchFileSnapshot('../../fixtures/diagram/errors.expected.txt')
  })

  it('is not cached, and does not keep the others from being drawn', async () => {
    const store = memoryCache()
    const requests = [fenced('dot', 'digraph { a -> }'), fenced('dot', 'digraph { 甲 -> 乙 }')]
    for (const drawn of [1, 0]) {
      const result = await renderDiagrams(requests, optionsWith(browser, { cache: store }))
      expect(result.drawn).toBe(drawn)
      expect(result.diagnostics.map(d => d.rule)).toEqual(['diagram-dot'])
      expect(result.value.size).toBe(1)
    }
  })

  it('says once, with a way out, that there is no browser, and still takes what is in the cache', async () => {
    const none = lazyBrowser({ executable: '/no/such/browser' })
    const fresh = ['A -> B', 'B -> C'].map(code => fenced('plantuml', code))
    const requests = [fresh[0], seeds[0], fresh[1], ...dot]
    const { diagnostics, value } = await renderDiagrams(requests, optionsWith(none, { cache }))
    const drawn = [seeds[0], dot[0]].map(({ diagram }) => diagramKey(diagram))
    expect([...value.keys()].sort()).toEqual(drawn.sort())
    expect(diagnostics.map(d => d.message)).toEqual([
      expect.stringMatching(/^cannot start a browser .*no\/such\/browser.* \(2 diagrams wait for it\)$/),
    ])
    expect(diagnostics[0].help).toContain('UNROLL_BROWSER')
  })
})
