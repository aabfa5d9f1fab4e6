/** What stands in braces at the beginning of a code span: `{ts}`, `{ts=0.25}`, and what nearly is one of them. */
import { nearest } from '../../base/nearest.ts'

export interface Head {
  /** Characters before the expression. */
  readonly length: number
  /** A number that stands there instead of the value. */
  readonly typed?: string
  /** Why it is none, though it was meant to be one. */
  readonly problem?: { readonly rule: string; readonly message: string; readonly help: string }
}

const help = 'Write one TypeScript expression: `{ts} ratio.toFixed(3)`.'
/** What other tools run in a sentence: Quarto, R Markdown, Observable. */
const languages = new Set([
  ...['js', 'javascript', 'jsx', 'tsx', 'mjs', 'mts', 'node', 'deno', 'r', 'python', 'py', 'julia', 'jl'],
  ...['ojs', 'sql', 'bash', 'sh', 'ruby', 'rust', 'go', 'eval'],
])
const misspelt = new Set(['st', 'tss', 'tts'])

/** Undefined for code that only begins with braces: `{children}`, `{ ts: 1 }`, `{a, b}`. */
export function readHead(content: string): Head | undefined {
  const exact = /^ ?\{(?:ts|typescript)(?:=([^}\s]*))?\}[ \n]?/i.exec(content)
  if (exact) return { length: exact[0].length, typed: exact[1] }
  // More than a few words in the braces are no mark.
  const start = content.slice(0, 200)
  const near = /^ ?\{(\{?\s*[.=]?)([A-Za-z]+)(\s*=\s*[^}]*|\s*[;:,]?\s*)\}?\}(?=([ \n]?)(\S?))[ \n]?/.exec(
    start,
  )
  const whole = /^ ?\{(?:ts|typescript) +[^\s=:,;}][^}]*\}$/i.exec(content)
  if (whole) return meant(content.length, content, 'the expression stands behind the braces')
  if (!near) return undefined
  const [head, , name, value, space, next] = near
  const isTs = /^(?:ts|typescript)$/i.test(name)
  // `{ts = 1}` alone could be a pattern with a default.
  if (isTs && (next !== '' || /^\s*=/.test(value)))
    return meant(head.length, head.trim(), 'in the braces stands `ts`, or `ts=` and a number')
  if (next === '' || space === '') return undefined
  const isNear = misspelt.has(name) || (name.length > 5 && nearest(name, ['typescript']) !== undefined)
  return languages.has(name.toLowerCase()) || isNear ? meant(head.length, `{${name}}`, undefined) : undefined
}

function meant(length: number, got: string, why: string | undefined): Head {
  const message = `expected {ts}, got ${got}${why ? `: ${why}` : ''}`
  return { length, problem: { rule: 'inline-language', message, help } }
}
