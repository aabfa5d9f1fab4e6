/** What runs in vitest's worker for one chapter: its cells once, then a test for each of them. [edge: fs] */
import { readFile } from 'node:fs/promises'
import { beforeAll, describe, it } from 'vitest'
import type { Diagnostic } from '../base/diagnostic.ts'
import { guard } from '../base/fault.ts'
import { LineIndex, type Span } from '../base/position.ts'
import { readConfigFile } from '../base/readConfig.ts'
import { shownPath } from '../base/shownPath.ts'
import { verdictsToProofs } from '../math/verify.ts'
import { toProgram } from '../program/program.ts'
import { compareWithRecord } from '../record/compare.ts'
import { parseRecord } from '../record/record.ts'
import { type RunHere, runHere } from '../run/here.ts'
import type { Chapter } from '../source/chapter.ts'
import { placeOf } from '../source/folder/place.ts'
import { parseChapter } from '../source/parse.ts'
import { runningCells } from '../source/running.ts'
import { unreadChapter } from '../source/unread.ts'

export interface Places {
  readonly path: string
  readonly content: string
  readonly root: string
  readonly record: string
}

/** Declares the tests of a chapter. @param load runs its cells, through Vite */
export async function testChapter(places: Places, load: () => Promise<unknown>): Promise<void> {
  const source = await sourceOf(places)
  const read = () => {
    const { value, diagnostics } = parseChapter(source)
    return { value, diagnostics: [...diagnostics, ...toProgram(value).diagnostics] }
  }
  const { value: chapter, diagnostics: before } = guard('parse', source.file, read, () =>
    unreadChapter(source),
  )
  const index = new LineIndex(chapter.text)
  const running = runningCells(chapter)
  let run: RunHere | undefined
  let found: readonly Diagnostic[] = []

  beforeAll(
    async () => {
      if (before.length > 0) return
      const { macros = {} } = (await configOf(places)) as { macros?: Record<string, string> }
      run = await runHere(chapter, load, macros)
      found = run.failure ? [] : await diagnose(chapter, run, places)
    },
    (chapter.frontMatter.timeout ?? 120) * 1000,
  )

  const check = (span: Span, also = false) => {
    const { start, end } = index.range(span)
    for (const d of [...before, ...found]) {
      const line = d.range?.start.line ?? 1
      if (d.severity === 'error' && (also || (line >= start.line && line <= end.line)))
        throw failureAt(d, places)
    }
  }
  describe(chapter.title, () => {
    for (const cell of running) {
      const { line } = index.position(cell.open.start)
      it(cell.options.label ?? `cell ${cell.index + 1}, line ${line}`, () => {
        check({ start: cell.open.start, end: cell.close.end })
        const thrown = run?.failure
        if (!thrown) return
        if ((thrown.cell ?? running[0].index) === cell.index) throw placed(thrown.error, places)
        if ((thrown.cell ?? -1) < cell.index) throw new Error('not run: a cell before it failed')
      })
    }
    for (const inline of chapter.inlines)
      it(`{ts} ${inline.code}`, () => {
        check(inline.span)
        if (!run?.failure) return
        throw running.length === 0 ? placed(run.failure.error, places) : new Error('not run: a cell failed')
      })
    it('formulas and the rest of the text', () => {
      const inCode = [
        ...running.map(c => ({ start: c.open.start, end: c.close.end })),
        ...chapter.inlines.map(i => i.span),
      ].map(span => index.range(span))
      const rest = [...before, ...found].find(
        d =>
          d.severity === 'error' &&
          !inCode.some(({ start, end }) => {
            const line = d.range?.start.line ?? 1
            return line >= start.line && line <= end.line
          }),
      )
      if (rest) throw failureAt(rest, places)
    })
  })
}

async function sourceOf({ path, content, root }: Places) {
  const name = shownPath(content, path)
  const file = shownPath(root, path)
  return { file, path, ...placeOf(name), text: await readFile(path, 'utf8') }
}

async function configOf({ content }: Places): Promise<object> {
  const { spec } = (await readConfigFile(content, content)).value
  return typeof spec === 'object' && spec !== null ? spec : {}
}

async function diagnose(chapter: Chapter, run: RunHere, { record }: Places): Promise<readonly Diagnostic[]> {
  const text = await readFile(record, 'utf8').catch(() => undefined)
  const recorded = text === undefined ? undefined : parseRecord(text)
  return [
    ...run.diagnostics,
    ...verdictsToProofs(chapter, run.outputs, true).diagnostics,
    ...compareWithRecord(chapter, run.outputs, recorded, record),
  ]
}

/** A diagnostic as an error whose place is the chapter's line. */
function failureAt({ message, detail, help, range, rule }: Diagnostic, { path }: Places): Error {
  const error = new Error([message, detail, help].filter(Boolean).join('\n'))
  error.name = rule
  const { line, column } = range?.start ?? { line: 1, column: 1 }
  error.stack = `${error.name}: ${error.message}\n    at ${path}:${line}:${column}`
  return error
}

/** A cell's own error: its frames lie in the chapter, whose name Vite has lengthened. */
function placed(error: unknown, { path }: Places): unknown {
  if (!(error instanceof Error)) return new Error(`a cell threw ${String(error)}`)
  error.stack = error.stack?.replaceAll(`${path}?cells`, path)
  return error
}
