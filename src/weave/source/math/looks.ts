/** What a text between marks looks like: `\(` and `\[` are brackets to Markdown, and `$` is money. */

const command = /\\[A-Za-z]+|\\[,;:!|{}]/
/** `x_1`, `W_{hh}`, `e^x`, `)^2`; not `my_file`. */
const script =
  /(?:^|[^A-Za-z])(?:[A-Za-z]|\d+|[)}\]|])'*[_^](?:[A-Za-z0-9]\b|[A-Za-z0-9](?=[_^])|[-+*\\{])|\^\S|_\{/
const word = /\p{Script=Han}|[A-Za-z]{3,}/gu

/** It can hardly be anything but a formula: it has a command, or a script. */
export function isClearlyLatex(text: string): boolean {
  return command.test(text) || script.test(text)
}

/** Words, and nothing that only formulas have. */
export function isProse(text: string): boolean {
  return !isClearlyLatex(text) && (text.match(word)?.length ?? 0) > 0
}

/** Words with a sign between them, `key=value`: it could be either. */
export function isUnclear(text: string): boolean {
  return isProse(text) && /[=<>]/.test(text)
}

/** Several words and nothing else: what stands in `\(…\)` is text then. One word is a formula. */
export function isSentence(text: string): boolean {
  const words = text.match(/\p{Script=Han}|[A-Za-z]{2,}/gu)?.length ?? 0
  return words > 1 && /^[\p{L}\s.,;:!?'"’“”、，。；：！？()（）-]+$/u.test(text)
}

/** `5 and `, what stands behind the dollar of a price. */
export function isPrice(text: string): boolean {
  return /^\d[\d.,]*(?:\s|$)/.test(text)
}
