/** Where marks go into a program: round each cell, round its last expression, round inline expressions. */
import type { Span } from '../base/position.ts'
import type { InlineExpression } from '../source/chapter.ts'
import type { ParsedCell, ParsedCode, Statement } from './parse.ts'

/** Puts `text` in the place of `span`. */
export interface Edit {
  readonly span: Span
  readonly text: string
}

/** What marked code calls at run time: see run/session.ts. Inline expressions call `__i`, for want of room. */
export const runtime = { name: '__unroll', inline: '__i' } as const

/**
 * The edits of one program, in order.
 *
 * For the type checker, cells need a `;` before them (code may begin with a bracket) and scoped cells a block.
 * A running program tells the runtime where cells begin and end, what their last expression is, and the value
 * of each inline expression.
 */
export function instrument(
  cells: readonly ParsedCell[],
  inlines: readonly InlineExpression[],
  purpose: 'types' | 'run',
): Edit[] {
  return [
    ...cells.flatMap(purpose === 'types' ? typeMarks : runMarks),
    ...inlines.flatMap(inline => inlineMarks(inline, purpose)),
  ].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)
}

function typeMarks({ cell, parsed, scoped }: ParsedCell): Edit[] {
  return [
    { span: cell.open, text: ';' },
    insert(bodyStart(cell.open, parsed), scoped ? ';{' : ''),
    { span: cell.close, text: scoped ? '}' : '' },
  ]
}

function runMarks({ cell, parsed, scoped }: ParsedCell): Edit[] {
  const start = bodyStart(cell.open, parsed)
  const last = parsed.statements.at(-1)
  const before = parsed.statements.at(-2)
  const shown = last?.expression
  const showAt = before && before.end > start ? before.end : start
  const show = shown ? `;${runtime.name}.show((` : ''
  const uses = scoped ? [] : parsed.statements.flatMap(usingMarks)
  const end = `;await ${runtime.name}.end(${cell.index});`
  return [
    { span: cell.open, text: `;${runtime.name}.cell(${cell.index});` },
    insert(start, (scoped ? ';try{' : '') + (showAt === start ? show : '')),
    ...uses,
    insert(showAt, showAt === start ? '' : show),
    insert(shown?.end ?? start, shown ? '))' : ''),
    { span: cell.close, text: (scoped ? `}catch(e){${runtime.name}.caught(e)}` : '') + end },
  ]
}

/**
 * `using a = f()` of a cell: a `const` whose value the runtime disposes of when the cell ends. esbuild would put the
 * whole module, marks and all, into a `try` instead. (In a block, such as a scoped cell's, its translation is right.)
 */
function usingMarks({ end, using }: Statement): Edit[] {
  if (!using) return []
  const { keyword, names, isAsync } = using
  const uses = names.map(name => `;${runtime.name}.use(${name},${isAsync});`)
  return [{ span: keyword, text: 'const'.padEnd(keyword.end - keyword.start) }, insert(end, uses.join(''))]
}

/**
 * The code span's "`{ts} " has just room for the call, so that the expression keeps its column. In a caption it stands
 * before the code that it speaks of: there its types are checked inside a function, and it runs behind the cell.
 */
function inlineMarks({ outer, span, caption, code }: InlineExpression, purpose: 'types' | 'run'): Edit[] {
  if (caption && purpose === 'run') return [insert(caption.close.end, `;${runtime.inline}(${code})`)]
  const call = caption ? ';()=>(' : purpose === 'types' ? ';(' : `;${runtime.inline}(`
  return [
    { span: { start: outer.start, end: span.start }, text: call.padStart(span.start - outer.start) },
    { span: { start: span.end, end: outer.end }, text: ')'.padEnd(outer.end - span.end) },
  ]
}

/** Behind the imports, which must stay at the top level; on the fence line where there are none. */
function bodyStart(open: Span, { statements }: ParsedCode): number {
  return statements.findLast(s => s.type === 'ImportDeclaration')?.end ?? open.end
}

function insert(at: number, text: string): Edit {
  return { span: { start: at, end: at }, text }
}
