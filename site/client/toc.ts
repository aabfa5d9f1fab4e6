/** Marks the section being read in the contents of the page. */

/** A section counts as being read when its heading is above this share of the window. */
const line = 0.3

export function followSections(): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.toc a')]
  if (links.length === 0) return
  let waiting = false
  const mark = () => {
    waiting = false
    const current = findCurrent(links)
    for (const link of links)
      if (link === current) link.setAttribute('aria-current', 'true')
      else link.removeAttribute('aria-current')
  }
  const later = () => {
    if (!waiting) requestAnimationFrame(mark)
    waiting = true
  }
  addEventListener('scroll', later, { passive: true })
  addEventListener('resize', later, { passive: true })
  mark()
}

function findCurrent(links: readonly HTMLAnchorElement[]): HTMLAnchorElement | undefined {
  const end = scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 2
  if (end) return links.at(-1)
  return links.findLast(link => {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)))
    return heading !== null && heading.getBoundingClientRect().top <= innerHeight * line
  })
}
