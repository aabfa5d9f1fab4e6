/** Files that cells say they read: `inputs: data.csv`. [edge: fs] */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Diagnostic, errorAt, type Result } from '../base/diagnostic.ts'
import { hashOf } from '../base/hash.ts'
import type { LineIndex } from '../base/position.ts'
import type { Cell, Chapter } from '../source/chapter.ts'

/** Content hashes by cell index and name; a missing file is an error at the option. */
export async function hashInputs(
  chapter: Chapter,
  index: LineIndex,
  cells: readonly Cell[],
): Promise<Result<Readonly<Record<number, Readonly<Record<string, string>>>>>> {
  const value: Record<number, Record<string, string>> = {}
  const diagnostics: Diagnostic[] = []
  for (const cell of cells)
    for (const name of cell.options.inputs ?? []) {
      try {
        const hash = hashOf(await readFile(resolve(dirname(chapter.path), name)))
        value[cell.index] = { ...value[cell.index], [name]: hash }
      } catch {
        diagnostics.push(
          errorAt(chapter.file, index, cell.optionSpans.inputs ?? cell.open, {
            rule: 'input-missing',
            message: `cannot read the input file ${JSON.stringify(name)}`,
            help: 'Paths in `inputs:` start at the chapter’s folder.',
          }),
        )
      }
    }
  return { value, diagnostics }
}
