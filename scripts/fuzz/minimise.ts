/** Makes a text smaller while it still does the same. (Zeller and Hildebrandt 2002, "Simplifying and isolating failure-inducing input") */

/** @param tries how often `isSame` may be asked */
export async function minimise(
  text: string,
  isSame: (text: string) => Promise<boolean>,
  tries: number,
): Promise<string> {
  let left = tries
  let parts = text.split(/(?<=\n)/)
  for (const split of [undefined, '']) {
    if (split !== undefined) parts = [...parts.join('')]
    for (let size = Math.ceil(parts.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
      for (let at = 0; at < parts.length && left > 0; ) {
        const smaller = [...parts.slice(0, at), ...parts.slice(at + size)]
        left--
        if (smaller.length < parts.length && (await isSame(smaller.join('')))) parts = smaller
        else at += size
      }
  }
  return parts.join('')
}
