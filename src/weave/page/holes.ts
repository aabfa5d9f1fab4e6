/**
 * Holes: places in a page's HTML that only the book can fill, because it knows all pages. A hole stands between two
 * NUL characters, which no chapter and no output contains, so that nobody can write one by chance.
 */

/**
 * `link`, `asset`: the address of a target, by its index in the page's `targets`. `reference`: a link to what is
 * numbered, by its index in `references`; `referenceHtml`: the same without the link, where a link must not stand;
 * `referenceText`: the same without markup, for attributes.
 */
export type HoleKind = 'link' | 'asset' | 'reference' | 'referenceHtml' | 'referenceText'

export function hole(kind: HoleKind, index: number): string {
  return `\0${kind}:${index}\0`
}

const holes = /\0(link|asset|reference|referenceHtml|referenceText):(\d+)\0/g

/** The HTML with every hole filled. */
export function fillHoles(html: string, fill: (kind: HoleKind, index: number) => string): string {
  return html.replace(holes, (_, kind: HoleKind, index: string) => fill(kind, Number(index)))
}
