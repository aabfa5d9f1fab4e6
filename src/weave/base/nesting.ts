/** How deep brackets nest: parsers are recursive, and one that runs out of stack may end the whole process. */

/**
 * Where more than `limit` brackets are open at once; undefined when there never are. Brackets in quotes and comments
 * count, too: nobody writes hundreds of them.
 */
export function tooDeepAt(text: string, limit: number): number | undefined {
  let depth = 0
  for (const { 0: bracket, index } of text.matchAll(/[([{)\]}]/g)) {
    if (bracket === ')' || bracket === ']' || bracket === '}') depth = Math.max(0, depth - 1)
    else if (++depth > limit) return index
  }
  return undefined
}
