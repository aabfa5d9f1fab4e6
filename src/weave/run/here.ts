/**
 * A chapter's cells in this very thread: for test runners, which bring modules and isolation of their own. The same
 * session, seed and displays as in a worker; limits of time and memory are the runner's.
 */
import type { Diagnostic } from '../base/diagnostic.ts'
import { LineIndex } from '../base/position.ts'
import type { Chapter } from '../source/chapter.ts'
import { consoleTo } from './capture.ts'
import { claimsOf, type LabelledVerdict } from './claims.ts'
import { judgeOf } from './judge.ts'
import type { Doubt, Output, Outputs } from './output.ts'
import { runProblems } from './problems.ts'
import type { Threw } from './promises.ts'
import type { Message } from './protocol.ts'
import { chapterSeed, seededRandom } from './seed.ts'
import { createSession } from './session.ts'

export interface RunHere {
  readonly outputs: Outputs
  readonly diagnostics: readonly Diagnostic[]
  /** The error that ended the chapter, and the cell that it ended. */
  readonly failure: { readonly error: unknown; readonly cell: number | undefined } | undefined
}

/** @param load imports the chapter's marked code (see program/instrument.ts) */
export async function runHere(
  chapter: Chapter,
  load: () => Promise<unknown>,
  macros: Readonly<Record<string, string>>,
): Promise<RunHere> {
  const cells: Record<number, readonly Output[]> = {}
  const verdicts: Record<number, readonly LabelledVerdict[]> = {}
  const threw: Record<number, Threw[number]> = {}
  const inlines: Record<number, string> = {}
  const doubts: Record<number, Doubt> = {}
  let current: number | undefined
  const receive = (message: Message) => {
    if (message.type === 'cell') current = message.index
    else if (message.type === 'verdicts') verdicts[message.index] = message.verdicts
    else if (message.type === 'inline') {
      const at = Object.keys(inlines).length
      inlines[at] = message.value.text
      if (message.value.doubt) doubts[at] = message.value.doubt
    } else if (message.type === 'outputs') {
      cells[message.index] = message.outputs
      if (message.threw) threw[message.index] = message.threw
    }
  }
  const session = createSession(receive, await judgeOf({ claims: claimsOf(chapter), macros }))
  const { random } = Math
  const own = globalThis.console
  if (/\bPlot\b|\bdocument\b/.test(chapter.text)) await (await import('./dom.ts')).installDom()
  Math.random = seededRandom(chapterSeed)
  globalThis.console = consoleTo(session.stream).console
  let failure: RunHere['failure']
  try {
    await load()
  } catch (error) {
    session.flush()
    failure = { error, cell: current }
  }
  Math.random = random
  globalThis.console = own
  const index = new LineIndex(chapter.text)
  const whole = { outputs: { cells, inlines, verdicts, doubts }, threw }
  return { outputs: whole.outputs, diagnostics: failure ? [] : runProblems(chapter, index, whole), failure }
}
