/**
 * Cells that are only shown, and hold what no block can: imports, exports, `declare`, namespaces. Each is a file of its
 * own to the type checker. It imports the names of earlier cells that it mentions and does not declare itself.
 */
import { basename } from 'node:path'
import type { LineIndex } from '../base/position.ts'
import type { Cell, Chapter } from '../source/chapter.ts'
import { blank } from './blank.ts'
import { declaredNames, needsFile } from './declared.ts'
import type { ParsedCell } from './parse.ts'
import { nodesIn, type Tree } from './scan.ts'

/** A cell as a file beside its chapter. */
export interface CheckFile {
  readonly cell: Cell
  /** Same lines and columns as the chapter, down to the cell's end; the line of the opening fence aside. */
  readonly text: string
}

export interface CheckFiles {
  readonly files: readonly CheckFile[]
  /** What the chapter's own module has to export for them. */
  readonly exported: readonly string[]
}

export function isFile({ runs, parsed }: ParsedCell): boolean {
  return !runs && parsed.trees.some(needsFile)
}

/** @param cells of the chapter, in reading order */
export function checkFilesOf(chapter: Chapter, index: LineIndex, cells: readonly ParsedCell[]): CheckFiles {
  const exported = new Set<string>()
  const known = new Map<string, boolean>()
  const files: CheckFile[] = []
  for (const cell of cells) {
    if (isFile(cell)) {
      const names = namesFor(cell, known)
      for (const name of names) if (!known.get(name)) exported.add(name)
      files.push({ cell: cell.cell, text: fileText(chapter, index, cell.cell, names) })
    } else if (!cell.scoped)
      for (const tree of cell.parsed.trees)
        for (const name of declaredNames(tree))
          known.set(name, known.get(name) === true || tree.type.startsWith('Export'))
  }
  return { files, exported: [...exported] }
}

/** Names of earlier cells that a cell mentions, and does not declare itself. */
function namesFor({ parsed }: ParsedCell, known: ReadonlyMap<string, boolean>): readonly string[] {
  const own = new Set(parsed.trees.flatMap(declaredNames))
  const mentioned = new Set(parsed.trees.flatMap(tree => [...identifiersIn(tree)]))
  return [...known.keys()].filter(name => mentioned.has(name) && !own.has(name))
}

function* identifiersIn(tree: Tree): Generator<string> {
  for (const { type, name } of nodesIn(tree)) if (type === 'Identifier') yield String(name)
}

/** The import stands on the fence's line, which is free. Above it there are only line breaks. */
function fileText(
  { text, path }: Chapter,
  index: LineIndex,
  { lines, open, close }: Cell,
  names: readonly string[],
): string {
  const { line } = index.position(open.start)
  const own = lines.map(({ start, end }) => ({ start: start - open.end, end: end - open.end }))
  const body = blank(text.slice(open.end, close.start), own)
  const from = JSON.stringify(`./${basename(path)}.ts`)
  const head = names.length > 0 ? `import{${names.join(',')}}from${from};` : ''
  return '\n'.repeat(line - 1) + head + body
}
