/** Inline expressions that ran, and whose values say nothing to a reader. */
import { type Diagnostic, errorAt } from '../base/diagnostic.ts'
import type { LineIndex } from '../base/position.ts'
import type { Chapter, InlineExpression } from '../source/chapter.ts'
import { longest } from './inlineValue.ts'
import type { Doubt, Outputs } from './output.ts'

/** An error at each of them. */
export function inlineDiagnostics(
  { file, inlines }: Pick<Chapter, 'file' | 'inlines'>,
  index: LineIndex,
  { doubts = {} }: Outputs,
): readonly Diagnostic[] {
  return inlines.flatMap(inline => {
    const doubt = doubts[inline.index]
    if (!doubt || (doubt.kind === 'word' && isMeant(inline, doubt.word))) return []
    return [errorAt(file, index, inline.span, { rule: 'inline-value', ...problemOf(inline.code, doubt) })]
  })
}

/** `String(0 / 0)`, `typeof x`, or code that says the word itself. */
function isMeant({ code }: InlineExpression, word: string): boolean {
  return /^(?:String\s*\(|typeof\b)/.test(code) || code.includes(word)
}

function problemOf(code: string, doubt: Doubt): { message: string; help: string } {
  const named = `\`${code.length > 60 ? `${code.slice(0, 60)}…` : code}\``
  switch (doubt.kind) {
    case 'nothing':
      return {
        message: `${named} is undefined or null: no value stands here`,
        help: 'Look for a misspelt property or a missing `return`; if it is meant, write `String(…)` round it.',
      }
    case 'nan':
      return {
        message: `${named} is NaN`,
        help: 'Look where it comes from (0 / 0, a missing number); if it is meant, write `String(…)` round it.',
      }
    case 'function':
      return { message: `${named} is a function`, help: 'Call it, or show its name: `f.name`.' }
    case 'symbol':
      return { message: `${named} is a symbol`, help: 'Write `String(…)` round it.' }
    case 'promise':
      return { message: `${named} is a promise`, help: 'Write `await` before it.' }
    case 'html':
      return {
        message: `${named} is HTML, and a sentence holds text`,
        help: 'Show it in a cell, or write an expression that is a text.',
      }
    case 'object':
      return {
        message: `${named} is an object, which has no text of its own`,
        help: 'Write one of its properties, or `JSON.stringify(…)`; a cell can show all of it.',
      }
    case 'empty':
      return {
        message: `${named} is an empty text`,
        help: 'Leave the expression out, or write what should stand here: `text || "none"`.',
      }
    case 'long':
      return {
        message: `${named} has more than ${longest.toLocaleString('en')} characters`,
        help: 'Show it in a cell.',
      }
    case 'word':
      return {
        message: `${named} reads ${doubt.word}`,
        help: 'Look where it comes from (0 / 0, a missing property, a text made of an object); if it is meant, write `String(…)` round the expression.',
      }
    default:
      return doubt satisfies never
  }
}
