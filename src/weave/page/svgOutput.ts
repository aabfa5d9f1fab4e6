/** SVG that cells draw: ids of its own on the page, and words for those who do not see it. */
import { withUniqueIds } from '../diagram/svg.ts'

/** Every `<svg>` in the HTML gets ids under `prefix`; the first one says what it shows. */
export function adoptSvg(html: string, prefix: string, alt: string | undefined): string {
  let count = 0
  return html.replace(/<svg[\s>][\s\S]*?<\/svg>/g, svg => {
    count++
    const title = count === 1 ? alt : undefined
    return inline(withUniqueIds(svg, count === 1 ? prefix : `${prefix}-${count}`, { title }))
  })
}

/** `height: intrinsic` is Observable Plot's hint for old browsers, and not CSS. */
function inline(svg: string): string {
  return svg.replace(/\s*height: intrinsic;/g, '')
}
