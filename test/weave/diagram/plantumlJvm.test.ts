/** The second PlantUML engine: needs Java, and says so where there is none. */
import { spawnSync } from 'node:child_process'
import { afterAll, describe, expect, it } from 'vitest'
import { diagramKey, renderDiagrams } from '../../../src/weave/diagram/diagram.ts'
import { withUniqueIds } from '../../../src/weave/diagram/svg.ts'
import { fitOf } from './measure.ts'
import { fenced, openPage, optionsWith, readFixture, requestsOf, testBrowser } from './support.ts'

const hasJava = spawnSync('java', ['-version']).status === 0
const browser = testBrowser()
afterAll(() => browser.close())
const options = optionsWith(browser, { plantuml: 'jvm' })

describe.skipIf(!hasJava)('the engine jvm (skipped without java)', () => {
  it("draws the seed's diagrams without Graphviz installed and without a browser, labels inside their boxes", async () => {
    const idle = testBrowser()
    const seeds = ['seed-1.puml', 'seed-2.puml', 'seed-3.puml'].map(name =>
      fenced('plantuml', readFixture(name)),
    )
    const { value, diagnostics, drawn } = await renderDiagrams(seeds, { ...options, browser: idle })
    expect({ diagnostics, drawn, launched: idle.launched }).toEqual({
      diagnostics: [],
      drawn: 3,
      launched: false,
    })
    const svgs = seeds.map(({ diagram }, i) => withUniqueIds(value.get(diagramKey(diagram))!.svg, `fig-${i}`))
    expect(svgs[0]).toContain('实现了信息的跨时间流动')
    const page = await openPage(await browser.get(), svgs, { width: 1600 })
    const boxes = await page.evaluate(fitOf)
    // Squeezed labels would fit as well: a Chinese letter has to be as wide as it is high.
    const narrowest = await page.$$eval('text', labels =>
      Math.min(
        ...labels.flatMap(label => {
          const letters = (label.textContent ?? '').match(/[\u4e00-\u9fff]/g)?.length ?? 0
          const size = Number.parseFloat(getComputedStyle(label).fontSize)
          return letters > 3 ? [Number(label.getAttribute('textLength')) / (letters * size)] : []
        }),
      ),
    )
    await page.close()
    expect(boxes.length).toBeGreaterThan(30)
    // The labels of arrows belong to no box, and this layout lays some across a border.
    const onArrows = ['W_hh', '传递记忆']
    expect(boxes.filter(({ text, over }) => over > 1 && !onArrows.includes(text))).toEqual([])
    expect(narrowest).toBeGreaterThan(0.95)
  }, 90_000)

  it('reports a syntax error at its own line and column in the chapter', async () => {
    const text = '文\n\n> ```plantuml\n> @startuml\n> Alice -> Bob: 你好\n>   foo bar baz\n> @enduml\n> ```\n'
    const { diagnostics } = await renderDiagrams(requestsOf('a.md', text), options)
    expect(diagnostics).toMatchObject([
      {
        rule: 'diagram-plantuml',
        message: 'syntax error',
        range: { start: { line: 6, column: 5 }, end: { line: 6, column: 16 } },
      },
    ])
  })
})

it('says once that java is missing, and what to do', async () => {
  const path = process.env.PATH
  process.env.PATH = '/no/such/folder'
  try {
    const requests = [fenced('plantuml', 'A -> B'), fenced('plantuml', 'B -> C')]
    const { diagnostics } = await renderDiagrams(requests, options)
    expect(diagnostics).toHaveLength(1)
    expect(diagnostics[0].message).toBe(
      "missing java: the PlantUML engine 'jvm' runs in it (2 diagrams wait for it)",
    )
    expect(diagnostics[0].help).toContain("choose the engine 'core'")
  } finally {
    process.env.PATH = path
  }
})
