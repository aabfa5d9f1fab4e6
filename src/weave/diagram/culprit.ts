/** Which line an engine fails at, when it does not say: the one without which it draws. */

/** Seconds that the search may take. */
const patience = 8

/**
 * @param fails draws the lines, and says whether the engine failed again
 * @returns the index of the last line whose removal lets the engine draw; undefined if there is none, or no time to find it
 */
export async function findCulprit(
  lines: readonly string[],
  isCandidate: (line: string) => boolean,
  fails: (lines: readonly string[]) => Promise<boolean>,
  seconds = patience,
): Promise<number | undefined> {
  const until = performance.now() + seconds * 1000
  // From the end: of two lines that do not go together, the later one is at fault.
  for (const [i, line] of [...lines.entries()].reverse()) {
    if (line.trim() === '' || !isCandidate(line)) continue
    if (performance.now() > until) return undefined
    if (!(await fails(lines.toSpliced(i, 1)))) return i
  }
  return undefined
}
