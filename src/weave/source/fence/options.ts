/** `//| key: value` lines at the head of a cell. Quarto's names, and ours. */

import type { Diagnostic } from '../../base/diagnostic.ts'
import { errorAt, warningAt } from '../../base/diagnostic.ts'
import { own } from '../../base/own.ts'
import type { LineIndex, Span } from '../../base/position.ts'
import type { CellOptions, CodeBlock } from '../chapter.ts'
import { readYaml, rule, type ValueRule } from '../matter/yamlValues.ts'
import { foreignOptions } from './foreignFences.ts'
import { almostOption, knownKey, otherForm } from './optionForms.ts'

const label: ValueRule = {
  expected: 'letters, digits, `-` and `_`, beginning with a letter',
  read: v => (typeof v === 'string' && /^[A-Za-z][\w-]*$/.test(v) ? v : undefined),
}

export const optionRules: Readonly<Record<keyof CellOptions, ValueRule>> = {
  label,
  echo: rule.flag,
  eval: rule.flag,
  output: rule.flag,
  error: {
    expected: 'true, false or the name of an error, such as RangeError',
    read: v => (typeof v === 'boolean' || (typeof v === 'string' && /^[A-Za-z]\w*$/.test(v)) ? v : undefined),
  },
  'fig-cap': rule.text,
  'fig-alt': rule.text,
  'tbl-cap': rule.text,
  'code-fold': {
    expected: 'true, false or show',
    read: v => (typeof v === 'boolean' || v === 'show' ? v : undefined),
  },
  'code-summary': rule.text,
  tolerance: rule.positive,
  verify: {
    expected: 'the label of a display formula, such as eq-update, or a list of them',
    read: v => rule.texts.read(v),
  },
  expect: { expected: 'refuted', read: v => (v === 'refuted' ? v : undefined) },
  volatile: rule.flag,
  timeout: rule.positive,
  'type-error': {
    expected: 'the number of a TypeScript error, such as 2322, or a list of them',
    read: v => {
      const words = (Array.isArray(v) ? v : String(v).split(/[\s,，、]+/)).map(String)
      const codes = words.map(w => Number(/^(?:TS)?(\d+)$/i.exec(w)?.[1]))
      return codes.length > 0 && codes.every(code => code > 0) ? [...new Set(codes)] : undefined
    },
  },
  inputs: rule.texts,
}

/** Labels and captions: what a diagram may say. */
export const diagramRules: Readonly<Record<string, ValueRule>> = {
  label,
  'fig-cap': rule.text,
  'fig-alt': rule.text,
}

export interface OptionLines {
  readonly options: CellOptions
  /** How many first lines are options. */
  readonly count: number
  readonly spans: Readonly<Partial<Record<keyof CellOptions, Span>>>
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads the option lines at the head of a block.
 *
 * @param lines where the block's lines lie in the chapter
 * @param mark how an option line begins: `//|`, `%%|`, `'|`
 */
export function readOptions(
  file: string,
  index: LineIndex,
  lines: readonly Span[],
  mark: string,
  rules: Readonly<Record<string, ValueRule>>,
): OptionLines {
  const texts = lines.map(({ start, end }) => index.text.slice(start, end))
  const marked = texts.map((text, i): MarkedLine | undefined => {
    const indent = text.length - text.trimStart().length
    if (!text.startsWith(mark, indent)) return undefined
    const skip = indent + mark.length + (text[indent + mark.length] === ' ' ? 1 : 0)
    return { start: lines[i].start + skip, end: lines[i].end, text: text.slice(skip) }
  })
  const codeAt = texts.findIndex(text => !/^\s*(?:\/\/|\/\*|[#%']|--|$)/.test(text))
  const almost = texts.map((text, i) =>
    marked[i] ? undefined : almostOption(text, mark, rules, codeAt === -1 || i < codeAt),
  )
  const firstOther = lines.findIndex((_, i) => !marked[i] && !almost[i])
  const count = firstOther < 0 ? lines.length : firstOther
  const heads = marked.slice(0, count).filter(line => line !== undefined)
  const meant = heads.map(({ text }) => otherForm(text, rules))
  const { values, spans, problems } = readYaml(
    heads.map(({ text }, i) => `${meant[i] ? ' '.repeat(text.length) : text}\n`).join(''),
    rules,
    'option',
  )
  const place = ({ start, end }: Span) => ({ start: inChapter(heads, start), end: inChapter(heads, end) })
  const error = (span: Span, problem: Parameters<typeof errorAt>[3]) => errorAt(file, index, span, problem)
  return {
    options: values as CellOptions,
    count,
    spans: Object.fromEntries(Object.entries(spans).map(([key, span]) => [key, place(span)])),
    diagnostics: [
      ...problems.map(({ span, ...problem }) => error(place(span), withOurWay(problem))),
      ...heads.flatMap((line, i) =>
        meant[i] === undefined
          ? []
          : [
              error(line, {
                rule: 'option-form',
                message: `expected \`key: value\`, got \`${line.text.trim()}\``,
                help: `Did you mean \`${mark} ${meant[i]}\`?`,
              }),
            ],
      ),
      ...almost.flatMap((option, i) =>
        option === undefined
          ? []
          : [
              error(lines[i], {
                rule: 'option-almost',
                message: `this line is no option: options begin with \`${mark}\``,
                help: `Did you mean \`${mark} ${option}\`?`,
              }),
            ],
      ),
      // An option further down would be a comment that does nothing, and nobody would know.
      ...marked
        .slice(count)
        .filter(line => line !== undefined)
        .filter(({ text }) => Object.hasOwn(rules, text.split(':')[0].trim()))
        .map(line =>
          error(line, {
            rule: 'option-misplaced',
            message: 'this option comes too late to be read',
            help: `Move it up: options are the first lines of a block, each beginning with \`${mark}\`.`,
          }),
        ),
    ],
  }
}

/** An option line behind its mark. */
interface MarkedLine extends Span {
  readonly text: string
}

/** From an offset in the YAML of the lines to one in the chapter. */
function inChapter(lines: readonly MarkedLine[], offset: number): number {
  let rest = offset
  for (const { start, text } of lines) {
    if (rest <= text.length) return start + rest
    rest -= text.length + 1
  }
  return lines.at(-1)?.end ?? 0
}

/** Options of Quarto, knitr and others have a way of ours, or none. */
function withOurWay<P extends { readonly rule: string; readonly message: string; readonly help?: string }>(
  problem: P,
): P {
  const name = problem.rule === 'option-unknown' ? problem.message.replace('unknown option: ', '') : ''
  const way = own(foreignOptions, name)
  return way === undefined ? problem : { ...problem, help: way }
}

/** Option lines on a block that is only shown: its author forgot to say `exec`. */
export function optionsOfNoCell(file: string, index: LineIndex, { lines, open }: CodeBlock): Diagnostic[] {
  const [first] = lines
  const text = first ? index.text.slice(first.start, first.end) : ''
  const [, key] = /^\s*\/\/\|\s*([\w-]+):/.exec(text) ?? []
  if (key === undefined || knownKey(key, optionRules) === undefined) return []
  return [
    warningAt(file, index, open, {
      rule: 'option-idle',
      message: 'this block has options of a cell, but is only shown',
      help: 'Write `ts exec` to run it, or `ts check` to check it.',
    }),
  ]
}
