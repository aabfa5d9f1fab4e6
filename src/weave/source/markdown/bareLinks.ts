/** Addresses in the text become links, as in GFM: `https://…`, `www.…`, `name@host`. */
import type { MarkdownIt } from 'markdown-it'

const chinese = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/

export function bareLinkPlugin(md: MarkdownIt): void {
  md.set({ linkify: true })
  const { linkify } = md
  /** Length of what follows a scheme (`//host/path`), or 0. A Latin host ends before Chinese letters. */
  const lengthAt = (text: string, pos: number): number => {
    const pattern = linkify.re.get_http_validator()
    pattern.lastIndex = pos
    const found = pattern.exec(text)?.[0]
    if (!found) return 0
    const host = /^\/\/[^/?#]*/.exec(found)?.[0] ?? ''
    const at = host.search(chinese)
    return at > 2 && /^\/\/[\x21-\x7e]+\.[a-z]{2,}$/i.test(host.slice(0, at)) ? at : found.length
  }
  for (const scheme of ['http:', 'https:', 'ftp:']) linkify.add(scheme, { validate: lengthAt })
  linkify.add('//', null)
  linkify.add('www.', {
    validate: (text, pos) => Math.max(0, lengthAt(`//${text.slice(pos)}`, 0) - 2),
    normalize: match => {
      match.url = `http://${match.url}`
    },
  })
}
