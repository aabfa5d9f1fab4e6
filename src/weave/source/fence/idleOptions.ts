/** Options that are right by themselves, and do nothing on the cell that they stand on. */
import { type Diagnostic, errorAt, warningAt } from '../../base/diagnostic.ts'
import type { LineIndex } from '../../base/position.ts'
import type { Cell, CellOptions } from '../chapter.ts'

type Key = keyof CellOptions
type WrittenCell = Omit<Cell, 'index'>

interface Idle {
  readonly keys: readonly Key[]
  /** Why they do nothing on this cell; undefined when they do. */
  readonly why: (cell: WrittenCell) => string | undefined
}

/** What only a run gives a meaning to. */
const ofRuns: readonly Key[] = [
  ...(['output', 'error', 'fig-cap', 'fig-alt', 'tbl-cap', 'tolerance', 'verify', 'expect'] as const),
  ...(['volatile', 'timeout', 'inputs'] as const),
]
/** Words that would not be shown, promises that nobody would keep: errors. The others are only superfluous. */
const grave = new Set<Key>(['label', 'error', 'fig-cap', 'tbl-cap', 'verify', 'expect', 'type-error'])

const isNumbered = (label = '') => /^(?:fig|tbl)-/.test(label)

/** Why a cell has no output. */
function silentBecause({ kind, options }: WrittenCell): string | undefined {
  if (kind === 'check') return 'a `ts check` cell does not run'
  if (options.eval === false) return 'with `eval: false` the cell does not run'
  return options.output === false ? 'with `output: false` no output is shown' : undefined
}

const table: readonly Idle[] = [
  { keys: ['eval'], why: ({ kind }) => (kind === 'check' ? 'a `ts check` cell does not run' : undefined) },
  {
    keys: ofRuns,
    why: cell => (cell.kind === 'check' || cell.options.eval === false ? silentBecause(cell) : undefined),
  },
  { keys: ['fig-cap', 'fig-alt', 'tbl-cap'], why: silentBecause },
  { keys: ['label'], why: cell => (isNumbered(cell.options.label) ? silentBecause(cell) : undefined) },
  {
    keys: ['label'],
    why: ({ options }) =>
      /^(?:eq|sec)-/.test(options.label ?? '')
        ? 'labels of cells begin with `fig-` or `tbl-`, or name nothing that is numbered'
        : undefined,
  },
  {
    keys: ['code-fold', 'code-summary'],
    why: ({ options }) => (options.echo === false ? 'with `echo: false` no code is shown' : undefined),
  },
  {
    keys: ['code-summary'],
    why: ({ options }) =>
      options['code-fold'] || options.verify ? undefined : 'the code is not folded: `code-fold: true`',
  },
  {
    keys: ['tbl-cap'],
    why: ({ options: { label = '', 'fig-cap': other } }) =>
      label.startsWith('fig-')
        ? 'the label makes it a figure: `fig-cap`'
        : other !== undefined && !label.startsWith('tbl-')
          ? '`fig-cap` makes it a figure'
          : undefined,
  },
  {
    keys: ['fig-cap'],
    why: ({ options: { label = '', 'tbl-cap': other } }) =>
      label.startsWith('tbl-') && other !== undefined
        ? 'the label makes it a table, and `tbl-cap` is its caption'
        : undefined,
  },
  {
    keys: ['type-error'],
    why: ({ language }) => (language === 'js' ? 'the types of JavaScript are not checked' : undefined),
  },
  {
    keys: ['tolerance'],
    why: ({ options }) =>
      options.volatile && !options.verify ? 'a volatile cell is not compared with its record' : undefined,
  },
]

/** One diagnostic for each such option that stands on the cell itself; defaults of the chapter do no harm. */
export function idleOptions(file: string, index: LineIndex, cell: WrittenCell): readonly Diagnostic[] {
  const said = new Set<Key>()
  return table.flatMap(({ keys, why }) =>
    keys.flatMap(key => {
      const [value, span] = [cell.options[key], cell.optionSpans[key]]
      const reason = span && value !== undefined && value !== false && !said.has(key) ? why(cell) : undefined
      if (!span || reason === undefined) return []
      said.add(key)
      const at = grave.has(key) ? errorAt : warningAt
      const message = `\`${key}\` does nothing here: ${reason}`
      return [at(file, index, span, { rule: 'option-idle', message, help: 'Take it out.' })]
    }),
  )
}
