/** What the engines do to a source before they draw it, and to a message after. No browser needed. */
import { describe, expect, it } from 'vitest'
import { findCulprit } from '../../../src/weave/diagram/culprit.ts'
import { textAfterGraph } from '../../../src/weave/diagram/dotSource.ts'
import { TooSlow, withinTime } from '../../../src/weave/diagram/engine.ts'
import { graphvizEngine, standIns } from '../../../src/weave/diagram/graphviz.ts'
import { readMermaidError } from '../../../src/weave/diagram/mermaidError.ts'
import { preprocess } from '../../../src/weave/diagram/mermaidSource.ts'

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
      problems: [{ message: expect.stringContaining('no graph') }],
    })
    const label = await engine.draw('digraph {\n  甲 [label=<<b>x</i>>]\n}')
    expect(label).toMatchObject({
      problems: [{ message: expect.stringMatching(/mismatched tag.*in label of node 甲/) }],
    })
    await engine.close()
  })

  it.each([
    ['digraph { a }\ndigraph { b }', 2, 1, 'a second diagram in one block'],
    ['digraph { a } strict graph { b }', 1, 15, 'a second diagram in one block'],
    ['digraph { a }\n// Ende\n  b -> c', 3, 3, 'text after the end of the graph is not drawn'],
    ['digraph { a }\n}', 2, 1, 'text after the end of the graph is not drawn'],
    ['digraph { a [label=<<b>}</b>>] } x', 1, 34, 'text after the end of the graph is not drawn'],
  ])('is wrong behind the first graph: %j at %i:%i', (code, line, column, message) => {
    expect(textAfterGraph(code)).toMatchObject({ line, column, message })
  })

  it.each([
    'digraph { a [label="}"]; b [label="\\"}"] } // }\n# x }\n/* } x */\n',
    'digraph { subgraph { a } b [color="#fff"] }',
    'digraph { a [label=<x <b>} y</b>>] }',
    'digraph { a',
    '',
  ])('has nothing behind the graph in %j', code => {
    expect(textAfterGraph(code)).toBeUndefined()
  })

  it('gives up a layout that takes too long, and draws the next', async () => {
    const engine = await graphvizEngine(2)
    const edges = Array.from({ length: 6000 }, (_, i) => `n${i} -> n${(i * 7919 + 13) % 6000}`)
    expect(await engine.draw(`digraph { ${edges.join('\n')} }`)).toMatchObject({
      problems: [{ message: 'took longer than 2 s to draw' }],
    })
    expect(await engine.draw('digraph { a }')).toHaveProperty('svg')
    await engine.close()
  })

  it('survives what breaks the engine', async () => {
    const engine = await graphvizEngine()
    const deep = `digraph { ${'subgraph cluster_a { '.repeat(3000)} a ${'}'.repeat(3000)} }`
    expect(await engine.draw(deep)).toMatchObject({
      problems: [{ message: 'Graphviz itself fails at this diagram' }],
    })
    expect(await engine.draw('digraph { a }')).toHaveProperty('svg')
    await engine.close()
  })
})

describe('findCulprit', () => {
  it('finds the last line without which the engine draws, and asks only about candidates', async () => {
    const asked: string[] = []
    const fails = async (lines: readonly string[]) => {
      asked.push(lines.join(''))
      return lines.includes('x') && lines.includes('y')
    }
    expect(await findCulprit(['a', 'x', 'b', 'y', 'c'], line => line !== 'c', fails)).toBe(3)
    expect(asked).toEqual(['axbc'])
    expect(await findCulprit(['x', 'y', 'x', 'y'], () => true, fails)).toBeUndefined()
    expect(await findCulprit(['x', 'y'], () => true, fails, 0)).toBeUndefined()
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
