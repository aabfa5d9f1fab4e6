/** What an inline expression reads in prose, and whether a reader can make anything of it. */
import { isElement, isHtml, plainText } from './display.ts'
import type { Doubt } from './output.ts'

export interface InlineValue {
  readonly text: string
  readonly doubt?: Doubt
}

/** Characters that one value may put into a sentence. */
export const longest = 10_000

/** Numbers and texts as they are; a value with a text of its own (a tensor) as that. */
export function inlineValue(value: unknown): InlineValue {
  const kind = kindOf(value)
  if (kind) return { text: kind === 'symbol' ? String(value) : kind, doubt: { kind } }
  const text = plainText(value)
  if (text.length > longest) return { text: `${text.slice(0, 100)}…`, doubt: { kind: 'long' } }
  if (text.trim() === '') return { text, doubt: { kind: 'empty' } }
  const word = noValue.exec(text)?.[0]
  return word ? { text, doubt: { kind: 'word', word } } : { text }
}

/** What a computation that went wrong leaves in a text. */
const noValue = /(?<![\w$])(?:NaN|undefined|Invalid Date)(?![\w$])|\[object \w+\]/

function kindOf(value: unknown): Exclude<Doubt['kind'], 'word' | 'empty' | 'long'> | undefined {
  if (value === undefined || value === null) return 'nothing'
  if (Number.isNaN(value)) return 'nan'
  if (typeof value === 'function') return 'function'
  if (typeof value === 'symbol') return 'symbol'
  if (typeof value !== 'object') return undefined
  if ('then' in value && typeof value.then === 'function') return 'promise'
  if (isHtml(value) || isElement(value)) return 'html'
  return hasText(value) ? undefined : 'object'
}

/** Lists of what has a text, dates, addresses, patterns, and what says itself how it reads. */
function hasText(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Symbol.for('Jupyter.display') in value) return true
  if (Array.isArray(value)) return value.every(hasText)
  const texts = [Date, RegExp, URL, Number, String, Boolean]
  return ArrayBuffer.isView(value) || texts.some(type => value instanceof type)
}
