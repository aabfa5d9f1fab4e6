/** What is wrong with a run that came to its end: what did not run, promises not kept, values that say nothing. */
import type { Diagnostic } from '../base/diagnostic.ts'
import type { LineIndex } from '../base/position.ts'
import type { Chapter } from '../source/chapter.ts'
import { runningCells } from '../source/running.ts'
import { absentDiagnostics, expectedOf } from './attendance.ts'
import { inlineDiagnostics } from './inlineDoubts.ts'
import type { Outputs } from './output.ts'
import { brokenPromises, type Threw } from './promises.ts'
import { shownProblems } from './shown.ts'

export function runProblems(
  chapter: Chapter,
  index: LineIndex,
  { outputs, threw }: { readonly outputs: Outputs; readonly threw: Threw },
): readonly Diagnostic[] {
  const cells = runningCells(chapter)
  const absent = absentDiagnostics(chapter.file, index, expectedOf(chapter), outputs)
  if (absent.length > 0) return absent
  return [
    ...brokenPromises(chapter.file, index, cells, threw),
    ...shownProblems(chapter.file, index, cells, outputs),
    ...inlineDiagnostics(chapter, index, outputs),
  ]
}
