/** What Mermaid draws as something else, or not at all, in pictures whose labels are SVG text; and what to write instead. */
import { parseDocument } from 'yaml'
import { nearest } from '../base/nearest.ts'
import type { Problem } from './engine.ts'

interface Limit {
  /** What is found in a line; its first group is what the message names. */
  readonly pattern: RegExp
  /** The kind of diagram, by its first word; absent for all. */
  readonly kind?: RegExp
  readonly message: (found: string) => string
  readonly help: string
}

const help = 'See https://mermaid.js.org for the kinds of diagrams.'
const ownText = 'a diagram is drawn from its own text alone'
const architectureIcons = ['cloud', 'database', 'disk', 'internet', 'server', 'blank']

/** Wrong whatever comes out. */
const refused: readonly Limit[] = [
  {
    pattern: /@\{[^}]*\bimg:\s*["']?(?!data:)([^"'\s,}]+)/,
    message: what => `cannot load ${what}: ${ownText}`,
    help: 'Put the picture into the text (![…](…)); in a diagram only data: addresses are drawn.',
  },
  {
    pattern: /@\{[^}]*\bicon:\s*["']?([^"'\s,}]+)/,
    message: what => `unknown icon: ${what} (no set of icons is loaded)`,
    help: 'Write a sign of Unicode into the label.',
  },
  {
    pattern: new RegExp(
      `^\\s*(?:service|group)\\s+\\w+\\((?!["']|(?:${architectureIcons.join('|')})\\))([^)]*)\\)`,
    ),
    kind: /^architecture/,
    message: what => {
      const best = nearest(what, architectureIcons)
      return `unknown icon: ${what}${best === undefined ? '' : `; did you mean ${best}?`}`
    },
    help: `Known are ${architectureIcons.join(', ')}.`,
  },
  {
    pattern: /^\s*(click\s+\S+\s+(?:call\b|(?!href\b)[A-Za-z_]\w*).*)/,
    message: what => `nothing would happen: ${what.trim()}`,
    help: 'A picture runs no script; give the node an address: click A "https://…".',
  },
]

/** Wrong where the picture prints it as it stands. */
const printed: readonly Limit[] = [
  {
    pattern: /(\$\$.+?\$\$)/,
    message: what => `a formula in a label is not drawn: ${what}`,
    help: 'Write it with letters and signs of Unicode (x², √, Σ), or as a formula of the text: $…$.',
  },
  {
    pattern:
      /(?<!<)(<(?:b|i|u|s|em|strong|span|img|font|sub|sup|small|big|a|p|div|code|pre|ul|ol|li|del|center|h[1-6])(?:\s[^<>]*)?>)/i,
    message: what => `HTML in a label is printed as it stands: ${what}`,
    help: 'Write Markdown in quotes and back-quotes ("`**bold** _italic_`"); only <br/> is known.',
  },
]

/** Left out, and the rest is drawn. */
const leftOut: readonly Limit[] = [
  {
    pattern: /(\bfa[bklrs]?:fa-[\w-]+|::icon\([^)]*\))/,
    message: what => `the icon ${what} is left out: no set of icons is loaded`,
    help: 'Write a sign of Unicode into the label.',
  },
]

/** What is missing in the picture. `words` is its text. */
export function warningsIn(code: string, kind: string, words: string): Problem[] {
  const problems = found(code, leftOut, kind, () => true)
  // Mermaid's sign for an icon that it does not know.
  if (!code.includes('?') && words.split('\n').some(word => word.trim() === '?')) {
    const line = code.split('\n').findIndex(text => /icon/i.test(text))
    const place = line < 0 ? {} : { line: line + 1 }
    problems.push({ ...place, message: 'an unknown icon is drawn as ?', help: leftOut[0].help })
  }
  return problems
}

/** Wrong before it is drawn. */
export function problemsIn(code: string, kind: string): Problem[] {
  const problems = [...settingsProblems(code), ...found(code, refused, kind, () => true)]
  // It is Mermaid's own picture of an error.
  if (/^error$/i.test(kind))
    problems.push({ ...placeOfWord(code, kind), message: `unknown kind of diagram: ${kind}`, help })
  return problems
}

/** Wrong because the picture says it. `words` is the picture's text. */
export function problemsPrinted(code: string, kind: string, words: string): Problem[] {
  const shown = words.replace(/\s/g, '')
  const isShown = (text: string) => shown.includes(text.replace(/\s.*/s, '').slice(0, 12))
  return found(code, printed, kind, isShown)
}

function found(
  code: string,
  limits: readonly Limit[],
  kind: string,
  isWrong: (found: string) => boolean,
): Problem[] {
  const problems: Problem[] = []
  for (const [i, line] of code.split('\n').entries())
    for (const { pattern, kind: only, message, help } of /^\s*%%(?!\{)/.test(line) ? [] : limits)
      for (const match of (only?.test(kind) ?? true)
        ? line.matchAll(new RegExp(pattern, `${pattern.flags}g`))
        : []) {
        if (!isWrong(match[1])) continue
        const column = match.index + match[0].indexOf(match[1]) + 1
        problems.push({ line: i + 1, column, message: message(match[1]), help })
      }
  return problems
}

function placeOfWord(code: string, word: string): { line: number; column: number } {
  const before = code.slice(0, code.indexOf(word))
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') }
}

const themes = [
  'default',
  'base',
  'dark',
  'forest',
  'neutral',
  'null',
  'neo',
  'neo-dark',
  'redux',
  'redux-dark',
  'redux-color',
  'redux-dark-color',
]

/** Front matter and directives that Mermaid would leave aside without a word. */
function settingsProblems(code: string): Problem[] {
  const problems: Problem[] = []
  const placed = (offset: number) => {
    const before = code.slice(0, offset)
    return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
  }
  const front = /^\s*---[^\S\n]*\n([\s\S]*?)\n[^\S\n]*---[^\S\n]*(?:\n|$)/.exec(code)
  const settings: { text: string; offset: number; isDirective: boolean }[] = []
  if (front)
    settings.push({ text: front[1], offset: front.index + front[0].indexOf(front[1]), isDirective: false })
  for (const match of code.matchAll(/%%\{([\s\S]*?)\}%%/g)) {
    const [, name] = /^\s*(\w+)/.exec(match[1]) ?? []
    if (name !== 'wrap' && name !== 'init' && name !== 'initialize')
      problems.push({
        ...placed(match.index),
        message: `unknown directive: ${name ?? match[1].trim()}`,
        help: 'Known are %%{init: {…}}%% and %%{wrap}%%.',
      })
    else if (name !== 'wrap') {
      const text = match[1].replace(/^\s*\w+\s*:?/, head => ' '.repeat(head.length))
      settings.push({ text, offset: match.index + 3, isDirective: true })
    }
  }
  for (const { text, offset, isDirective } of settings) {
    const document = parseDocument(text)
    const [error] = document.errors
    if (error)
      problems.push({
        ...placed(offset + Math.min(error.pos[0], text.length)),
        message: `cannot read ${isDirective ? 'this directive' : 'the front matter'}: ${error.message.split(' at line ')[0]}`,
        help: isDirective
          ? 'Write JSON: %%{init: {"theme": "base"}}%%.'
          : 'Write YAML between the lines ---.',
      })
    else if (isDirective && !isJson(text))
      problems.push({
        ...placed(offset + text.search(/\S/)),
        message: 'cannot read this directive: it is not JSON',
        help: 'Write JSON: %%{init: {"theme": "base"}}%%.',
      })
    const theme = document.getIn(isDirective ? ['theme'] : ['config', 'theme'])
    if (!error && typeof theme === 'string' && !themes.includes(theme)) {
      const best = nearest(theme, themes)
      problems.push({
        ...placed(offset + text.indexOf(theme)),
        message: `unknown theme: ${theme}${best === undefined ? '' : `; did you mean ${best}?`}`,
        help: `Known are ${themes.slice(0, 5).join(', ')}.`,
      })
    }
  }
  return problems
}

/** As Mermaid reads it: single quotes count as double ones. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text.trim().replaceAll("'", '"'))
    return true
  } catch {
    return false
  }
}
