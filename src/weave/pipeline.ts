/**
 * The stage table: the only file that knows the order of the stages. Build, check, dev and tangle call it.
 *
 *     source → program → types → bundle → run → diagrams → formulas → highlight → page
 *
 * A chapter that fails in one stage still goes through those that do not need its result, so that one run
 * reports everything.
 */
import { dirname, join, resolve } from 'node:path'
import type { Config } from './base/config.ts'
import { type Diagnostic, hasErrors, type Result } from './base/diagnostic.ts'
import { LineIndex } from './base/position.ts'
import type { Progress } from './base/progress.ts'
import { diagramKey, renderDiagrams } from './diagram/diagram.ts'
import { typesetFormulas } from './math/typeset.ts'
import { verdictsToProofs } from './math/verify.ts'
import { shownCode } from './page/cell.ts'
import { highlightAll } from './page/highlight.ts'
import { latexOf } from './page/output.ts'
import { type Page, renderPage } from './page/page.ts'
import { type Bundle, bundlePrograms } from './program/bundle.ts'
import { type Program, toProgram } from './program/program.ts'
import { typeCheck } from './program/typeCheck.ts'
import { compareTyped } from './record/typed.ts'
import { absentDiagnostics, allRan, expectedOf } from './run/attendance.ts'
import { noOutputs, type Outputs } from './run/output.ts'
import { runProgram } from './run/run.ts'
import type { Services } from './services.ts'
import type { Chapter, SourceFile } from './source/chapter.ts'
import { type NumberedChapter, orderChapters } from './source/order.ts'
import { parseChapter } from './source/parse.ts'

export interface PipelineInput {
  readonly config: Config
  readonly sources: readonly SourceFile[]
  readonly services: Services
}

export interface PipelineOptions {
  readonly root: string
  readonly progress: Progress
  /** Run every cell even if there are outputs of an earlier run. */
  readonly fresh?: boolean
  /** Chapters with `draft: true` take part. */
  readonly drafts?: boolean
  /** Files of the chapters that are run and drawn; the others are only read, for references to them. */
  readonly only?: ReadonlySet<string>
  /** Check types even if nothing has changed: dev wants the compiler running. */
  readonly checkTypes?: boolean
  /** Numbers of chapters in their books, by file, when `sources` are only some of them. */
  readonly numbers?: ReadonlyMap<string, number>
}

/** What a summary counts. */
export interface Statistics {
  readonly chapters: number
  readonly cellsRun: number
  readonly cellsReused: number
  readonly diagramsDrawn: number
  readonly diagramsReused: number
}

export interface ChapterRun {
  readonly chapter: Chapter
  readonly outputs: Outputs
  /** Every cell came to its end. */
  readonly complete: boolean
}

export interface Woven {
  /** Local files (absolute) that took part beside the chapters: modules and data that cells import. */
  readonly inputs: readonly string[]
  readonly chapters: readonly NumberedChapter[]
  readonly pages: readonly Page[]
  readonly runs: readonly ChapterRun[]
  readonly statistics: Statistics
}

/** Chapters from text to Page. */
export async function runPipeline(
  { config, sources, services }: PipelineInput,
  options: PipelineOptions,
): Promise<Result<Woven>> {
  const { progress, only } = options
  const isOwn = ({ file }: { readonly file: string }) => !only || only.has(file)
  const found: Diagnostic[] = []
  const keep = <T>({ value, diagnostics }: Result<T>): T => {
    found.push(...diagnostics)
    return value
  }

  progress.start('read', sources.length)
  const chapters = keep(readStage(sources, config, options))
  const programs = chapters.map(({ chapter }) => keep(toProgram(chapter)))
  progress.end(`${chapters.length} chapters`)

  // The cells run in other processes: meanwhile this one colours their code.
  const colouring = highlightAll(chapters.flatMap(codeOf), services.cache)
  const staged = keep(await runStages(programs, isOwn, found, { config, services }, options))
  const { runs } = staged

  const drawn = await diagramStage(
    chapters.filter(c => isOwn(c.chapter)),
    config,
    services,
    progress,
  )
  found.push(...drawn.diagnostics)

  progress.start('typeset')
  const formulas = keep(await formulaStage(chapters, runs, config))
  const highlighted = await colouring
  const pages = chapters.map(({ chapter, number }, i) => {
    if (runs[i].complete) found.push(...compareTyped(chapter, runs[i].outputs))
    const proofs = keep(verdictsToProofs(chapter, runs[i].outputs, runs[i].complete))
    return keep(
      renderPage(
        chapter,
        runs[i].outputs,
        { formulas, proofs, highlighted, diagram: diagram => drawn.value.get(diagramKey(diagram))?.svg },
        { number, lang: config.books.find(b => b.dir === chapter.book)?.lang ?? 'zh-CN' },
      ),
    )
  })
  progress.end(`${formulas.size} formulas`)

  const statistics: Statistics = {
    chapters: chapters.filter(c => c.number > 0 && isOwn(c.chapter)).length,
    cellsRun: sum(runs.map(r => r.ran)),
    cellsReused: sum(runs.map(r => Math.max(0, r.cells - r.ran))),
    diagramsDrawn: drawn.drawn,
    diagramsReused: drawn.reused,
  }
  return { value: { chapters, pages, runs, inputs: staged.inputs, statistics }, diagnostics: found }
}

function readStage(
  sources: readonly SourceFile[],
  config: Config,
  { drafts = false, numbers }: PipelineOptions,
): Result<readonly NumberedChapter[]> {
  const parsed = sources.map(parseChapter)
  const chapters = parsed.map(p => p.value).filter(c => drafts || !c.frontMatter.draft)
  const books = config.books.map(b => b.dir)
  const ordered = orderChapters(chapters, books).map(c => ({
    ...c,
    number: numbers?.get(c.chapter.file) ?? c.number,
  }))
  return { value: ordered, diagnostics: parsed.flatMap(p => p.diagnostics) }
}

interface StagedRun extends ChapterRun {
  readonly cells: number
  readonly ran: number
}

/** Types, bundle, run: each only for chapters in whose code nothing before went wrong. */
async function runStages(
  programs: readonly Program[],
  isOwn: (chapter: Chapter) => boolean,
  before: readonly Diagnostic[],
  { config, services }: Omit<PipelineInput, 'sources'>,
  { root, progress, fresh, checkTypes }: PipelineOptions,
): Promise<Result<{ readonly runs: readonly StagedRun[]; readonly inputs: readonly string[] }>> {
  const diagnostics: Diagnostic[] = []
  progress.start('types')
  const own = programs.filter(p => isOwn(p.chapter))
  const withCode = own.filter(p => p.chapter.cells.length > 0 || p.chapter.inlines.length > 0)
  const types = await typeCheck(withCode, {
    ...services,
    lockfile: join(root, 'package-lock.json'),
    anew: checkTypes,
  })
  diagnostics.push(...types.diagnostics)
  progress.end(types.value.reused ? 'unchanged' : undefined)

  const healthy = own.filter(p => !inCells(p.chapter, [...before, ...types.diagnostics]))
  progress.start('bundle')
  const bundled = await bundlePrograms(healthy, { root, cache: services.cache })
  diagnostics.push(...bundled.diagnostics)
  progress.end()

  const unbundled = healthy.filter(p => !bundled.value.has(p))
  if (bundled.diagnostics.length === 0)
    for (const { chapter } of unbundled)
      diagnostics.push(
        ...absentDiagnostics(chapter.file, new LineIndex(chapter.text), expectedOf(chapter), noOutputs),
      )

  progress.start('run', bundled.value.size)
  const runs = await Promise.all(
    programs.map(async program => {
      const bundle = bundled.value.get(program)
      const run = bundle ? await runOne(program, bundle, config, services, { root, fresh }) : notRun(program)
      diagnostics.push(...run.diagnostics)
      if (bundle) progress.step(program.chapter.file)
      return run.value
    }),
  )
  progress.end()
  const inputs = [
    ...types.value.files,
    ...[...bundled.value.values()].flatMap(b => b.inputs.map(i => join(root, i.path))),
    ...programs.flatMap(({ chapter }) =>
      chapter.cells.flatMap(c => (c.options.inputs ?? []).map(name => resolve(dirname(chapter.path), name))),
    ),
  ]
  return { value: { runs, inputs: [...new Set(inputs)] }, diagnostics }
}

/** Whether an error stands in the code that would run, or leaves it in doubt; a broken link keeps no cell from running. */
function inCells({ file, cells, inlines, text }: Chapter, found: readonly Diagnostic[]): boolean {
  const index = new LineIndex(text)
  const code = [...cells.map(c => ({ start: c.open.start, end: c.close.end })), ...inlines.map(i => i.span)]
  const lines = code.map(span => index.range(span)).map(({ start, end }) => [start.line, end.line])
  return found.some(
    ({ severity, rule, range, ...d }) =>
      severity === 'error' &&
      d.file === file &&
      rule !== 'type-error-missing' &&
      (!range || lines.some(([first, last]) => range.start.line >= first && range.start.line <= last)),
  )
}

async function runOne(
  program: Program,
  bundle: Bundle,
  { timeout, memory, macros, stateless }: Config,
  { pool, cache, runtime, runFolder }: Services,
  { root, fresh }: Pick<PipelineOptions, 'root' | 'fresh'>,
): Promise<Result<StagedRun>> {
  const run = await runProgram(program, bundle, {
    pool,
    cache,
    runtime,
    folder: runFolder,
    seconds: timeout,
    megabytes: memory,
    macros,
    stateless,
    root,
    fresh,
  })
  const complete = !hasErrors(run.diagnostics)
  return { value: { ...run.value, chapter: program.chapter, complete }, diagnostics: run.diagnostics }
}

/** A chapter without running code, or with mistakes that keep it from running. */
function notRun({ chapter }: Program): Result<StagedRun> {
  const complete = allRan(expectedOf(chapter), noOutputs)
  return { value: { chapter, outputs: noOutputs, complete, cells: 0, ran: 0 }, diagnostics: [] }
}

async function diagramStage(
  chapters: readonly NumberedChapter[],
  config: Config,
  services: Services,
  progress: Progress,
) {
  const requests = chapters.flatMap(({ chapter }) =>
    chapter.diagrams.map(diagram => ({ file: chapter.file, text: chapter.text, diagram })),
  )
  progress.start('diagrams', requests.length)
  const result = await renderDiagrams(requests, {
    cache: services.cache,
    plantuml: config.plantuml,
    browser: services.browser,
    fonts: services.fonts,
    onProgress: () => progress.step(),
  })
  progress.end(`${result.drawn} drawn`)
  return result
}

function formulaStage(chapters: readonly NumberedChapter[], runs: readonly ChapterRun[], { macros }: Config) {
  const sources = chapters.map(({ chapter }, i) => {
    const fromOutputs = chapter.cells.flatMap(({ index, open }) =>
      (runs[i].outputs.cells[index] ?? [])
        .flatMap(output => latexOf(output) ?? [])
        .map(latex => ({ latex, display: true, lines: [open] })),
    )
    return {
      file: chapter.file,
      text: chapter.text,
      formulas: [...chapter.formulas, ...fromOutputs],
    }
  })
  return typesetFormulas(sources, { macros })
}

/** Every piece of code that a page shows. */
function codeOf({ chapter }: NumberedChapter): { code: string; language: string }[] {
  const cells = chapter.cells.filter(c => c.options.echo !== false).map(shownCode)
  const blocks = chapter.tokens
    .filter(t => t.type === 'fence')
    .map(t => ({ code: t.content.replace(/\n+$/, ''), language: t.info.trim().split(/[\s{]/)[0] ?? '' }))
  return [...cells, ...blocks].filter(b => b.code !== '')
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}
