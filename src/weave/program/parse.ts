/** Code → its top-level statements, by oxc's parser. */
import { parseSync } from 'oxc-parser'
import type { Span } from '../base/position.ts'
import type { Cell } from '../source/chapter.ts'
import { tooDeepCode } from './depth.ts'

export interface Statement extends Span {
  /** ESTree's name: `ImportDeclaration`, `ExpressionStatement`. */
  readonly type: string
  /** Of an expression statement: the expression. */
  readonly expression?: Span
}

export interface ParsedCode {
  readonly statements: readonly Statement[]
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

/**
 * Parses a TypeScript module with top-level await. Spans are UTF-16 offsets into `code`.
 *
 * @param lineOf the line of an offset, as messages call it
 */
export function parseCode(
  code: string,
  lineOf = (offset: number) => code.slice(0, offset).split('\n').length,
): ParsedCode | { readonly problems: readonly SyntaxProblem[] } {
  const deep = tooDeepCode(code)
  if (deep)
    return {
      problems: [{ message: deep.message, span: { start: deep.at, end: deep.at + 1 }, help: deepHelp }],
    }
  const { errors, program } = parseSync('cell.ts', code, { sourceType: 'module', lang: 'ts' })
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
          help: helpMessage ?? (opened ? `${opened.message}: line ${lineOf(opened.start)}` : wholeHelp),
        }
      }),
    }
  const statements = program.body.map(node => ({
    type: node.type,
    start: node.start,
    end: node.end,
    expression:
      node.type === 'ExpressionStatement'
        ? { start: node.expression.start, end: node.expression.end }
        : undefined,
  }))
  return { statements }
}

const deepHelp = 'Give parts of it names of their own, or read it from a file of data.'
const wholeHelp = 'A cell holds whole statements: close every bracket and quote in the cell that opens it.'
