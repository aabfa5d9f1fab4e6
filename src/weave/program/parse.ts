/** Code → its top-level statements, by oxc's parser. */
import { parseSync } from 'oxc-parser'
import type { Span } from '../base/position.ts'
import type { Cell } from '../source/chapter.ts'
import type { Tree } from './scan.ts'

export interface Statement extends Span {
  /** ESTree's name: `ImportDeclaration`, `ExpressionStatement`. */
  readonly type: string
  /** Of an expression statement: the expression. */
  readonly expression?: Span
  /** Of `using a = …` and `await using a = …`: its keywords, and the names that it binds. */
  readonly using?: { readonly keyword: Span; readonly names: readonly string[]; readonly isAsync: boolean }
}

export interface ParsedCode {
  readonly statements: readonly Statement[]
  /** The same statements as oxc gives them. */
  readonly trees: readonly Tree[]
  readonly comments: readonly Span[]
}

/** A cell with the places of its statements in the chapter's text. */
export interface ParsedCell {
  readonly cell: Cell
  readonly parsed: ParsedCode
  /** Runs when the chapter runs. A `check` cell and one with `eval: false` do not. */
  readonly runs: boolean
  /** Its declarations are its own: it is wrapped in a block (or a `try`) behind its imports. */
  readonly scoped: boolean
}

export interface SyntaxProblem {
  readonly message: string
  readonly span: Span
  readonly help?: string
}

/** Parses a TypeScript module with top-level await. Spans are UTF-16 offsets into `code`. */
export function parseCode(
  code: string,
  language: 'ts' | 'js' = 'ts',
): ParsedCode | { readonly problems: readonly SyntaxProblem[] } {
  const { errors, program, comments } = parseSync(`cell.${language}`, code, {
    sourceType: 'module',
    lang: language,
  })
  if (errors.length > 0)
    return {
      problems: errors.map(({ message, labels, helpMessage }) => {
        const [at, ...others] = labels
        const opened = others.find(l => l.message)
        return {
          message,
          span: at
            ? { start: at.start, end: Math.max(at.end, at.start + 1) }
            : { start: 0, end: code.length },
          help: helpMessage ?? (opened ? lineHelp(code, opened.message ?? '', opened.start) : wholeHelp),
        }
      }),
    }
  const trees = program.body as unknown as readonly Tree[]
  return { statements: trees.map(statementOf), trees, comments }
}

function statementOf(node: Tree): Statement {
  const { type, start, end } = node
  const { start: from, end: to } = (node.expression ?? node) as Tree
  return {
    type,
    start,
    end,
    expression: type === 'ExpressionStatement' ? { start: from, end: to } : undefined,
    using: usingOf(node),
  }
}

function usingOf({ type, start, kind, declarations }: Tree): Statement['using'] {
  if (type !== 'VariableDeclaration' || (kind !== 'using' && kind !== 'await using')) return undefined
  const bound = (declarations as Tree[]).map(d => d.id as Tree)
  const keyword = { start, end: bound[0].start }
  return { keyword, names: bound.map(id => String(id.name)), isAsync: kind === 'await using' }
}

const wholeHelp = 'A cell holds whole statements: close every bracket and quote in the cell that opens it.'

/** `Opened here`, with the line it speaks of. */
function lineHelp(code: string, message: string, offset: number): string {
  return `${message}: line ${code.slice(0, offset).split('\n').length}`
}
