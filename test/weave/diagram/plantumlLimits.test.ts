/** What PlantUML cannot draw is said at its line, with the way out; and the engine really cannot. */
import { afterAll, describe, expect, it } from 'vitest'
import { readFonts } from '../../../src/weave/diagram/fonts.ts'
import { plantumlEngine } from '../../../src/weave/diagram/plantuml.ts'
import { limitsIn, notDrawn, unknownKind } from '../../../src/weave/diagram/plantumlLimits.ts'
import { checkSource } from '../../../src/weave/diagram/plantumlSource.ts'
import { fonts, testBrowser } from './support.ts'

const browser = testBrowser()
const engine = await plantumlEngine(browser, await readFonts(fonts))
afterAll(async () => {
  await engine.close()
  await browser.close()
})

/** `line:column message`, a line for each. */
async function said(code: string): Promise<string[]> {
  const drawn = await engine.draw(`${code}\n`)
  const found = 'problems' in drawn ? drawn.problems : (drawn.warnings ?? [])
  return found.map(({ line, column, message }) => `${line ?? ''}:${column ?? ''} ${message}`)
}

describe('a PlantUML source', () => {
  it('may leave out @startuml and @enduml together', () => {
    expect(checkSource('A -> B\n', 'core')).toEqual({ lines: ['@startuml', 'A -> B', '@enduml'], added: 1 })
    expect(checkSource('@startmindmap\n* a\n@endmindmap\n', 'core')).toMatchObject({ added: 0 })
  })

  it('may include from the library in angle brackets where the engine has one', () => {
    const code = '@startuml\n!include <C4/C4_Context>\nA -> B\n@enduml\n'
    expect(checkSource(code, 'jvm')).not.toHaveProperty('problems')
    expect(checkSource(code, 'core')).toMatchObject({
      problems: [{ line: 2, help: expect.stringContaining("plantuml: 'jvm'") }],
    })
  })

  it.each([
    ['@startuml\nA -> B', ['1: missing @enduml']],
    ['A -> B\n@enduml', ['2: missing @startuml']],
    ['@startuml\nA->B\n@enduml\n@startuml\nC->D\n@enduml', ['4: a second diagram in one block']],
    ["@startuml\n' nur ein Kommentar\n\n@enduml", ['1: empty diagram']],
    ['Vorwort\n@startuml\nA->B\n@enduml', ['1: text before @startuml is not drawn']],
    ["@startuml\nA->B\n@enduml\n' Kommentar\nNachwort", ['5: text after @enduml is not drawn']],
    [
      '!includeurl http://x/y\n!include a.puml\nA->B',
      [
        '1:13 cannot include http://x/y: a diagram is drawn from its own text alone',
        '2:10 cannot include a.puml: a diagram is drawn from its own text alone',
      ],
    ],
    [
      'A->B\nnewpage\nB->C\nnewpage 下一页\nC->D',
      ['2:1 the pages after newpage are not drawn', '4:1 the pages after newpage are not drawn'],
    ],
    ['class A\n  newpage\nclass B', ['2:3 the pages after newpage are not drawn']],
    [
      'A -> B : <latex>x^2</latex> 和 <math>y</math>',
      ['1:10 a formula in a label is not drawn: <latex>', '1:31 a formula in a label is not drawn: <math>'],
    ],
    [
      'A -> B : <img:logo.png> <img:http://x.y/z.png{scale=2}>',
      [
        '1:10 cannot load <img:logo.png>: a diagram is drawn from its own text alone',
        '1:25 cannot load <img:http://x.y/z.png>: a diagram is drawn from its own text alone',
      ],
    ],
    ['A -> B : <qrcode:x>', ['1:10 @plantuml/core draws no <qrcode:x>']],
    ['skinparam handwritten true\nA->B', ['1:11 skinparam handwritten is no longer known']],
    ['skinparam {\n  handwritten true\n}\nA->B', ['2:3 skinparam handwritten is no longer known']],
    ['footer 第 %page% 页\nA->B', ['1:10 %page% is printed as it stands']],
    [
      'A->B : %date("yyyy") %getenv("HOME")',
      [
        '1:8 %date(…) depends on the moment or the machine: a diagram is drawn once',
        '1:22 %getenv(…) depends on the moment or the machine: a diagram is drawn once',
      ],
    ],
    ['note as n\n{{\nA->B\n}}\nend note', ['2:1 a diagram inside a label is not drawn: {{ … }}']],
    [
      'sprite $haus [4x1/16] {\nF00F\n}\nA->B : <$hause>',
      ['4:8 unknown sprite: $hause; did you mean $haus?'],
    ],
    ['A->B : <&heartt> <&heart>', ['1:8 unknown icon: heartt; did you mean heart?']],
    ['A->B : <:nosuch:>', ['1:9 unknown emoji: nosuch']],
    ['!theme spacelb\nA->B', ['1:8 unknown theme: spacelb; did you mean spacelab?']],
    ['@startsalt\n{ [ok] }\n@endsalt', ['1: @plantuml/core draws no @startsalt']],
    ['salt\n{ [ok] }', ['1: @plantuml/core draws no salt']],
    ['@startuml\n\ndigraph G { a }\n@enduml', ['3: @plantuml/core draws no dot']],
    ['@startjsn\n{}\n@endjsn', ['1: unknown kind of diagram: @startjsn; did you mean @startjson?']],
    ['@startjson\n{"a": [1, null],\n "b": null}\n@endjson', ['2:11 null is drawn as ␀']],
    ['@startjson\n{"a": 1,\n "b": }\n@endjson', ['3: PlantUML cannot read this as JSON: unexpected }']],
    ['@startyaml\na: b\nc: >\n  d\n@endyaml', ['3:4 PlantUML cannot read this as YAML']],
    ['@startyaml\na: b\n---\nc: d\n@endyaml', ['3: PlantUML cannot read this as YAML: a second document']],
    ['@startregex\n(?<Tk1>abc)|Tk2\n@endregex', ['2: PlantUML itself fails at this']],
    ['A->B : <img data:image/png;base64,AAAA>', ['1:8 PlantUML itself fails at this diagram']],
    ['!while 1==1\nA->B\n!endwhile', ['3: this loop does not end']],
  ])('is answered at its line: %j', async (code, expected) => {
    expect(await said(code)).toEqual(expected)
  })

  it.each([
    ['@startuml\nA->B\n@enduml'],
    ['ignore newpage\nA->B : eins\nnewpage\nB->C : zwei'],
    ['newpage -> B : a participant of this name'],
    ['!option handwritten true\nA->B'],
    ["' <latex> in a comment\nA->B\n/' newpage\n'/"],
    [
      'A->B : <img:data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==>',
    ],
    ['nwdiag {\n  network dmz {\n    web01;\n  }\n}'],
    ['sprite $haus [4x1/16] {\nF00F\n}\nA->B : <$haus> <:smile:> <&heart>'],
    ['@startjson\n{"a": "null"}\n@endjson'],
  ])('is drawn without a word: %j', async code => {
    expect(await said(code)).toEqual([])
  })

  it('is drawn of every kind that the tables do not name', () => {
    for (const kind of ['uml', 'json', 'wbs', 'chart'])
      expect(unknownKind([`@start${kind}`, 'x', `@end${kind}`], 'core')).toBeUndefined()
    expect(limitsIn(['class A {', '  +b() : c', '}'], 'core')).toEqual([])
  })
})

describe('the tables', () => {
  it.each(Object.keys(notDrawn))('are true of @start%s: the engine draws none', async kind => {
    const drawn = await drawRaw([`@start${kind}`, 'digraph { a -> b }', `@end${kind}`])
    expect(drawn).toMatch(/Unsupported diagram type|Diagram not supported by this release/)
  })
})

/** What the engine itself answers, without our tables before it. */
async function drawRaw(lines: readonly string[]): Promise<string> {
  await engine.draw('A -> B\n')
  const pages = await (await browser.get()).pages()
  const page = pages.find(one => one.url().startsWith('http://plantuml.invalid'))
  if (!page) throw new Error('the engine has no page')
  return page.evaluate(
    lines =>
      new Promise<string>(resolve => {
        type Render = (lines: string[], done: (text: string) => void, failed: (text: string) => void) => void
        const { renderToString } = globalThis as typeof globalThis & { renderToString: Render }
        renderToString(lines, resolve, error => resolve(String(error)))
      }),
    [...lines],
  )
}
