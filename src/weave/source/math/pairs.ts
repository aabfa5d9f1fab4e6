/** What belongs together in a text with formulas: braces, `\(` and `\)`, `\begin` and `\end`. Found in one pass. */

export interface Environment {
  readonly name: string
  /** Behind its `\end{name}`. */
  readonly end: number
}

export interface Pairs {
  /** From `{` to its `}`. */
  readonly braces: ReadonlyMap<number, number>
  /** From `\(` to its `\)`, and from `\[` to its `\]`. */
  readonly brackets: ReadonlyMap<number, number>
  /** By the offset of `\begin`. */
  readonly environments: ReadonlyMap<number, Environment>
  /** Offsets of `\end{…}` that close nothing. */
  readonly strayEnds: ReadonlySet<number>
  /** From the start of a run of back-quotes to the end of the next run as long. */
  readonly codes: ReadonlyMap<number, number>
  /** Offsets of every `$` that is not `\$`, in order. */
  readonly dollars: readonly number[]
  /** Those of them that stand right behind a back-quote. */
  readonly quotedDollars: readonly number[]
}

const openingOf: Readonly<Record<string, string | undefined>> = { '}': '{', '\\)': '\\(', '\\]': '\\[' }

const tokens = /\\(begin|end)\{([A-Za-z]+\*?)\}|\\verb\*?([^A-Za-z*\s])[^\n]*?\3|\\[\s\S]|[{}$]/g

export function pairsOf(text: string): Pairs {
  const braces = new Map<number, number>()
  const brackets = new Map<number, number>()
  const environments = new Map<number, Environment>()
  const strayEnds = new Set<number>()
  const dollars: number[] = []
  const open = new Map<string, number[]>()
  const push = (kind: string, at: number) => {
    const stack = open.get(kind)
    if (stack) stack.push(at)
    else open.set(kind, [at])
  }
  const pop = (kind: string) => open.get(kind)?.pop()
  for (const { index: at, 0: token, 1: side, 2: name } of text.matchAll(tokens)) {
    if (token === '$') dollars.push(at)
    else if (side === 'begin') push(name, at)
    else if (side === 'end') {
      const start = pop(name)
      if (start === undefined) strayEnds.add(at)
      else environments.set(start, { name, end: at + token.length })
    } else if (token === '{' || token === '\\(' || token === '\\[') push(token, at)
    else {
      const opening = openingOf[token]
      const start = opening === undefined ? undefined : pop(opening)
      if (start !== undefined) (token === '}' ? braces : brackets).set(start, at)
    }
  }
  const quotedDollars = dollars.filter(at => text[at - 1] === '`')
  return { braces, brackets, environments, strayEnds, codes: codesOf(text), dollars, quotedDollars }
}

function codesOf(text: string): ReadonlyMap<number, number> {
  const codes = new Map<number, number>()
  const next = new Map<number, number>()
  for (const { index, 0: run } of [...text.matchAll(/`+/g)].reverse()) {
    const end = next.get(run.length)
    if (end !== undefined) codes.set(index, end)
    next.set(run.length, index + run.length)
  }
  return codes
}

/**
 * Where a formula ends that `$` or `$$` opens: the offset of the closing mark, or -1. Dollars in braces belong to text
 * inside of the formula, `$\text{if $x$}$`, when they come in pairs; dollars in a code span close nothing.
 */
export function closingDollar(text: string, pairs: Pairs, from: number, to: number, mark: string): number {
  const { braces, codes, dollars } = pairs
  for (let i = firstFrom(dollars, from); i < dollars.length && dollars[i] < to; i++) {
    // Braces and code that begin before this dollar and end behind it.
    const over = spanOver(text, { braces, codes }, from, dollars[i])
    if (over && over.end < to && (over.code || (firstFrom(dollars, over.end) - i) % 2 === 0)) {
      from = over.end
      i = firstFrom(dollars, from) - 1
      continue
    }
    from = dollars[i]
    if (mark === '$' || (dollars[i + 1] === dollars[i] + 1 && dollars[i + 1] < to)) return dollars[i]
    from++
  }
  return -1
}

/** The first group or code span between `from` and `at` that ends behind `at`. */
function spanOver(
  text: string,
  { braces, codes }: Pick<Pairs, 'braces' | 'codes'>,
  from: number,
  at: number,
): { readonly end: number; readonly code: boolean } | undefined {
  for (let i = from; i < at; i++) {
    const character = text[i]
    if (character === '\\') i++
    else if (character === '{') {
      const end = braces.get(i)
      if (end !== undefined && end > at) return { end: end + 1, code: false }
      if (end !== undefined) i = end
    } else if (character === '`') {
      const end = codes.get(i)
      if (end !== undefined && end > at) return { end, code: true }
      while (text[i + 1] === '`') i++
    }
  }
  return undefined
}

/** The place of the first number of a sorted list that is not below `from`. */
export function firstFrom(sorted: readonly number[], from: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] < from) low = middle + 1
    else high = middle
  }
  return low
}
