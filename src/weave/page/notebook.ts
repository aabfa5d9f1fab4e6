/** Chapter + outputs → a Jupyter notebook, nbformat 4.5: outputs are nbformat's already. */
import type { Output, Outputs } from '../run/output.ts'
import type { Cell, Chapter, Formula } from '../source/chapter.ts'
import { isRunning } from '../source/running.ts'

export interface NotebookCell {
  readonly cell_type: 'markdown' | 'code'
  readonly id: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly source: readonly string[]
  readonly outputs?: readonly unknown[]
  readonly execution_count?: number | null
}

export interface Notebook {
  readonly nbformat: 4
  readonly nbformat_minor: 5
  readonly metadata: Readonly<Record<string, unknown>>
  readonly cells: readonly NotebookCell[]
}

/** The kernel is Deno's, which runs TypeScript with `import`s. */
const metadata = {
  kernelspec: { name: 'deno', display_name: 'Deno', language: 'typescript' },
  language_info: { name: 'typescript', file_extension: '.ts', mimetype: 'text/x.typescript' },
}

export function toNotebook(chapter: Chapter, outputs: Outputs): Notebook {
  const cells: NotebookCell[] = [markdownCell('title', `# ${chapter.title}`)]
  let at = chapter.bodyStart
  let count = 0
  for (const cell of chapter.cells) {
    cells.push(...proseCell(chapter, outputs, at, cell.open.start))
    cells.push(codeCell(cell, isRunning(cell) ? ++count : null, outputs.cells[cell.index] ?? []))
    at = cell.close.end
  }
  cells.push(...proseCell(chapter, outputs, at, chapter.text.length))
  return { nbformat: 4, nbformat_minor: 5, metadata: { ...metadata, title: chapter.title }, cells }
}

/** The prose between two cells, with the values of its inline expressions; nothing for blank lines. */
function proseCell(chapter: Chapter, outputs: Outputs, start: number, end: number): readonly NotebookCell[] {
  const { text, inlines, formulas, title } = chapter
  const values = inlines.map(({ outer, index, code }) => ({
    outer,
    written: outputs.inlines[index] ?? `\`${code}\``,
  }))
  const parts = [
    ...values,
    ...formulas.map(formula => ({ outer: formula.outer, written: dollars(formula, text) })),
  ]
  let prose = ''
  let at = start
  for (const { outer, written } of parts.sort((a, b) => a.outer.start - b.outer.start)) {
    if (outer.start < at || outer.end > end) continue
    prose += text.slice(at, outer.start) + written
    at = outer.end
  }
  prose += text.slice(at, end)
  // A chapter may begin with its own title.
  const shown = prose.replace(/^\s*# (.+)\n/, (whole, heading: string) =>
    heading.startsWith(title) ? '' : whole,
  )
  const plain = shown.replace(/^(#+ .*?) \{#[\w-]+\}$/gm, '$1').trim()
  return plain === '' ? [] : [markdownCell(`text-${start}`, plain)]
}

/** A formula in the form that Jupyter knows, without its label. */
function dollars({ span, outer, display }: Formula, text: string): string {
  const latex = text.slice(span.start, span.end)
  if (text.startsWith('\\begin', outer.start)) return latex
  return display ? `$$${latex}$$` : `$${latex}$`
}

function markdownCell(id: string, text: string): NotebookCell {
  return { cell_type: 'markdown', id, metadata: {}, source: linesOf(text) }
}

function codeCell(cell: Cell, count: number | null, outputs: readonly Output[]): NotebookCell {
  const { label } = cell.options
  const code = cell.code.split('\n').slice(cell.optionLines).join('\n').trimEnd()
  return {
    cell_type: 'code',
    id: (label ?? `cell-${cell.index + 1}`).slice(0, 64),
    metadata: label ? { tags: [label] } : {},
    source: linesOf(code),
    execution_count: count,
    outputs: outputs.map(output => notebookOutput(output, count)),
  }
}

/** Texts as lists of lines, as Jupyter writes them. */
function notebookOutput(output: Output, count: number | null): unknown {
  switch (output.output_type) {
    case 'stream':
      return { ...output, text: linesOf(output.text) }
    case 'error':
      return output
    case 'execute_result':
    case 'display_data': {
      const data = Object.fromEntries(
        Object.entries(output.data).map(([type, content]) => [
          type,
          typeof content === 'string' && !/[/+]json$/.test(type) ? linesOf(content) : content,
        ]),
      )
      const numbered = output.output_type === 'execute_result' ? { execution_count: count } : {}
      return { ...output, ...numbered, data }
    }
    default:
      return output satisfies never
  }
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/)
}
