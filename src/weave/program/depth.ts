/**
 * Code that is nested too deeply for a parser written in another language: there the stack does not throw when it
 * overflows, it ends the process.
 */
import { tooDeepAt } from '../base/nesting.ts'

/** Brackets that may be open at once; 2,000 have been seen to crash a thread. */
const brackets = 500
/** What may hang on one another without brackets, `a ? b : c ? d : …`, `x => y => …`, `if … if …`; 8,000 crash a thread. */
const links = 2000

const pieces =
  /[;,([{)\]]|\}(?:[ \t]*\n(?![ \t]*[?:.,)\]]))?|=>|[?=<:]|\b(?:if|else|for|while|do|new|keyof|await)\b|\n[ \t]*(?:const|let|var|type|interface|import|export)\b/g

/** Where code is nested too deeply to be parsed. */
export function tooDeepCode(code: string): { readonly at: number; readonly message: string } | undefined {
  const at = tooDeepAt(code, brackets)
  if (at !== undefined) return { at, message: `more than ${brackets} brackets are open here` }
  /** Links of the statement so far, for each bracket that is open. */
  const open = [0]
  let chain = 0
  for (const { 0: piece, index } of code.matchAll(pieces)) {
    if (/^[([{]/.test(piece)) open.push(0)
    else if (/^[)\]}]/.test(piece)) {
      if (open.length > 1) chain -= open.pop() ?? 0
      if (piece.endsWith('\n')) chain -= open.splice(-1, 1, 0)[0]
    } else if (/^[;,\n]/.test(piece)) chain -= open.splice(-1, 1, 0)[0]
    else {
      open[open.length - 1]++
      if (++chain > links)
        return { at: index, message: `more than ${links} parts of one statement hang on one another here` }
    }
  }
  return undefined
}
