/** Rules of markdown-it's own, wrapped: it keeps them by name, but has no public way to read one back. */
import type { Ruler } from 'markdown-it'

/** The function of a rule. Uses an internal of markdown-it, whose version is therefore pinned. */
export function ruleOf<A extends unknown[], R>(ruler: Ruler<A, R>, name: string): (...args: A) => R {
  const rule = ruler.__rules__.find(r => r.name === name)
  if (!rule) throw new Error(`markdown-it has no rule ${name}`)
  return rule.fn
}

/** Puts `wrap(rule)` in the place of a rule; the chains that it is part of stay the same. */
export function wrapRule<A extends unknown[], R>(
  ruler: Ruler<A, R>,
  name: string,
  wrap: (rule: (...args: A) => R) => (...args: A) => R,
): void {
  const alt = ruler.__rules__.find(r => r.name === name)?.alt ?? []
  ruler.at(name, wrap(ruleOf(ruler, name)), { alt })
}
