/** What cells give is text of any kind; what leaves their thread can stand in a page, a record and a terminal. */

/**
 * The same value with every string made well-formed: half characters become U+FFFD; control characters, which HTML and
 * XML forbid, become their pictures (NUL is ␀). Line breaks, tabs, and the escape before a terminal's colours stay.
 */
export function cleaned<T>(value: T): T {
  if (typeof value === 'string') return cleanText(value) as T
  if (Array.isArray(value)) return value.map(cleaned) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [cleanText(key), cleaned(v)])) as T
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are looked for
const control = /[\0-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\x1b(?!\[)/g
const unpaired = /[\p{Surrogate}\x80-\x9f\ufffe\uffff]/gu

function cleanText(text: string): string {
  return text
    .replace(control, c => String.fromCharCode(c === '\x7f' ? 0x2421 : 0x2400 + c.charCodeAt(0)))
    .replace(unpaired, '\ufffd')
}
