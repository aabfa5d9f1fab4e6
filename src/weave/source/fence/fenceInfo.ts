/**
 * What the line of an opening fence says: ```` ```ts exec title="a.ts" {1,3} ````. Whatever nearly says that code runs,
 * or that a diagram is drawn, is a problem at its words.
 */

import { nearest } from '../../base/nearest.ts'
import { own } from '../../base/own.ts'
import type { Cell, CodeLook, DiagramLanguage } from '../chapter.ts'
import { lookOf } from './codeLook.ts'
import { foreignDirective, foreignWord } from './foreignFences.ts'
import {
  cellKind,
  cellLanguages,
  diagrams,
  type InfoProblem,
  kinds,
  meantKind,
  problem,
  type Word,
  wordsOf,
} from './infoWords.ts'
import { nearDiagram, nearLanguage, unknownLanguage } from './nearLanguages.ts'

export interface FenceInfo {
  /** As it is coloured: `ts`, `python`, ''. */
  readonly language: string
  /** Of a cell. */
  readonly kind?: Cell['kind']
  readonly diagram?: DiagramLanguage
  /** Groups in braces, which are attributes: `{#a fig-cap="…"}`. */
  readonly attributes: string
  readonly look: CodeLook
  /** `markdown sample`: a document that is checked as a chapter of its own. */
  readonly isSample?: boolean
  readonly problems: readonly InfoProblem[]
}

/** @param info the line behind the fence's marks, as it stands in the chapter */
export function readInfo(info: string): FenceInfo {
  // Nobody writes more: what is longer is no use, and would take long to read.
  const [first, ...rest] = wordsOf(info.slice(0, 2000))
  if (!first) return { language: '', attributes: '', look: {}, problems: [] }
  if (first.text.startsWith('{')) return readBraced(first, rest)
  const head = /^[^\s{,:;=|()]+/.exec(first.text)?.[0] ?? first.text
  const language = { text: head, start: first.start, end: first.start + head.length }
  const tail = { text: first.text.slice(head.length), start: language.end, end: first.end }
  return readWords(language, tail.text === '' ? rest : [tail, ...rest])
}

function readWords(head: Word, words: readonly Word[]): FenceInfo {
  const name = head.text.toLowerCase()
  const diagram = own(diagrams, name)
  if (diagram) return readDiagram(head, words, diagram)
  if (own(cellLanguages, name)) return readCode(head, words)
  const problem = nearLanguage(head, words)
  return problem ? shownOnly(head, [problem]) : readCode(head, words)
}

/** A block of code, or a cell. */
function readCode(head: Word, words: readonly Word[]): FenceInfo {
  const isOurs = own(cellLanguages, head.text.toLowerCase()) !== undefined
  const problems: InfoProblem[] = []
  let kind: Word | undefined
  let look: CodeLook = {}
  let isSample = false
  const attributes: string[] = []
  for (const word of words) {
    const isKind = kinds.some(k => k === word.text)
    const more = lookOf(word.text)
    if (word.text === 'sample' && /^(?:markdown|md)$/i.test(head.text)) isSample = true
    else if (isKind && isOurs && !kind) kind = word
    else if (more) look = { ...look, ...more }
    else if (isOurs && meantKind(word.text)) problems.push(wrongKind(head, word, kind))
    else if (isOurs && isOption(word.text)) problems.push(optionInInfo(word))
    else if (word.text.startsWith('{')) attributes.push(word.text)
    else problems.push(...foreign(head, word, isOurs))
  }
  if (kind?.text === 'check' && own(cellLanguages, head.text.toLowerCase()) === 'js')
    problems.push(notChecked(head))
  return {
    language: kind ? cellLanguages[head.text.toLowerCase()] : head.text,
    kind: kind && !problems.some(p => p.rule === 'cell-kind') ? (kind.text as Cell['kind']) : undefined,
    attributes: attributes.join(' '),
    look,
    isSample,
    problems,
  }
}

function readDiagram(head: Word, words: readonly Word[], diagram: DiagramLanguage): FenceInfo {
  const problems = words
    .filter(w => !w.text.startsWith('{'))
    .map((word): InfoProblem => {
      const isAttribute = /^(?:fig-cap|fig-alt|label|id)=/.test(word.text)
      return problem('error', word, {
        rule: 'diagram-word',
        message: isAttribute
          ? `attributes of a diagram stand in braces: ${word.text}`
          : `unknown word after \`${head.text}\`: ${word.text}`,
        help: isAttribute
          ? `Write \`{${word.text}}\`.`
          : 'A diagram is drawn without being asked; what belongs to it stands in braces: `{#fig-name fig-cap="…"}`.',
      })
    })
  const groups = words.filter(w => w.text.startsWith('{'))
  return {
    language: head.text,
    diagram,
    attributes: groups.map(w => w.text).join(' '),
    look: {},
    problems: [...problems, ...groups.flatMap(unknownAttributes)],
  }
}

/** What a diagram's braces may hold. */
const diagramAttributes = ['fig-cap', 'fig-alt']

function unknownAttributes({ text, start, end }: Word): InfoProblem[] {
  const inner = text.replace(/^\{|\}$/g, found => ' '.repeat(found.length))
  const parts = inner.matchAll(/#[\w-]+|([\w-]+)\s*=\s*(?:"[^"]*"|[^\s"]+)|\S+/g)
  return [...parts].flatMap(({ 0: part, 1: key, index }) => {
    if (part.startsWith('#') || diagramAttributes.includes(key ?? '')) return []
    const guess = nearest(key ?? part, diagramAttributes)
    return [
      problem(
        'error',
        { start: start + index, end: Math.min(end, start + index + part.length) },
        {
          rule: 'attribute-unknown',
          message: `unknown attribute of a diagram: ${key ?? part}`,
          help: guess ? `Did you mean \`${guess}\`?` : 'Known: `#fig-name`, `fig-cap="…"`, `fig-alt="…"`.',
        },
      ),
    ]
  })
}

/** ```` ```{python} ````: Quarto's and MyST's way, and Pandoc's `{.python}`. */
function readBraced(group: Word, words: readonly Word[]): FenceInfo {
  const inner = group.text.replace(/^\{+|\}+$/g, '')
  const [, dot, first = '', after] = /^\s*([.=]?)([A-Za-z][\w+#-]*)?([\s\S]*)$/.exec(inner) ?? []
  // Pandoc allows `{#fig-a .mermaid}`, too.
  const drawn = [...inner.matchAll(/(?:^|\s)\.([\w-]+)/g)].find(([, word]) => own(diagrams, word))
  const [name, rest] = first === '' && drawn ? [drawn[1], inner.replace(drawn[0], '')] : [first, after]
  const key = name.toLowerCase()
  const head = { ...group, text: name }
  const diagram = own(diagrams, key)
  if (diagram) return readDiagram(head, [{ ...group, text: `{${rest}}` }, ...words], diagram)
  const lines = lookOf(group.text)
  if (lines || name === '' || (dot === '' && /^\s*=/.test(rest)))
    return { language: '', attributes: lines ? '' : group.text, look: lines ?? {}, problems: [] }
  const asked = [...words, ...wordsOf(rest)].some(w => meantKind(w.text))
  if (dot === '.' && !asked)
    return { language: name, attributes: rest.trim() && `{${rest.trim()}}`, look: {}, problems: [] }
  if (own(cellLanguages, key))
    return shownOnly(head, [
      problem('error', group, {
        rule: 'cell-kind',
        message: `\`${group.text}\` does not run here`,
        help: `Did you mean \`${key} exec\`? \`${key}\` alone is only shown.`,
      }),
    ])
  const near = nearDiagram(key)
  if (near) return shownOnly(head, [unknownLanguage(head, near)])
  // Formulas say it themselves.
  if (key === 'math') return shownOnly(head, [])
  const { severity, ...said } = foreignDirective(name)
  return shownOnly(head, [problem(severity, group, said)])
}

function shownOnly(head: Word, problems: readonly InfoProblem[]): FenceInfo {
  return { language: head.text, attributes: '', look: {}, problems }
}

function wrongKind(head: Word, word: Word, kind: Word | undefined): InfoProblem {
  return cellKind(
    word,
    `unknown word after \`${kind ? `${head.text} ${kind.text}` : head.text}\`: ${word.text}`,
    kind
      ? 'Write `ts exec`, `ts check`, or `ts` alone; options go into `//| key: value` lines.'
      : `Did you mean \`${head.text.toLowerCase()} ${meantKind(word.text)}\`?`,
  )
}

function notChecked(head: Word): InfoProblem {
  return cellKind(
    head,
    `only TypeScript is checked, got ${head.text}`,
    `Write \`ts check\`, or \`${head.text}\` alone to only show the code.`,
  )
}

/** `echo=false` and `{#fig-a fig-cap="…"}` behind `ts exec`. */
function isOption(word: string): boolean {
  return /^\{?\s*(?:#(?:fig|tbl)-|(?:label|echo|eval|output|fig-cap|fig-alt|tbl-cap|code-fold|error)\s*=)/.test(
    word,
  )
}

function optionInInfo(word: Word): InfoProblem {
  const [, key = 'label', value] = /([\w-]+)\s*=\s*"?([^"}]*)/.exec(word.text) ?? []
  const shown = value ?? /#([\w-]+)/.exec(word.text)?.[1] ?? ''
  return problem('error', word, {
    rule: 'option-place',
    message: `options of a cell are lines of their own, got ${word.text}`,
    help: `Write \`//| ${key}: ${shown}\` below the fence.`,
  })
}

function foreign(head: Word, word: Word, isOurs: boolean): InfoProblem[] {
  const known = foreignWord(word.text)
  if (!known && !isOurs) return []
  return [
    problem('warning', word, {
      rule: 'fence-word',
      message: known
        ? `\`${word.text}\` is a word of ${known.tool}, and does nothing here`
        : `\`${word.text}\` behind \`${head.text}\` does nothing here`,
      help:
        known?.help ?? 'The kinds of cells are `exec` and `check`; options go into `//| key: value` lines.',
    }),
  ]
}
