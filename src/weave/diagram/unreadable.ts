/** Labels that cannot be read, said at the theme that chose their colours, or at the labels themselves. */
import type { Problem } from './engine.ts'
import { coveredLabels, type FaintLabel, faintLabels } from './legible.ts'
import type { DiagramSource } from './request.ts'

/** Below it a label is not read but guessed (WCAG asks for 3:1 of large letters, for 4.5:1 of small ones). */
const least = 3

export function unreadable(
  { language, code }: Pick<DiagramSource, 'language' | 'code'>,
  svg: string,
): Problem[] {
  const letters = lettersOf(code)
  // The letters that an engine puts into its signs, and the figures of its scales, are not the author's.
  const isAuthors = (text: string) => /\p{L}.+/su.test(text) && letters.includes(lettersOf(text))
  const covered = [...new Set(coveredLabels(svg).filter(isAuthors))].map(text => ({
    ...placeOf(code, code.indexOf(text)),
    message: `a label cannot be read: "${text}" lies under another box`,
    help: 'Leave one of the two out, or say it outside the diagram.',
  }))
  const faint = faintLabels(svg, least).filter(({ text }) => isAuthors(text))
  return faint.length === 0
    ? covered
    : [...covered, ...faintProblems(faint, themeOf[language]?.exec(code), code)]
}

function faintProblems(
  faint: readonly FaintLabel[],
  theme: RegExpExecArray | null | undefined,
  code: string,
): Problem[] {
  const worst = faint.toSorted((a, b) => a.ratio - b.ratio)
  if (theme) {
    const count = new Set(faint.map(({ text }) => text)).size
    return [
      {
        ...placeOf(code, theme.index + theme[0].lastIndexOf(theme[1])),
        message: `theme ${theme[1]}: ${count === 1 ? 'a label' : `${count} labels`} cannot be read, such as ${described(worst[0], faint)}`,
        help: 'Choose another theme, or none: the page gives diagrams its own colours, light and dark.',
      },
    ]
  }
  const first = new Map(worst.toReversed().map(label => [label.text, label]))
  return [...first.values()].map(label => ({
    ...placeOf(code, code.indexOf(label.text)),
    message: `a label cannot be read: ${described(label, faint)}`,
    help: 'Give it, or what lies under it, another colour.',
  }))
}

const themeOf: Partial<Record<DiagramSource['language'], RegExp>> = {
  plantuml: /^\s*!theme\s+([\w-]+)/m,
  mermaid: /\btheme["']?\s*:\s*["']?(\w[\w-]*)/,
}

function described({ text, mode, ratio }: FaintLabel, faint: readonly FaintLabel[]): string {
  const isBoth = faint.some(label => label.text === text && label.mode !== mode)
  return `"${text}" on the ${isBoth ? 'light and the dark' : mode} page (contrast ${ratio.toFixed(1)}:1)`
}

function lettersOf(text: string): string {
  return text.normalize('NFKC').replace(/[^\p{L}\p{N}]/gu, '')
}

function placeOf(code: string, offset: number): { line?: number; column?: number } {
  if (offset < 0) return {}
  const before = code.slice(0, offset)
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') }
}
