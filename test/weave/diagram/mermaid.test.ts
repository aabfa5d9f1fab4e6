/** What Mermaid would lose or print as it stands, and what becomes of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { diagramKey, type RenderedDiagrams, renderDiagrams } from '../../../src/weave/diagram/diagram.ts'
import { elementsOf, parseMarkup, textOf, unescapeText } from '../../../src/weave/diagram/markup.ts'
import { rewriteText } from '../../../src/weave/diagram/mermaidText.ts'
import { fenced, optionsWith, testBrowser } from './support.ts'

describe('character references in a Mermaid source', () => {
  it.each([
    ['A["a&nbsp;b &copy; &#9829; &#x3b1;"]', 'A["a\u00a0b © ♥ α"]'],
    ['A["#9829; #infin;"]', 'A["♥ ∞"]'],
    ['A["&lt;b&gt; &amp; &quot; &#35; &#x3b;"]', 'A["#lt;b#gt; #amp; #quot; #35; #59;"]'],
    ['A["#lt; #quot; #35;"]', 'A["#lt; #quot; #35;"]'],
    ['style A fill:#333;\nclassDef x fill:#acd;', 'style A fill:#333;\nclassDef x fill:#acd;'],
    ['A["&nosuch; a & b; #nosuch;"]', 'A["&nosuch; a & b; #nosuch;"]'],
    ['A["fa:fa-car 车"] --> B[fa:fa-ban]', 'A["车"] --> B[\u00a0]'],
  ])('%j is read by Mermaid as %j', (code, text) => {
    const rewritten = rewriteText(code)
    expect(rewritten.text).toBe(text)
    expect(rewritten.offsets).toHaveLength(text.length + 1)
    expect(rewritten.offsets.at(-1)).toBe(code.length)
    expect([...rewritten.offsets].sort((a, b) => a - b)).toEqual(rewritten.offsets)
  })
})

/** A source; what is said (`line:column message` of the code's own lines); words that the picture shows. */
const cases: readonly (readonly [string, readonly string[], (readonly string[])?])[] = [
  ['block-beta\n  a["甲&nbsp;乙 &copy;"] b<["&nbsp;&nbsp;"]>(right)', [], ['甲 乙 ©']],
  ['sequenceDiagram\n  A->>B: 甲&nbsp;乙 &lt;丙&gt; #59;', [], ['甲 乙 <丙> ;']],
  ['pie\n  "甲 &amp; 乙" : 3', [], ['甲 & 乙']],
  ['sequenceDiagram\n  A->>B: $$x^2$$', []],
  [
    'flowchart LR\n  A["$$x^2$$ 和 $$y$$"]',
    ['2:6 a formula in a label is not drawn: $$x^2$$', '2:16 a formula in a label is not drawn: $$y$$'],
  ],
  ['flowchart LR\n  A["<b>甲</b><br/>乙"]', ['2:6 HTML in a label is printed as it stands: <b>']],
  [
    'flowchart LR\n  A["fa:fa-car 车"]',
    ['2:6 the icon fa:fa-car is left out: no set of icons is loaded'],
    ['车'],
  ],
  [
    'mindmap\n  甲\n    乙\n    ::icon(fa fa-book)',
    ['4:5 the icon ::icon(fa fa-book) is left out: no set of icons is loaded'],
    ['甲', '乙'],
  ],
  ['architecture-beta\n  service a(databse)[甲]', ['2:13 unknown icon: databse; did you mean database?']],
  [
    'flowchart LR\n  A@{ img: "图.png", label: "甲" }',
    ['2:13 cannot load 图.png: a diagram is drawn from its own text alone'],
  ],
  [
    'flowchart LR\n  A@{ icon: "fa:user", label: "甲" }',
    ['2:14 unknown icon: fa:user (no set of icons is loaded)'],
  ],
  ['flowchart LR\n  A --> B\n  click A call go()', ['3:3 nothing would happen: click A call go()']],
  [
    'flowchart LR\n  A --> B\n  click A "https://x.y" "提示文字"',
    ['3:26 the picture does not show "提示文字"'],
  ],
  ['---\ntitle: 标题文字\n---\nmindmap\n  甲', ['2:8 the picture does not show "标题文字"']],
  ['pie title 第一个\n  "甲" : 3\n  title 第二个', ['1:11 the picture does not show "第一个"']],
  [
    'block-beta\n  block:g["外层"]\n    b["里层"]\n  end',
    ['2:12 a label cannot be read: "外层" lies under another box'],
  ],
  ['%%{init: {"theme": "drak"}}%%\nflowchart LR\n  A', ['1:21 unknown theme: drak; did you mean dark?']],
  ['---\nconfig:\n  theme: nosuchtheme\n---\nflowchart LR\n  A', ['3:10 unknown theme: nosuchtheme']],
  ['%%{nosuch: 1}%%\nflowchart LR\n  A', ['1:1 unknown directive: nosuch']],
  ['error', ['1:1 unknown kind of diagram: error']],
  ['sequenceDiagram', ['0:1 nothing is drawn']],
  ['flowchart LR\n  A["一"]\nflowchart LR\n  B["二"]', ['3:1 syntax error: unexpected GRAPH']],
  ['flowchart LR\n  A["甲&nbsp;乙&nbsp;丙"] --> [x', ['2:28 syntax error: unexpected SQS']],
  ['flowchart LR\n  A["\u0001"]', ['2:6 control character U+0001 in a diagram']],
]

describe('a Mermaid diagram', () => {
  const browser = testBrowser()
  const requests = cases.map(([code], i) => ({ ...fenced('mermaid', code), file: `${i}.md` }))
  let rendered: RenderedDiagrams
  beforeAll(async () => {
    rendered = await renderDiagrams(requests, optionsWith(browser))
  }, 240_000)
  afterAll(() => browser.close())

  it.each(cases.map((one, i) => [i, ...one] as const))(
    '%i is answered at its place: %j',
    (i, _code, expected, words = []) => {
      const found = rendered.diagnostics.filter(({ file }) => file === `${i}.md`)
      expect(
        found.map(
          ({ range, message }) => `${(range?.start.line ?? 0) - 1}:${range?.start.column} ${message}`,
        ),
      ).toEqual(expected)
      const svg = rendered.value.get(diagramKey(requests[i].diagram))?.svg
      expect(svg !== undefined).toBe(found.every(({ severity }) => severity === 'warning'))
      const shown =
        svg === undefined
          ? []
          : [...elementsOf(parseMarkup(svg))]
              .filter(({ name }) => name === 'text')
              .map(e => unescapeText(textOf(e)).replace(/\s/g, ' '))
      for (const word of words) expect(shown).toContain(word)
    },
  )
})
