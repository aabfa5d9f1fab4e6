/** A bundle's text → its top-level statements, each with its facts, its file, and the cell that it belongs to. */
import { SourceMap } from 'node:module'
import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'
import { LineIndex } from '../base/position.ts'
import { type Bundle, bundleFolder } from './bundle.ts'
import { runtime } from './instrument.ts'
import { type Facts, scan, type Tree } from './scan.ts'

/** What a chapter runs, in reading order: cells and inline expressions, each by its own index. */
export interface Unit {
  readonly kind: 'cell' | 'inline'
  readonly index: number
}

export interface Item extends Facts {
  readonly text: string
  readonly tree: Tree
  /** The unit's place in the order, if a cell or an inline expression holds the statement. */
  readonly unit: number | undefined
  /** The local file, relative to the project, that it comes from; undefined for the chapter's own code. */
  readonly file: string | undefined
  /** Of an import: the module that stays outside of the bundle. */
  readonly from: string | undefined
}

export interface Flat {
  readonly units: readonly Unit[]
  readonly items: readonly Item[]
}

/** Undefined when the text is not built as expected: then a chapter is one piece. */
export function flatten({ code, map }: Bundle, files: readonly string[]): Flat | undefined {
  const { errors, program } = parseSync('bundle.js', code, { sourceType: 'module' })
  if (errors.length > 0) return undefined
  const fileOf = fileFinder(code, map, files)
  const units: Unit[] = []
  const items: Item[] = []
  let current: number | undefined
  let inlines = 0
  for (const statement of program.body as unknown as Tree[]) {
    const mark = markOf(statement)
    if (mark?.name === 'cell') {
      current = units.length
      units.push({ kind: 'cell', index: mark.index })
      continue
    }
    if (mark?.name === 'end') {
      current = undefined
      continue
    }
    const isInline = mark?.name === 'inline'
    if (isInline) units.push({ kind: 'inline', index: inlines++ })
    const unit = isInline ? units.length - 1 : current
    items.push({
      ...scan(statement),
      text: code.slice(statement.start, statement.end),
      tree: statement,
      unit,
      file: unit === undefined ? fileOf(statement.start) : undefined,
      from: statement.type === 'ImportDeclaration' ? String((statement.source as Tree).value) : undefined,
    })
  }
  return { units, items }
}

interface Mark {
  readonly name: 'cell' | 'end' | 'inline'
  readonly index: number
}

/** `__unroll.cell(3)`, `await __unroll.end(3)`, `__i(x)`. */
function markOf(statement: Tree): Mark | undefined {
  if (statement.type !== 'ExpressionStatement') return undefined
  let call = statement.expression as Tree
  if (call.type === 'AwaitExpression') call = call.argument as Tree
  if (call.type !== 'CallExpression') return undefined
  const callee = call.callee as Tree
  if (callee.type === 'Identifier')
    return callee.name === runtime.inline ? { name: 'inline', index: 0 } : undefined
  const object = callee.object as Tree | undefined
  if (callee.type !== 'MemberExpression' || object?.name !== runtime.name) return undefined
  const name = (callee.property as Tree).name
  const [argument] = call.arguments as Tree[]
  return name === 'cell' || name === 'end' ? { name, index: Number(argument.value) } : undefined
}

/** Which of the bundle's files a place in its text comes from. */
function fileFinder(
  code: string,
  map: string,
  files: readonly string[],
): (offset: number) => string | undefined {
  if (files.length === 0) return () => undefined
  const source = new SourceMap(JSON.parse(map))
  const index = new LineIndex(code)
  return offset => {
    const { line, column } = index.position(offset)
    const entry = source.findEntry(line - 1, column - 1)
    if (!('originalSource' in entry)) return undefined
    // Sources are named from where the bundle would lie.
    const name = posix.join(bundleFolder, entry.originalSource)
    return files.includes(name) ? name : undefined
  }
}
