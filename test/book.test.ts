/** Each chapter of content/ is a test: it type-checks, runs, gives its recorded numbers, and leads where it says. */
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check, type Diagnostic, formatDiagnostic, silent } from '../src/weave/index.ts'
import { readChapters } from '../src/weave/source/folder/read.ts'
import { parseChapter } from '../src/weave/source/parse.ts'
import { plainTheme } from './support/plainTheme.ts'

const root = resolve(import.meta.dirname, '..')
const content = join(root, 'content')
const { value: chapters } = await readChapters(content, { root })
let diagnostics: readonly Diagnostic[] = []
let texts: ReadonlyMap<string, string> = new Map()

beforeAll(async () => {
  const result = await check({
    root,
    content,
    cache: join(root, '.cache/test'),
    jobs: 2,
    theme: plainTheme,
    progress: silent,
  })
  diagnostics = result.diagnostics
  texts = result.value.texts
}, 300_000)

afterAll(() => {
  diagnostics = []
})

const shown = (some: readonly Diagnostic[]) =>
  some.map(d => formatDiagnostic(d, { textOf: file => texts.get(file) })).join('\n\n')

describe('the book', () => {
  it.each(chapters.map(c => c.file))('%s holds', file => {
    expect(shown(diagnostics.filter(d => d.file === file))).toBe('')
  })

  it('has nothing wrong outside of its chapters', () => {
    const files = new Set(chapters.map(c => c.file))
    expect(shown(diagnostics.filter(d => !files.has(d.file)))).toBe('')
  })

  it('proves or refutes every display formula of its chapters on recurrent networks', () => {
    const unproved = chapters
      .filter(c => c.book !== 'guide')
      .flatMap(source => {
        const { file, formulas, cells } = parseChapter(source).value
        const verified = new Set(cells.flatMap(c => c.options.verify ?? []))
        return formulas
          .filter(f => f.display && !(f.label && verified.has(f.label)))
          .map(f => `${file}: ${f.latex}`)
      })
    expect(unproved).toEqual([])
  })
})
