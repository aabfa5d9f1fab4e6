/** Code → its top-level statements, by oxc's parser. */
import { parseSync } from 'oxc-parser'
import type { Span } from '../base/position.ts'
import type { Cell } from '../source/chapter.ts'
import { tooDeepCode } from './depth.ts'
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
  readonly comments: readonly Span[]
  /** The same statements as oxc gives them: their places count from `offset`. */
  readonly trees: readonly Tree[]
  /** Where the parsed text begins in the chapter. */
  readonly offset: number
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

export interface ParseOptions {
  readonly language?: 'ts' | 'js'
  /** Where the code begins in the chapter. */
  readonly offset?: number
  /** Its first line there. */
  readonly line?: number
}

/** Parses a module with top-level await. Spans are the chapter's. */
export function parseCode(
  code: string,
  { language = 'ts', offset = 0, line = 1 }: ParseOptions = {},
): ParsedCode | { readonly problems: readonly SyntaxProblem[] } {
  const deep = tooDeepCode(code)
  if (deep) {
    const span = { start: deep.at + offset, end: deep.at + offset + 1 }
    return { problems: [{ message: deep.message, span, help: deepHelp }] }
  }
  const { errors, program, comments } = parseSync(`cell.${language}`, code, {
    sourceType: 'module',
    lang: language,
  })
  if (errors.length > 0)
    return {
      problems: errors.map(({ message, labels, helpMessage }) => {
        const [at, ...others] = labels
        const opened = others.find(l => l.message)
        const openedLine = line + code.slice(0, opened?.start).split('\n').length - 1
        const [start, end] = at ? [at.start, Math.max(at.end, at.start + 1)] : [0, code.length]
        return {
          message,
          span: { start: start + offset, end: end + offset },
          help: helpMessage ?? (opened ? `${opened.message}: line ${openedLine}` : wholeHelp),
        }
      }),
    }
  const trees = program.body as unknown as readonly Tree[]
  return {
    statements: trees.map(tree => statementOf(tree, offset)),
    comments: comments.map(({ start, end }) => ({ start: start + offset, end: end + offset })),
    trees,
    offset,
  }
}

const deepHelp = 'Give parts of it names of their own, or read it from a file of data.'
const wholeHelp = 'A cell holds whole statements: close every bracket and quote in the cell that opens it.'

function statementOf(node: Tree, offset: number): Statement {
  const { type, start, end } = node
  const expression = node.expression as Tree | undefined
  return {
    type,
    start: start + offset,
    end: end + offset,
    expression:
      type === 'ExpressionStatement' && expression
        ? { start: expression.start + offset, end: expression.end + offset }
        : undefined,
    using: usingOf(node, offset),
  }
}

function usingOf({ type, start, kind, declarations }: Tree, offset: number): Statement['using'] {
  if (type !== 'VariableDeclaration' || (kind !== 'using' && kind !== 'await using')) return undefined
  const bound = (declarations as Tree[]).map(d => d.id as Tree)
  return {
    keyword: { start: start + offset, end: bound[0].start + offset },
    names: bound.map(id => String(id.name)),
    isAsync: kind === 'await using',
  }
}
