/**
 * Whether a picture shows what its source says. Engines leave out a label without a word where a kind of diagram has no place
 * for it (a title, a tool tip, the second rule after a comment). Looked for are only words that are certainly meant for the
 * reader: strings in quotes, texts behind a colon, titles.
 */
import type { Problem } from './engine.ts'
import { elementsOf, parseMarkup, textOf, unescapeText } from './markup.ts'
import { rewriteText } from './mermaidText.ts'
import { withoutComments } from './plantumlLimits.ts'
import type { DiagramSource } from './request.ts'

/** Labels of the source of which the picture shows no letter in that order: one warning each. */
export function lostLabels(
  { language, code }: Pick<DiagramSource, 'language' | 'code'>,
  svg: string,
): Problem[] {
  const shown = lettersOf(
    [...elementsOf(parseMarkup(svg))]
      .filter(element => /^(?:text|title|desc|foreignObject)$/.test(element.name))
      .map(element => unescapeText(textOf(element)))
      .join(' '),
  )
  return labels[language](code).flatMap(({ text, offset }) => {
    const missing = wordsOf(text).find(word => !shown.includes(lettersOf(word)))
    if (missing === undefined) return []
    const before = code.slice(0, offset + Math.max(0, text.indexOf(missing)))
    const place = { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') }
    return [{ ...place, message: `the picture does not show "${missing}"`, help }]
  })
}

const help =
  'The engine leaves it out here. Say it where this kind of diagram has a place for it, or in the text.'

interface Label {
  readonly text: string
  readonly offset: number
}

const labels: Record<DiagramSource['language'], (code: string) => Label[]> = {
  dot: dotLabels,
  mermaid: mermaidLabels,
  plantuml: plantumlLabels,
}

function dotLabels(code: string): Label[] {
  if (/\binvis\b|\blayerselect\b/.test(code)) return []
  const plain = code.replace(/"(?:\\[\s\S]|[^"\\])*"|\/\/.*|\/\*[\s\S]*?\*\/|^\s*#.*$/gm, part =>
    part.startsWith('"') ? part : blank(part),
  )
  return [...plain.matchAll(/(?<=[\s[;,{])\w*(?:label|tooltip)\s*=\s*"((?:\\[\s\S]|[^"\\])*)"/dg)].map(
    match => ({ text: match[1].replace(/<[^<>]*>|\\[NGETHL]/g, blank), offset: startOf(match) }),
  )
}

/** Where the first group of a match (of a pattern with `d`) begins. */
function startOf(match: RegExpExecArray): number {
  return match.indices?.[1]?.[0] ?? match.index
}

/** Lines whose strings are not for the reader. */
const mermaidSettings =
  /^\s*(?:%%|classDef\b|style\b|linkStyle\b|class\b.*:::|cssClass\b|Update\w+\(|links?\s|properties\b|details\b|href\b)/

function mermaidLabels(code: string): Label[] {
  const found: Label[] = []
  const title = /^\s*---[^\S\n]*\n(?:[^\n]*\n)*?title:\s*["']?([^\n"']*)/d.exec(code)
  const front = /^\s*---[^\S\n]*\n[\s\S]*?\n[^\S\n]*---[^\S\n]*\n/.exec(code)?.[0].length ?? 0
  if (title && title.index + title[0].length <= front) found.push({ text: title[1], offset: startOf(title) })
  let at = 0
  for (const line of code.split('\n')) {
    if (at >= front && !mermaidSettings.test(line)) {
      for (const match of line.matchAll(
        /(?<!\$\w*=\s*)(?<!\b(?:icon|shape|img|form|pos|constraint|priority)\s*:\s*)"([^"]*)"/dg,
      ))
        if (!/:\/\//.test(match[1])) found.push({ text: match[1], offset: at + startOf(match) })
      const title = /^\s*(?:pie\s+(?:showData\s+)?)?title\s+([^"\s].*)/d.exec(line)
      if (title) found.push({ text: title[1], offset: at + startOf(title) })
    }
    at += line.length + 1
  }
  return found
}

/** What makes words of the source disappear on purpose, or come from elsewhere. */
const plantumlMacros = /^\s*(?:!(?!theme|pragma|option|log|assert)|hide\b|remove\b|ignore\b)/im

function plantumlLabels(code: string): Label[] {
  const plain = withoutComments(code.split('\n'))
    .join('\n')
    .replace(/<style>[\s\S]*?<\/style>/gi, blank)
  if (plantumlMacros.test(plain)) return []
  if (/^\s*@startebnf/m.test(plain))
    return everyWord(
      plain.replace(
        /\(\*[\s\S]*?\*\)|^\s*(?:@.*$|(?:title|header|footer|caption|legend|end\s*legend)\b)|\?[^?\n]*\?/gm,
        blank,
      ),
    )
  const found: Label[] = []
  let at = 0
  for (const line of plain.split('\n')) {
    if (
      !/^\s*(?:[!@]|skinparam\b|sprite\b|autonumber\b|scale\b|#highlight\b)|\[hidden\]|\bhidden\b/i.test(line)
    ) {
      const shownLine = line.replace(
        /\[\[\S*?(?:\{[^}]*\})?(?=[\s\]])|<(?!<)[^<>]*>|https?:\S+|\b(?:color|shape|width)\s*=\s*"?[^",\]]*"?/g,
        blank,
      )
      for (const match of shownLine.matchAll(/"([^"]*)"/dg))
        found.push({ text: match[1], offset: at + startOf(match) })
      for (const match of line.matchAll(/\[\[[^\]{]*\{([^}]*)\}/dg))
        found.push({ text: match[1], offset: at + startOf(match) })
      const colon = /^(?:[^":]|"[^"]*")*(?:[-.=<>ox]{2,}|->|\bnote\b)(?:[^":]|"[^"]*")*\s:\s*(.*)$/d.exec(
        shownLine,
      )
      if (colon) found.push({ text: colon[1].replace(/"/g, ' '), offset: at + startOf(colon) })
    }
    at += line.length + 1
  }
  return found
}

function everyWord(code: string): Label[] {
  return [...code.matchAll(/[\p{L}][\p{L}\p{N}_]*/gu)].map(match => ({ text: match[0], offset: match.index }))
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}

/** Words of two letters or more, without what engines read as marks of their own. */
function wordsOf(text: string): string[] {
  const plain = text
    .replace(/\bfa[bklrs]?:fa-[\w-]+|\\[nlrtNGETHL]|<[^<>]*>|%\w+\([^)]*\)?|%\w+|\$\w+|<U\+\w+>|~/g, ' ')
    .replace(/[&#]#?\w+;/g, reference => rewriteText(reference).text.replace(/[#&]\w+;/, ' '))
  return plain.match(/[\p{L}\p{N}]{2,}/gu) ?? []
}

/** Letters and digits alone: line breaks and wrapping part words anywhere. */
function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}
