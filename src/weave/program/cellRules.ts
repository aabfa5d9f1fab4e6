/** What a cell may not say although it parses: for reasons that lie in how cells become a module. */
import { type Diagnostic, errorAt } from '../base/diagnostic.ts'
import type { LineIndex, Span } from '../base/position.ts'
import type { Chapter, InlineExpression } from '../source/chapter.ts'
import { needsFile } from './declared.ts'
import { runtime } from './instrument.ts'
import { firstMention, firstNamed, firstNode } from './mentions.ts'
import type { ParsedCell, ParsedCode } from './parse.ts'
import type { Tree } from './scan.ts'

/** An inline expression, parsed; its spans are offsets in the chapter. */
export interface ParsedInline {
  readonly inline: InlineExpression
  readonly parsed: ParsedCode
}

/** All of a chapter's, in the order of the rules. */
export function cellProblems(
  { file }: Chapter,
  index: LineIndex,
  cells: readonly ParsedCell[],
  inlines: readonly ParsedInline[],
): readonly Diagnostic[] {
  const error = (span: Span, problem: { rule: string; message: string; help: string }) =>
    errorAt(file, index, span, problem)
  return [
    ...cells.filter(c => c.runs && c.scoped).flatMap(({ parsed }) => inTry(parsed, error)),
    ...[...cells.map(c => c.parsed), ...inlines.map(i => i.parsed)].flatMap(p => reserved(p, error)),
    ...[...cells.filter(c => c.runs).map(c => c.parsed), ...inlines.map(i => i.parsed)].flatMap(p =>
      ofTheFile(p, error),
    ),
    ...mentionsAfterDisposal(index, cells, inlines, error),
  ]
}

type MakeError = (span: Span, problem: { rule: string; message: string; help: string }) => Diagnostic

/** A cell with `error:` that holds what only the top level can. */
export function hasNoPlace({ runs, scoped, parsed }: ParsedCell): boolean {
  return runs && scoped && parsed.trees.some(t => needsFile(t) && t.type !== 'ImportDeclaration')
}

/** A cell with `error:` runs in a `try`, behind its imports: nothing can stand there that needs the top level. */
function inTry({ statements, trees }: ParsedCode, error: MakeError): Diagnostic[] {
  const firstOther = statements.findIndex(s => s.type !== 'ImportDeclaration')
  return trees.flatMap((tree, i) => {
    if (tree.type === 'ImportDeclaration')
      return firstOther === -1 || i < firstOther
        ? []
        : [
            error(statements[i], {
              rule: 'import-order',
              message: 'an import after other statements in a cell with its own scope',
              help: 'In a cell with `error:` write the imports first.',
            }),
          ]
    if (!needsFile(tree)) return []
    return [
      error(statements[i], {
        rule: 'cell-scope',
        message: `${kindOf(tree.type)} in a cell with \`error:\`, which has a scope of its own`,
        help: 'Move it to a cell of its own, without `error:`.',
      }),
    ]
  })
}

/** `ExportNamedDeclaration` → `an export`. */
function kindOf(type: string): string {
  if (type.startsWith('Export') || type.startsWith('TSExport') || type.startsWith('TSNamespaceExport'))
    return 'an export'
  if (type.startsWith('TSModule')) return 'a namespace'
  return type.startsWith('TSImport') ? 'an import' : 'a declaration'
}

/** The names of the marks that are put round cells. */
function reserved({ trees, offset }: ParsedCode, error: MakeError): Diagnostic[] {
  return [runtime.name, runtime.inline].flatMap(name => {
    const found = trees.map(tree => firstNamed(tree, name)).find(node => node !== undefined)
    if (!found) return []
    const message = `the name ${name} is the pipeline's own`
    return [error(shifted(found, offset), { rule: 'name-reserved', message, help: 'Take another name.' })]
  })
}

/** `import.meta.url` would be the name of the file that happens to run, another one each time. */
function ofTheFile({ trees, offset }: ParsedCode, error: MakeError): Diagnostic[] {
  const found = trees
    .map(tree => firstNode(tree, node => node.type === 'MetaProperty' && isImport(node)))
    .find(node => node !== undefined)
  if (!found) return []
  return [
    error(shifted(found, offset), {
      rule: 'import-meta',
      message: '`import.meta` speaks of the file that runs, which is not the chapter',
      help: 'Import data (`import csv from "./a.csv"`), or read files by their path from the project, and list them under `inputs:`.',
    }),
  ]
}

function isImport({ meta }: Tree): boolean {
  return (meta as Tree | undefined)?.name === 'import'
}

/** What `using` binds in a cell is disposed of at the cell's end: a later cell would work with what is gone. */
function mentionsAfterDisposal(
  index: LineIndex,
  cells: readonly ParsedCell[],
  inlines: readonly ParsedInline[],
  error: MakeError,
): Diagnostic[] {
  const later = [
    ...cells.filter(c => c.runs).map(({ cell, parsed }) => ({ at: cell.open.start, parsed })),
    ...inlines.map(({ inline, parsed }) => ({ at: inline.span.start, parsed })),
  ]
  return cells
    .filter(c => c.runs && !c.scoped)
    .flatMap(({ cell, parsed }) =>
      parsed.statements.flatMap(({ using }) => (using?.names ?? []).map(name => ({ cell, name }))),
    )
    .flatMap(({ cell, name }) => {
      const mention = later
        .filter(l => l.at > cell.close.start)
        .flatMap(l => l.parsed.trees.map(tree => [firstMention(tree, name), l.parsed.offset] as const))
        .flatMap(([node, offset]) => (node ? [shifted(node, offset)] : []))
        .at(0)
      if (!mention) return []
      const { line } = index.position(cell.open.start)
      return [
        error(mention, {
          rule: 'using-ended',
          message: `${name} was disposed of at the end of its cell (line ${line})`,
          help: 'Use it in the cell that declares it with `using`; or declare it with `const`, and dispose of it yourself.',
        }),
      ]
    })
}

function shifted({ start, end }: Span, offset: number): Span {
  return { start: start + offset, end: end + offset }
}
