/** Nothing in a source stops a build: drawings are given up in time, and the engine goes on. */
import { afterAll, expect, it } from 'vitest'
import { readFonts } from '../../../src/weave/diagram/fonts.ts'
import { mermaidEngine } from '../../../src/weave/diagram/mermaid.ts'
import { plantumlEngine } from '../../../src/weave/diagram/plantuml.ts'
import { fonts, testBrowser } from './support.ts'

const browser = testBrowser()
afterAll(() => browser.close())
const edges = (count: number, edge: (from: number, to: number) => string) =>
  Array.from({ length: count }, (_, i) => edge(i, (i * 7919 + 13) % count)).join('\n')

it.each([
  ['PlantUML', plantumlEngine, edges(1500, (i, k) => `class C${i}\nC${i} --> C${k}`), 'A -> B'],
  [
    'Mermaid',
    mermaidEngine,
    `flowchart LR\n${edges(1900, (i, k) => `n${i} --> n${k}`)}`,
    'flowchart LR\nA --> B',
  ],
])(
  '%s gives up a drawing that takes longer than 3 s, well before 10 s, and draws the next',
  async (_name, open, slow, next) => {
    const engine = await open(browser, await readFonts(fonts), 3)
    await engine.draw(`${next}\n`)
    const start = performance.now()
    expect(await engine.draw(`${slow}\n`)).toEqual({
      problems: [{ message: 'took longer than 3 s to draw', help: 'Draw less, or draw it in parts.' }],
    })
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(await engine.draw(`${next}\n`)).toHaveProperty('svg')
    await engine.close()
  },
)
