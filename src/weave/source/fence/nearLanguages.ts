/** Languages that nearly are one whose code runs, or whose diagrams are drawn. */

import { nearest } from '../../base/nearest.ts'
import { own } from '../../base/own.ts'
import { foreignDiagrams } from './foreignFences.ts'
import {
  askedFor,
  cellKind,
  cellLanguages,
  diagrams,
  type InfoProblem,
  kinds,
  meantKind,
  problem,
  synonyms,
  type Word,
} from './infoWords.ts'

/** Known languages, and words, that only look like one that is drawn. */
const otherLanguages = new Set(['pot', 'dos', 'doc', 'do', 'bot', 'not', 'xml', 'yml'])
/** What people call them besides. */
const shortNames: Readonly<Record<string, string>> = {
  ...{ uml: 'plantuml', plant: 'plantuml', wsd: 'plantuml', iuml: 'plantuml' },
  ...{ mmd: 'mermaid', graph: 'mermaid', sequencediagram: 'mermaid', classdiagram: 'mermaid' },
  ...{ statediagram: 'mermaid', erdiagram: 'mermaid', gitgraph: 'mermaid' },
  ...{ viz: 'graphviz', digraph: 'graphviz' },
}
/** A language that nearly is one of ours, or stands where one should. */
export function nearLanguage(head: Word, words: readonly Word[]): InfoProblem | undefined {
  const plain = head.text.normalize('NFKC').toLowerCase()
  const letters = plain.replace(/[^a-z]/g, '')
  const [next] = words
  const glued = new RegExp(
    `^(tsx?|typescript|jsx?|javascript)(${[...kinds, ...Object.keys(synonyms)].join('|')})$`,
  ).exec(letters)
  if (glued)
    return cellKind(
      head,
      `unknown language: ${head.text}`,
      `Did you mean \`${askedFor(glued[1], glued[2])}\`?`,
    )
  const asks =
    next && (kinds.some(k => k === next.text) || (own(cellLanguages, plain) && meantKind(next.text)))
  const turned = kindFirst(plain, next)
  if (turned) return cellKind(head, `the language comes first, then \`${turned.kind}\``, turned.help)
  if (next && asks) {
    const near = own(cellLanguages, plain) ? plain : nearest(letters, Object.keys(cellLanguages))
    const isNear = near !== undefined && (letters.length > 3 || own(cellLanguages, plain))
    return cellKind(
      head,
      `cells are TypeScript, got ${head.text}`,
      isNear
        ? `Did you mean \`${askedFor(near, next.text)}\`?`
        : `Write \`ts ${meantKind(next.text)}\`, or \`${head.text}\` alone to only show the code.`,
    )
  }
  if (own(cellLanguages, plain) && plain !== head.text.toLowerCase())
    return problem('warning', head, {
      rule: 'fence-language',
      message: `unknown language: ${head.text}`,
      help: `Did you mean \`${plain}\`?`,
    })
  const drawn = nearDiagram(plain)
  if (drawn) return unknownLanguage(head, drawn)
  if (foreignDiagrams.includes(plain))
    return problem('warning', head, {
      rule: 'diagram-language',
      message: `${head.text} is not drawn here: it is shown as code`,
      help: 'Diagrams are drawn in the languages plantuml, mermaid and dot.',
    })
  return undefined
}

/** `exec ts`, `exec-ts`, `exec` alone. */
function kindFirst(plain: string, next: Word | undefined): { kind: string; help: string } | undefined {
  const language = next && own(cellLanguages, next.text.toLowerCase()) ? next.text.toLowerCase() : undefined
  const [, glued] = /^([a-z]+)[^a-z]?(?:ts|typescript)$/.exec(plain) ?? []
  const word = language ? plain : (glued ?? plain)
  const isKind = kinds.some(k => k === word) || ((language ?? glued) !== undefined && own(synonyms, word))
  const kind = isKind ? meantKind(word) : undefined
  return kind && { kind, help: `Did you mean \`${language ?? 'ts'} ${kind}\`?` }
}

export function nearDiagram(name: string): string | undefined {
  const letters = name.replace(/[^a-z]/g, '')
  if (otherLanguages.has(name) || letters.length < 3) return undefined
  return own(shortNames, letters) ?? nearest(letters, Object.keys(diagrams))
}

export function unknownLanguage(head: Word, meant: string): InfoProblem {
  return problem('error', head, {
    rule: 'diagram-language',
    message: `unknown language: ${head.text}`,
    help: `Did you mean \`${meant}\`?`,
  })
}
