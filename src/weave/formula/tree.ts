/**
 * KaTeX's parse tree → nodes: spaces, sizes, colours and boxes are gone, digits are numbers, and every node knows where
 * in the LaTeX it stands. Macros are expanded: KaTeX has done that.
 */

import katex from 'katex'
import { own } from '../base/own.ts'
import { FormulaError } from './expression.ts'
import { canonical, type Node, type Place, plain, type Role, spanOf } from './nodes.ts'

/** What KaTeX's tree holds, as far as we read it. Its parser is exported, but not typed. */
interface Tree {
  readonly type: string
  readonly loc?: { readonly start: number; readonly end: number; readonly lexer: { readonly input: string } }
  readonly [key: string]: unknown
}

type KatexError = Error & {
  readonly rawMessage?: string
  readonly position?: number
  readonly length?: number
}

const parseTree = (katex as unknown as { __parse: (latex: string, options: object) => Tree[] }).__parse

/** What only says how a formula is numbered. */
const numbering = { '\\label': '\\@secondoftwo{#1}{}', '\\ref': '\\text{#1}', '\\eqref': '\\text{(#1)}' }

/** @throws FormulaError for what is no LaTeX */
export function nodesOf(latex: string, macros: Readonly<Record<string, string>> = {}): readonly Node[] {
  try {
    const settings = { displayMode: true, strict: 'ignore', macros: { ...macros, ...numbering } }
    return read(parseTree(latex, settings), latex)
  } catch (error) {
    if (error instanceof FormulaError) throw error
    if (error instanceof RangeError)
      throw new FormulaError('this is nested too deeply', undefined, 'Take it apart.')
    // Some of what KaTeX rejects it rejects without a place.
    const { message, rawMessage = message, position: start = 0, length = 1 } = error as KatexError
    throw new FormulaError(
      rawMessage,
      { start, end: start + Math.max(1, length) },
      'Formulas are LaTeX as KaTeX supports it: https://katex.org/docs/supported',
    )
  }
}

function read(trees: readonly Tree[], latex: string): Node[] {
  return placeOperators(joinDigits(trees.flatMap(tree => readOne(tree, latex))), latex)
}

/** Types that only change how their content looks. */
const looks = new Set([
  'styling',
  'sizing',
  'color',
  'enclose',
  'ordgroup',
  'internal',
  'html',
  'vphantom',
  'tag',
])
const spaces = new Set(['kern', 'spacing', 'cr', 'rule', 'vcenter', 'color-token'])

function readOne(tree: Tree, latex: string): Node[] {
  const { type, loc } = tree
  const span = loc && loc.lexer.input === latex ? { start: loc.start, end: loc.end } : undefined
  const inside = (key: string): Node[] => read(listOf(tree[key]), latex)
  const text = String(tree.text ?? '')
  if (spaces.has(type)) return []
  if (type === 'ordgroup') {
    const body = inside('body')
    return body.length === 0
      ? []
      : body.length === 1
        ? body
        : [{ kind: 'group', body, span: span ?? spanOf(body) }]
  }
  if (looks.has(type)) return inside('body')
  switch (type) {
    case 'mathord':
    case 'textord':
      return [readLetter(text, span)]
    case 'atom':
      return [{ kind: 'sign', role: roleOf(text, String(tree.family)), text, span }]
    case 'delimsizing':
      return [
        {
          kind: 'sign',
          role: roleOf(String(tree.delim), String(tree.mclass).replace(/^m/, '')),
          text: String(tree.delim),
          span,
        },
      ]
    case 'op':
      return [readOperator(tree, span, latex)]
    case 'operatorname':
      return [
        {
          kind: 'function',
          name: plain(inside('body')),
          span: span ?? including(spanOf(inside('body')), latex, written.name),
        },
      ]
    case 'text':
      return [
        {
          kind: 'words',
          text: plain(inside('body')),
          span: including(spanOf(inside('body')), latex, written.name),
        },
      ]
    case 'font':
      return [readFont(String(tree.font), inside('body'), latex)]
    case 'accent':
    case 'overline':
    case 'underline': {
      const body = inside(type === 'accent' ? 'base' : 'body')
      const command = type === 'accent' ? String(tree.label) : `\\${type}`
      return [{ kind: 'symbol', text: `${command}{${canonical(body)}}`, span: spanOf(body) }]
    }
    case 'horizBrace':
      return inside('base')
    case 'supsub':
      return [readScripts(tree, latex)]
    case 'genfrac': {
      const [over, under] = [inside('numer').flatMap(ungroup), inside('denom').flatMap(ungroup)]
      if (tree.hasBarLine === false) break
      return [
        {
          kind: 'fraction',
          over,
          under,
          span: including(spanOf([...over, ...under]), latex, written.fraction),
        },
      ]
    }
    case 'sqrt': {
      const [body, index] = [inside('body'), tree.index ? inside('index') : []]
      return [
        {
          kind: 'root',
          body,
          index,
          span: including(spanOf([...index, ...body]), latex, written.root),
        },
      ]
    }
    case 'leftright': {
      const body = inside('body')
      return [
        {
          kind: 'fenced',
          left: String(tree.left),
          right: String(tree.right),
          body,
          span: including(spanOf(body), latex, written.left, written.right),
        },
      ]
    }
    case 'array': {
      const rows = (tree.body as Tree[][]).map(row => row.map(cell => read([cell], latex).flatMap(ungroup)))
      const aligned = tree.colSeparationType !== undefined || tree.addJot === true
      return [
        {
          kind: 'array',
          aligned,
          rows,
          span: including(spanOf(rows.flat(2)), latex, written.begin, written.end),
        },
      ]
    }
    case 'htmlmathml': {
      const shown = plain(read(listOf(tree.mathml), latex))
      const found = own(composed, shown)
      if (found) return [{ kind: 'sign', role: 'rel', text: found, span }]
      break
    }
    case 'mclass':
      return [
        {
          kind: 'sign',
          role: roleOf('', String(tree.mclass).replace(/^m/, '')),
          text: plain(inside('body')),
          span,
        },
      ]
  }
  return [{ kind: 'sign', role: 'other', text: text || type, span }]
}

/** Signs that KaTeX composes of others, by how they look. */
const composed: Readonly<Record<string, string>> = { '≠': '\\ne', '≔': '=', '̸=': '\\ne', ':=': '=', '≜': '=' }

function listOf(value: unknown): readonly Tree[] {
  return Array.isArray(value) ? (value as Tree[]) : value ? [value as Tree] : []
}

function ungroup(node: Node): readonly Node[] {
  return node.kind === 'group' ? node.body : [node]
}

function roleOf(text: string, family: string): Role {
  if (/^(\||\\\||\\vert|\\Vert)$/.test(text)) return 'bar'
  return family === 'bin' || family === 'rel' || family === 'open' || family === 'close' || family === 'punct'
    ? family
    : 'other'
}

function readLetter(text: string, span: Place): Node {
  if (/^[\d.]$/.test(text)) return { kind: 'number', text, span }
  if (/^(\||\\\||\\vert|\\Vert)$/.test(text)) return { kind: 'sign', role: 'bar', text, span }
  if (text === '/') return { kind: 'sign', role: 'bin', text, span }
  return { kind: 'symbol', text, span }
}

function readOperator(tree: Tree, span: Place, latex: string): Node {
  const name =
    typeof tree.name === 'string' ? tree.name.replace(/^\\/, '') : plain(read(listOf(tree.body), latex))
  return name === 'sum' || name === 'prod' ? { kind: 'big', name, span } : { kind: 'function', name, span }
}

/** `\mathrm{tr}` names a function, `\mathrm{d}` and `\mathbf{W}` are letters. */
function readFont(font: string, body: readonly Node[], latex: string): Node {
  const letters = body.flatMap(ungroup)
  const name = plain(letters)
  const span = including(spanOf(letters), latex, written.name)
  if (letters.length > 1 && letters.every(n => n.kind === 'symbol') && /^[A-Za-z]+$/.test(name))
    return { kind: 'function', name, span }
  return { kind: 'symbol', text: `\\${font}{${canonical(letters)}}`, span }
}

function readScripts(tree: Tree, latex: string): Node {
  const [base] = read(listOf(tree.base), latex)
  const sub = read(listOf(tree.sub), latex).flatMap(ungroup)
  const all = read(listOf(tree.sup), latex).flatMap(ungroup)
  const sup = all.filter(n => !(n.kind === 'symbol' && n.text === '\\prime'))
  const span = widened(spanOf([...(base ? [base] : []), ...sub, ...sup]), latex)
  // What an underbrace says below itself is an aside.
  if ((tree.base as Tree | undefined)?.type === 'horizBrace' && base) return base
  return { kind: 'scripts', base, sub, sup, primes: all.length - sup.length, span }
}

/** Takes in what is written right before the content and right behind it: a command, `\left(`, `\end{cases}`. */
function including(span: Place, latex: string, before: RegExp, after = /^/): Place {
  if (!span) return undefined
  const start = before.exec(latex.slice(0, span.start))?.index ?? span.start
  const end = span.end + (after.exec(latex.slice(span.end))?.[0].length ?? 0)
  return widened({ start, end }, latex)
}

const written = {
  fraction: /\\[dtc]?frac\s*\{?\s*$/,
  root: /\\sqrt\s*[[{]?\s*$/,
  name: /\\(?:operatorname\*?|text\w*|math\w*|boldsymbol|bm)\s*\{?\s*$/,
  left: /\\left\s*(?:\\[A-Za-z]+|\\?\S)\s*$/,
  right: /^[\s}]*\\right\s*(?:\\[A-Za-z]+|\\?\S)/,
  begin: /\\begin\s*\{[A-Za-z*]+\}(?:\[[^\]]*\]|\{[^}]*\})?\s*$/,
  end: /^\s*(?:\\\\)?\s*\\end\s*\{[A-Za-z*]+\}/,
} as const

/** KaTeX does not say where an operator stands: it is written right before its scripts or its argument. */
function operatorSpan(name: string, before: number, latex: string): Place {
  const match = new RegExp(`\\\\${name}(?:\\s|\\\\n?o?limits|[_^{'])*$`).exec(latex.slice(0, before))
  return match ? { start: match.index, end: match.index + name.length + 1 } : undefined
}

/** Gives operators in a row of siblings their place. */
function placeOperators(nodes: readonly Node[], latex: string): Node[] {
  return nodes.map((node, i) => {
    const base = node.kind === 'scripts' ? node.base : node
    if (!base || base.span || (base.kind !== 'function' && base.kind !== 'big')) return node
    const before = node.kind === 'scripts' ? spanOf([...node.sub, ...node.sup]) : nodes[i + 1]?.span
    const span = before && operatorSpan(base.name, before.start, latex)
    if (!span) return node
    if (node.kind !== 'scripts') return { ...base, span }
    return { ...node, base: { ...base, span }, span: widened(spanOf([{ span }, node]), latex) }
  })
}

/** Takes in closing braces that follow: they have no node of their own. */
function widened(span: Place, latex: string): Place {
  if (!span) return undefined
  const open = (latex.slice(span.start, span.end).match(/(?<!\\)\{/g) ?? []).length
  let missing = open - (latex.slice(span.start, span.end).match(/(?<!\\)\}/g) ?? []).length
  let end = span.end
  while (missing > 0 && latex[end] === '}') {
    end++
    missing--
  }
  return { start: span.start, end }
}

/** Digits in a row are one number, and it carries the scripts of its last digit. */
function joinDigits(nodes: readonly Node[]): Node[] {
  const joined: Node[] = []
  for (const node of nodes) {
    const last = joined.at(-1)
    const digit = node.kind === 'scripts' ? node.base : node
    if (last?.kind !== 'number' || digit?.kind !== 'number') {
      joined.push(node)
      continue
    }
    const number: Node = { kind: 'number', text: last.text + digit.text, span: spanOf([last, digit]) }
    joined[joined.length - 1] =
      node.kind === 'scripts' ? { ...node, base: number, span: spanOf([last, node]) } : number
  }
  return joined
}
