/** What a text between marks looks like: `\(` and `\[` are brackets to Markdown, and `$` is money. */

const command = /\\[A-Za-z]+|\\[,;:{}]/
/** `x_1`, `W_{hh}`, `e^x`, `)^2`; not `my_file`. */
const script =
  /(?:^|[^A-Za-z])[A-Za-z0-9)}\]|]'*[_^](?:[A-Za-z0-9]\b|[A-Za-z0-9](?=[_^])|[-+*\\{])|(?<!\\)\^\S|_\{/

/** It can hardly be anything but a formula: it has a command, or a script. */
export function isClearlyLatex(text: string): boolean {
  return command.test(text) || script.test(text)
}

/** Words or tags, and nothing that only formulas have. */
export function isProse(text: string): boolean {
  return !isClearlyLatex(text) && (countWords(text, 3) > 0 || hasTag(text))
}

/** Words with a sign between them, `key=value`: it could be either. */
export function isUnclear(text: string): boolean {
  return isProse(text) && !hasTag(text) && /[=<>]/.test(text)
}

/** Several words and nothing else: what stands in `\(…\)` is text then. One word is a formula. */
export function isSentence(text: string): boolean {
  return countWords(text, 2) > 1 && /^[\p{L}\s.,;:!?'"’“”、，。；：！？()（）-]+$/u.test(text)
}

/** LaTeX without words between: what stands between two dollar signs by mistake has words. */
export function isOnlyLatex(text: string): boolean {
  return isClearlyLatex(text) && countWords(text.replace(/\\[A-Za-z]+|\{[^{}]*\}/g, ' '), 3) < 2
}

/** Set apart within a line, `\[a = b\]`, `\[ x \]`; not `\[1\]`, `\[a-z\]` and `\[2, 3\]`. */
export function isDisplay(text: string): boolean {
  const relates = /[A-Za-z]/.test(text) && /[=<>]|\S\s+[-+*/]\s+\S/.test(text)
  return isClearlyLatex(text) || (!isProse(text) && (relates || /^\s+[A-Za-z]\s+$/.test(text)))
}

/** Numbers alone: `\[12\]`, `\[1, 3-5\]` are citations. */
export function isNumbers(text: string): boolean {
  return /^[\s\d,;–-]*$/.test(text)
}

/** `5 and `, what stands behind the dollar of a price. */
export function isPrice(text: string): boolean {
  return /^\s*\d[\d.,]*(?:\s|$)/.test(text)
}

function countWords(text: string, letters: number): number {
  return text.match(new RegExp(`\\p{Script=Han}|[A-Za-z]{${letters},}`, 'gu'))?.length ?? 0
}

function hasTag(text: string): boolean {
  return /<\/?[A-Za-z][^<>]*>/.test(text)
}
