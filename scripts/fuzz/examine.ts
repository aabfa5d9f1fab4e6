/** One document through the stages that need nothing running: what crashes, and what points outside of the file. */
import { type Config, toConfig } from '../../src/weave/base/config.ts'
import type { Diagnostic } from '../../src/weave/base/diagnostic.ts'
import { isFault } from '../../src/weave/base/fault.ts'
import { LineIndex } from '../../src/weave/base/position.ts'
import { fillPages } from '../../src/weave/book/book.ts'
import type { Theme } from '../../src/weave/book/theme.ts'
import { typesetFormulas } from '../../src/weave/math/typeset.ts'
import { verdictsToProofs } from '../../src/weave/math/verify.ts'
import { renderPage } from '../../src/weave/page/page.ts'
import { toProgram } from '../../src/weave/program/program.ts'
import { tangled } from '../../src/weave/program/tangled.ts'
import type { TypeChecker } from '../../src/weave/program/types.ts'
import { noOutputs } from '../../src/weave/run/output.ts'
import { parseChapter } from '../../src/weave/source/parse.ts'

export interface Finding {
  readonly stage: string
  /** What was thrown, or which diagnostic lies outside; `hang` and `crash` come from the driver. */
  readonly message: string
  readonly stack?: string
}

const config: Config = toConfig({}, ['zh'], 'book.config.ts').value
const theme: Theme = {
  layout: () => '',
  assets: [],
  version: '',
  diagramFonts: { family: '', stylesheets: [] },
}

/** @param checker of types; without one they are not checked */
export async function examine(
  written: string,
  root: string,
  checker?: TypeChecker,
): Promise<Finding | undefined> {
  // As the reading of files does.
  const text = written.replace(/\r\n?/g, '\n')
  const source = {
    file: 'content/zh/mutant.md',
    path: `${root}/content/zh/mutant.md`,
    book: 'zh',
    slug: 'mutant',
    text,
  }
  let stage = 'parse'
  const said: Diagnostic[] = []
  const at = <T>(name: string, work: () => T): T => {
    stage = name
    return work()
  }
  try {
    const { value: chapter, diagnostics } = parseChapter(source)
    said.push(...diagnostics)
    const program = at('program', () => toProgram(chapter))
    said.push(...program.diagnostics)
    const typeset = await at('formulas', () => typesetFormulas([chapter], { macros: {} }))
    said.push(...typeset.diagnostics)
    const proofs = at('proofs', () => verdictsToProofs(chapter, noOutputs, false))
    said.push(...proofs.diagnostics)
    const rendered = {
      formulas: typeset.value,
      proofs: proofs.value,
      highlighted: new Map(),
      diagram: () => undefined,
    }
    const page = at('page', () => renderPage(chapter, noOutputs, rendered, { number: 1, lang: 'zh-CN' }))
    said.push(...page.diagnostics)
    const site = at('links', () => fillPages([page.value], { config, theme, fileHash: () => undefined }))
    said.push(...site.diagnostics)
    at('tangle', () => tangled(chapter, { toChapter: '', name: 'mutant.ts' }))
    if (checker) said.push(...(await at('types', () => checker.check([program.value]))).diagnostics)
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    return { stage, message, stack }
  }
  const fault = said.find(isFault)
  if (fault) return { stage: 'links', message: fault.message, stack: fault.stack }
  const outside = said.find(d => d.file === source.file && !isInside(d, text))
  return (
    outside && {
      stage: 'positions',
      message: `${outside.rule} ${JSON.stringify(outside.range)}: ${outside.message}`,
    }
  )
}

/** Both ends in the text, in order, at columns that their lines have. */
function isInside({ range }: Diagnostic, text: string): boolean {
  if (!range) return true
  const index = new LineIndex(text)
  const fits = ({ line, column }: { line: number; column: number }) =>
    line >= 1 && line <= index.starts.length && column >= 1 && column <= index.line(line).length + 1
  const ordered =
    range.start.line < range.end.line ||
    (range.start.line === range.end.line && range.start.column <= range.end.column)
  return fits(range.start) && fits(range.end) && ordered
}
