/** Lines that are nearly options: other comment marks, other signs between key and value. */
import { nearest } from '../../base/nearest.ts'
import type { ValueRule } from '../matter/yamlValues.ts'

type Rules = Readonly<Record<string, ValueRule>>

/**
 * What a line was meant to say that looks like an option: `// | echo: false`, `#| echo: false`.
 *
 * @param isHead no code stands before the line
 */
export function almostOption(line: string, mark: string, rules: Rules, isHead: boolean): string | undefined {
  const marks = /^\s*(?:\/\/+|#+|--+|%+|'|\/\*+|;+|<!--)\s*[|｜¦]+(.*)$/.exec(line)
  if (marks && !line.trimStart().startsWith(mark)) {
    const [, key, value] = /^([\w.-]+)\s*[:：=]\s*(.*)$/.exec(unclosed(marks[1])) ?? []
    const known = key === undefined ? undefined : knownKey(key, rules)
    return known && `${known}: ${value}`
  }
  // A comment at the head that would be a flag or a label of a figure, were it an option.
  const [, key, value] = /^\s*\/\/+\s*([\w-]+):\s*(\S+)\s*$/.exec(line) ?? []
  const isPlain = /^(?:true|false|(?:fig|tbl)-[\w-]+)$/.test(value ?? '')
  return isHead && mark === '//|' && isPlain && Object.hasOwn(rules, key) ? `${key}: ${value}` : undefined
}

/** `echo = false`, `echo：false`, `echo:false`, `| echo: false`: YAML reads no key in them. */
export function otherForm(text: string, rules: Rules): string | undefined {
  const [, key, value] =
    /^([A-Za-z][\w.-]*)(?:\s*[：=]\s*|:(?=\S))(.*)$/.exec(text) ??
    /^[|｜]+\s*([A-Za-z][\w.-]*)\s*[:：=](.*)$/.exec(text) ??
    []
  const known = key === undefined ? undefined : knownKey(key, rules)
  return known && `${known}: ${value.trim()}`
}

export function knownKey(key: string, rules: Rules): string | undefined {
  return Object.hasOwn(rules, key) ? key : nearest(key, Object.keys(rules))
}

/** Without the end of a comment. */
function unclosed(text: string): string {
  return text
    .trim()
    .replace(/(?:\*\/|-->)$/, '')
    .trim()
}
