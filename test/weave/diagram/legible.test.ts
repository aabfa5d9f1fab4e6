/** What cannot be read is found from the SVG alone; a browser has to agree. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { diagramKey, type RenderedDiagrams, renderDiagrams } from '../../../src/weave/diagram/diagram.ts'
import { faintLabels } from '../../../src/weave/diagram/legible.ts'
import { withUniqueIds } from '../../../src/weave/diagram/svg.ts'
import { contrastsOf } from './measure.ts'
import { fenced, openPage, optionsWith, testBrowser } from './support.ts'

const browser = testBrowser()
afterAll(() => browser.close())

const themes =
  'amiga black-knight bluegray cerulean cyborg hacker materia metal minty plain reddress-darkblue sandstone sketchy spacelab superhero-outline united vibrant'.split(
    ' ',
  )
const requests = [
  ...themes.map(theme =>
    fenced(
      'plantuml',
      `!theme ${theme}\ntitle Title here\nactor Anna\nparticipant "Bob B" as B\nAnna -> B : hello\nnote right: a note\nalt okay\nB --> Anna : fine\nend`,
    ),
  ),
  ...['dark', 'forest', 'neutral', 'base'].map(theme =>
    fenced(
      'mermaid',
      `%%{init: {"theme": "${theme}"}}%%\nflowchart LR\n  A[Anna] -- hello --> B((Bob))\n  subgraph S[inside]\n    C[(Carl)]\n  end`,
    ),
  ),
  fenced('mermaid', 'sequenceDiagram\n  autonumber\n  Anna->>Bob: hello\n  Note over Bob: a note'),
  fenced('mermaid', 'C4Context\n  Person(a, "Anna", "asks")\n  System_Ext(b, "Beyond", "answers")'),
  fenced(
    'dot',
    'digraph { a [label="yellow", fontcolor=yellow]; b [label="onblue", style=filled, fillcolor="#000080"]; a -> b [label="grey", fontcolor=gray80] }',
  ),
]
let rendered: RenderedDiagrams

beforeAll(async () => {
  rendered = await renderDiagrams(requests, optionsWith(browser))
}, 120_000)

describe('a label that cannot be read', () => {
  it.each(['light', 'dark'] as const)(
    'is found where the browser paints one, and nowhere else, on the %s page',
    async mode => {
      const wrong: string[] = []
      for (const { diagram } of requests) {
        const svg = rendered.value.get(diagramKey(diagram))?.svg ?? ''
        const page = await openPage(await browser.get(), [withUniqueIds(svg, 'fig')], {
          theme: mode,
          width: 1000,
        })
        const painted = await page.evaluate(contrastsOf, mode === 'dark' ? '#16181c' : '#ffffff')
        await page.close()
        const found = new Set(faintLabels(svg, 3).flatMap(label => (label.mode === mode ? [label.text] : [])))
        expect(painted.length).toBeGreaterThan(1)
        // The number of a message lies on a marker, which a page cannot be asked for.
        for (const { text, ratio } of painted.filter(({ text }) => text !== '1')) {
          const isFound = [...found].some(label => text.trim().includes(label))
          // Near the limit the two may differ: one knows the letters' width, the other guesses it.
          if (ratio < 2.8 !== isFound && (ratio < 2.8 || ratio > 3.2))
            wrong.push(
              `${diagram.code.slice(0, 40)}: ${text} ${ratio.toFixed(2)} ${isFound ? 'said' : 'not said'}`,
            )
        }
      }
      expect(wrong).toEqual([])
    },
    120_000,
  )

  it('is said once for a theme, with its name, and at the label where the author chose the colour', () => {
    const said = rendered.diagnostics.map(({ message }) => message)
    const themesSaid = said.flatMap(message => /^theme ([\w-]+):/.exec(message)?.[1] ?? [])
    expect(themesSaid.sort()).toEqual(
      [...themes.filter(theme => !['amiga', 'plain'].includes(theme)), 'dark'].sort(),
    )
    expect(said.filter(message => /spacelab|^a label/.test(message)).sort()).toEqual([
      'a label cannot be read: "grey" on the light and the dark page (contrast 1.6:1)',
      'a label cannot be read: "onblue" on the light and the dark page (contrast 1.3:1)',
      'a label cannot be read: "yellow" on the light and the dark page (contrast 1.1:1)',
      'theme spacelab: 6 labels cannot be read, such as "Anna" on the light and the dark page (contrast 1.0:1)',
    ])
  })
})
