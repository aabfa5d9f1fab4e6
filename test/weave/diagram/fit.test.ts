/** Words stay where the engines put them, whatever page the picture stands in: Mermaid's own examples, and ours. */
import { diagramData } from '@mermaid-js/examples'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type DiagramRequest,
  diagramKey,
  type RenderedDiagrams,
  renderDiagrams,
} from '../../../src/weave/diagram/diagram.ts'
import { withUniqueIds } from '../../../src/weave/diagram/svg.ts'
import { fitOf } from './measure.ts'
import { fenced, type Look, openPage, optionsWith, readFixture, testBrowser } from './support.ts'

const browser = testBrowser()
/** This kind is newer than the Mermaid that mermaid-cli brings. */
const tooNew = /^usecase/
const examples = diagramData
  .filter(({ id }) => !tooNew.test(id))
  .flatMap(({ id, examples }) =>
    examples.map(({ title, code }) => ({
      name: `${id}: ${title}`,
      request: fenced('mermaid', code),
    })),
  )
const ours = [
  ...['seed-1.puml', 'seed-2.puml', 'seed-3.puml'].map(name => [name, 'plantuml'] as const),
  ...['flow.mmd', 'sequence.mmd'].map(name => [name, 'mermaid'] as const),
  ['gates.dot', 'dot'] as const,
].map(([name, language]) => ({ name, request: fenced(language, readFixture(name)) }))
const all: readonly { name: string; request: DiagramRequest }[] = [...examples, ...ours]
let rendered: RenderedDiagrams

beforeAll(async () => {
  rendered = await renderDiagrams(
    all.map(({ request }) => request),
    optionsWith(browser),
  )
}, 300_000)
afterAll(() => browser.close())

async function measured(look: Look) {
  const svgs = all.map(({ request }, i) => {
    const svg = rendered.value.get(diagramKey(request.diagram))?.svg ?? '<svg/>'
    return withUniqueIds(svg, `fig-${i}`)
  })
  const page = await openPage(await browser.get(), svgs, { width: 1600, ...look })
  const found = await page.evaluate(fitOf)
  await page.close()
  return found.map(({ svg, ...fit }) => ({ ...fit, name: all[Number(svg.slice(4))].name }))
}

/** Labels that lie freely over areas, and belong to none of them. */
const free: readonly (readonly [RegExp, string])[] = [
  [/^c4: .*\|\[JSON\/HTTPS\]$/, 'a label of an arrow that crosses a box'],
  [/^sequence: .*\|\d$/, 'a number in a circle at the end of an arrow, beside an activation bar'],
  [/^radar: /, 'names of axes and of curves, over the areas of the curves'],
  [/^gantt: /, 'names of tasks stand behind a bar that is too short for them'],
  [/^quadrantChart: /, 'names of points stand under the points'],
  [/^venn: /, 'names of intersections of circles'],
]

describe('a diagram in any page', () => {
  it("draws all of Mermaid's examples and our own", () => {
    const drawn = all.filter(({ request }) => rendered.value.has(diagramKey(request.diagram)))
    expect(all.filter(one => !drawn.includes(one)).map(({ name }) => name)).toEqual([])
    expect(drawn.length).toBeGreaterThan(80)
    expect(rendered.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  it.each([
    ['of 17 px', 'font-size: 17px'],
    ['of 20 px', 'font-size: 20px'],
  ])('keeps every label inside its box and inside the picture, in a page %s', async (_name, style) => {
    const labels = await measured({ style })
    expect(labels.length).toBeGreaterThan(1300)
    const isFree = ({ name, text }: { name: string; text: string }) =>
      free.some(([pattern]) => pattern.test(`${name}|${text}`))
    expect(labels.filter(({ cut }) => cut > 0.5)).toEqual([])
    expect(labels.filter(label => label.over > 1 && !isFree(label))).toEqual([])
  })

  it('takes nothing from the page: each label has the same place and size in one that sets all it can', async () => {
    const plain = await measured({})
    const loud = await measured({
      style: `font: italic small-caps 700 23px/3 monospace; letter-spacing: 4px; word-spacing: 9px;
        text-transform: uppercase; text-anchor: end; font-feature-settings: 'zero', 'tnum'; white-space: pre;
        font-kerning: none; dominant-baseline: hanging; stroke: red; stroke-width: 6px; fill: red; font-stretch: 50%`,
    })
    const moved = loud.filter(({ place }, i) => place.some((n, k) => Math.abs(n - plain[i].place[k]) > 0.3))
    expect(moved.map(({ name, text }) => `${name}|${text}`)).toEqual([])
    expect(loud.length).toBe(plain.length)
  })
})
