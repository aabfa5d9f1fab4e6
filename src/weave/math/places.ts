/**
 * Numbers are known later than formulas are typeset: in KaTeX's HTML a word of letters and digits stands in their place.
 */

/** Where a row's own number will stand. */
export function numberPlace(label: string): string {
  return `unrollnumber${hexOf(label)}x`
}

/** Where the number of what a formula refers to will stand. */
export function referencePlace(label: string): string {
  return `unrollreference${hexOf(label)}x`
}

function hexOf(text: string): string {
  return Buffer.from(text).toString('hex')
}
