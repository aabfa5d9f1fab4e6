/** What the engines do to a source before they draw it, and to a message after. No browser needed. */
import { describe, expect, it } from 'vitest'
import { TooSlow, withinTime } from '../../../src/weave/diagram/engine.ts'
import { graphvizEngine, standIns } from '../../../src/weave/diagram/graphviz.ts'
import { readMermaidError } from '../../../src/weave/diagram/mermaidError.ts'
import { preprocess } from '../../../src/weave/diagram/mermaidSource.ts'
import { checkSource } from '../../../src/weave/diagram/plantumlSource.ts'

describe('PlantUML sources', () => {
  it('may leave out @startuml and @enduml together', () => {
    expect(checkSource('A -> B\n')).toEqual({ lines: ['@startuml', 'A -> B', '@enduml'], added: 1 })
    expect(checkSource('@startmindmap\n* a\n@endmindmap\n')).toMatchObject({ added: 0 })
  })

  it.each([
    ['@startuml\nA -> B\n', 1, 'missing @enduml'],
    ['A -> B\n@enduml\n', 2, 'missing @startuml'],
    ['@startuml\nA->B\n@enduml\n@startuml\nC->D\n@enduml\n', 4, 'a second diagram in one block'],
    ["@startuml\n' nur ein Kommentar\n\n@enduml\n", 1, 'empty diagram'],
    [
      '@startuml\n!includeurl http://x/y\n@enduml\n',
      2,
      'cannot include http://x/y: a diagram is drawn from its own text alone',
    ],
  ])('%j is wrong at line %i: %s', (code, line, message) => {
    expect(checkSource(code)).toMatchObject({ problem: { line, message } })
  })

  it('may include from the library in angle brackets', () => {
    expect(checkSource('@startuml\n!include <C4/C4_Context>\nA -> B\n@enduml\n')).not.toHaveProperty(
      'problem',
    )
  })
})

describe('Mermaid sources', () => {
  const code =
    '---\ntitle: 标题\n---\n%% 注释\n\n%%{init: {"theme": "dark"}}%%\n\nflowchart LR\n  %% 又一条\n  A --> [x\n'

  it('lose front matter, directives and comments before they are parsed, and places find the way back', () => {
    const { text, offsets } = preprocess(code)
    expect(text).toBe('flowchart LR\n  A --> [x\n')
    expect(offsets).toHaveLength(text.length + 1)
    for (let i = 0; i < text.length; i++) expect(code[offsets[i]]).toBe(text[i])
  })

  it('have their errors at the line and column of the source', () => {
    const message =
      "Error: Parse error on line 2:\nflowchart LR  A --> [x\n--------------------^\nExpecting 'NODE', got 'SQS'"
    expect(readMermaidError(message, code)).toMatchObject({
      line: 10,
      column: 9,
      message: 'syntax error: expected NODE, got SQS',
    })
  })
})

describe('DOT', () => {
  it('is laid out with stand-ins of the right width, and every character comes back', () => {
    const code = 'digraph { 甲 -> "é₁，—𝕏" }'
    const { encoded, decode } = standIns(code)
    expect(decode(encoded)).toBe(code)
    const bytes = (text: string) => Buffer.byteLength(text)
    expect(bytes(encoded)).toBe(bytes('digraph { ') + 4 + bytes(' -> "') + 2 + 2 + 4 + 4 + 4 + bytes('" }'))
  })

  it('keeps warnings that an author can act on', async () => {
    const engine = await graphvizEngine()
    const drawn = await engine.draw('digraph { a [color=nosuchcolor] }')
    expect(drawn).toMatchObject({ warnings: [{ message: 'nosuchcolor is not a known color.' }] })
  })

  it('says what is missing when there is no graph at all, or an HTML label is not well-formed', async () => {
    const engine = await graphvizEngine()
    expect(await engine.draw('# nichts\n')).toMatchObject({
      problem: { message: expect.stringContaining('no graph') },
    })
    const label = await engine.draw('digraph {\n  甲 [label=<<b>x</i>>]\n}')
    expect(label).toMatchObject({
      problem: { message: expect.stringMatching(/mismatched tag.*in label of node 甲/) },
    })
  })
})

describe('withinTime', () => {
  it('gives up what takes too long, and frees what it holds', async () => {
    let freed = false
    const never = new Promise<void>(() => undefined)
    await expect(withinTime(never, () => (freed = true), 0.02)).rejects.toThrow(TooSlow)
    expect(freed).toBe(true)
    expect(await withinTime(Promise.resolve(1), () => undefined, 0.02)).toBe(1)
  })
})
