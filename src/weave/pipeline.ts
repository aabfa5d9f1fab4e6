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
import { faultyFiles, guard, guardAsync, guardTogether } from './base/fault.ts'
import { grouped } from './base/grouped.ts'
import { LineIndex } from './base/position.ts'
import type { Progress } from './base/progress.ts'
import { diagramKey, renderDiagrams } from './diagram/diagram.ts'
import { type Typeset, typesetFormulas } from './math/typeset.ts'
import { verdictsToProofs } from './math/verify.ts'
import { blankPage } from './page/blank.ts'
import { shownCode } from './page/cell.ts'
import { type Highlighted, highlightAll } from './page/highlight.ts'
import { latexOf } from './page/output.ts'
import { type Page, renderPage } from './page/page.ts'
import { type Bundle, bundlePrograms } from './program/bundle.ts'
import { blankProgram, type Program, toProgram } from './program/program.ts'
import { typeCheck } from './program/typeCheck.ts'
import { compareTyped } from './record/typed.ts'
import { absentDiagnostics, allRan, expectedOf } from './run/attendance.ts'
import { noOutputs, type Outputs } from './run/output.ts'
import { runProgram } from './run/run.ts'
import type { Services } from './services.ts'
import type { Chapter, Diagram, SourceFile } from './source/chapter.ts'
import { type NumberedChapter, orderChapters } from './source/folder/order.ts'
import { parseChapter } from './source/parse.ts'
import { unreadChapter } from './source/unread.ts'

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

/** Chapters from text to Page. What a stage throws is one diagnostic on its chapter (see base/fault.ts). */
export async function runPipeline(
  { config, sources, services }: PipelineInput,
  options: PipelineOptions,
): Promise<Result<Woven>> {
  const { progress, only } = options
  const isOwn = ({ file }: { readonly file: string }) => !only || only.has(file)
  const found: Diagnostic[] = []
  const keep = <T>({ value, diagnostics }: Result<T>): T => {
    for (const d of diagnostics) found.push(d)
    return value
  }

  progress.start('read', sources.length)
  const chapters = keep(readStage(sources, config, options))
  const unread = faultyFiles(found)
  const programs = chapters.map(({ chapter }) =>
    keep(
      guard(
        'program',
        chapter.file,
        () => toProgram(chapter),
        () => blankProgram(chapter),
      ),
    ),
  )
  progress.end(`${chapters.length} chapters`)

  // The cells run in other processes: meanwhile this one colours their code.
  const colouring = Promise.all(chapters.map(c => highlightStage(c, services)))
  const staged = keep(await runStages(programs, isOwn, found, { config, services }, options))
  const { runs } = staged

  const drawn = keep(
    await diagramStage(
      chapters.filter(c => isOwn(c.chapter)),
      config,
      services,
      progress,
    ),
  )

  progress.start('typeset')
  const formulas = joined(
    await Promise.all(
      chapters.map(async ({ chapter }, i) => keep(await formulaStage(chapter, runs[i], config))),
    ),
  )
  const highlighted = joined((await colouring).map(keep))
  const langs = new Map(config.books.map(b => [b.dir, b.lang]))
  const pages = chapters.map(({ chapter, number }, i) => {
    const { file } = chapter
    const { outputs, complete } = runs[i]
    const typed = () => ({ value: undefined, diagnostics: complete ? compareTyped(chapter, outputs) : [] })
    keep(guard('typed', file, typed, () => undefined))
    const proofs = keep(
      guard(
        'proofs',
        file,
        () => verdictsToProofs(chapter, outputs, complete),
        () => new Map(),
      ),
    )
    const diagram = (source: Diagram) => drawn.svgs.get(diagramKey(source))?.svg
    const as = { number, lang: langs.get(chapter.book) ?? 'zh-CN' }
    const blank = () => blankPage(chapter, as)
    if (unread.has(file)) return blank()
    const rendered = { formulas, proofs, highlighted, diagram }
    return keep(guard('page', file, () => renderPage(chapter, outputs, rendered, as), blank))
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
  const parsed = sources.map(source =>
    guard(
      'parse',
      source.file,
      () => parseChapter(source),
      () => unreadChapter(source),
    ),
  )
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
  const fileOf = ({ chapter }: Program) => chapter.file
  progress.start('types')
  const faulty = faultyFiles(before)
  const own = programs.filter(p => isOwn(p.chapter) && !faulty.has(fileOf(p)))
  const withCode = own.filter(p => p.chapter.cells.length > 0 || p.chapter.inlines.length > 0)
  const types = await guardTogether('types', withCode, fileOf, some =>
    typeCheck(some, { ...services, lockfile: join(root, 'package-lock.json'), anew: checkTypes }),
  )
  diagnostics.push(...types.diagnostics)
  progress.end(types.value.length > 0 && types.value.every(t => t.reused) ? 'unchanged' : undefined)

  const said = grouped([...before, ...types.diagnostics], d => d.file)
  const healthy = own.filter(p => !inCells(p.chapter, said.get(fileOf(p)) ?? []))
  progress.start('bundle')
  const bundled = await guardTogether('bundle', healthy, fileOf, some =>
    bundlePrograms(some, { root, cache: services.cache }),
  )
  diagnostics.push(...bundled.diagnostics)
  const bundles = joined(bundled.value)
  progress.end()

  if (bundled.diagnostics.length === 0)
    for (const { chapter } of healthy.filter(p => !bundles.has(p)))
      diagnostics.push(
        ...absentDiagnostics(chapter.file, new LineIndex(chapter.text), expectedOf(chapter), noOutputs),
      )

  progress.start('run', bundles.size)
  const runs = await Promise.all(
    programs.map(async program => {
      const { file } = program.chapter
      const bundle = bundles.get(program)
      const work = () => runOne(program, bundle as Bundle, config, services, { root, fresh })
      const run = bundle
        ? await guardAsync('run', file, work, () => failed(program))
        : { value: faulty.has(file) ? failed(program) : notRun(program), diagnostics: [] }
      diagnostics.push(...run.diagnostics)
      if (bundle) progress.step(file)
      return run.value
    }),
  )
  progress.end()
  const inputs = [
    ...types.value.flatMap(t => t.files),
    ...[...bundles.values()].flatMap(b => b.inputs.map(i => join(root, i.path))),
    ...programs.flatMap(({ chapter }) =>
      chapter.cells.flatMap(c => (c.options.inputs ?? []).map(name => resolve(dirname(chapter.path), name))),
    ),
  ]
  return { value: { runs, inputs: [...new Set(inputs)] }, diagnostics }
}

/**
 * Whether an error stands in the code that would run, or leaves it in doubt; a broken link keeps no cell from running.
 *
 * @param found what was said of this chapter
 */
function inCells({ cells, inlines, text }: Chapter, found: readonly Diagnostic[]): boolean {
  const errors = found.filter(d => d.severity === 'error' && d.rule !== 'type-error-missing')
  if (errors.length === 0) return false
  const index = new LineIndex(text)
  const code = [...cells.map(c => ({ start: c.open.start, end: c.close.end })), ...inlines.map(i => i.span)]
  const lines = code.map(span => index.range(span)).map(({ start, end }) => [start.line, end.line])
  return errors.some(
    ({ range }) =>
      !range || lines.some(([first, last]) => range.start.line >= first && range.start.line <= last),
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
function notRun({ chapter }: Program): StagedRun {
  const complete = allRan(expectedOf(chapter), noOutputs)
  return { chapter, outputs: noOutputs, complete, cells: 0, ran: 0 }
}

/** A chapter on which a stage has failed: nothing is known of its outputs. */
function failed({ chapter }: Program): StagedRun {
  return { chapter, outputs: noOutputs, complete: false, cells: 0, ran: 0 }
}

async function diagramStage(
  chapters: readonly NumberedChapter[],
  config: Config,
  services: Services,
  progress: Progress,
) {
  const drawing = chapters.filter(c => c.chapter.diagrams.length > 0)
  progress.start('diagrams', sum(drawing.map(c => c.chapter.diagrams.length)))
  const { value, diagnostics } = await guardTogether(
    'diagrams',
    drawing,
    c => c.chapter.file,
    async some => {
      const requests = some.flatMap(({ chapter }) =>
        chapter.diagrams.map(diagram => ({ file: chapter.file, text: chapter.text, diagram })),
      )
      const result = await renderDiagrams(requests, {
        cache: services.cache,
        plantuml: config.plantuml,
        browser: services.browser,
        fonts: services.fonts,
        onProgress: () => progress.step(),
      })
      return { value: result, diagnostics: result.diagnostics }
    },
  )
  const drawn = sum(value.map(v => v.drawn))
  progress.end(`${drawn} drawn`)
  return {
    value: { svgs: joined(value.map(v => v.value)), drawn, reused: sum(value.map(v => v.reused)) },
    diagnostics,
  }
}

function formulaStage(
  chapter: Chapter,
  { outputs }: ChapterRun,
  { macros }: Config,
): Promise<Result<Typeset>> {
  const work = async () => {
    const fromOutputs = chapter.cells.flatMap(({ index, open }) =>
      (outputs.cells[index] ?? [])
        .flatMap(output => latexOf(output) ?? [])
        .map(latex => ({ latex, display: true, lines: [open] })),
    )
    const formulas = [...chapter.formulas, ...fromOutputs]
    return typesetFormulas([{ file: chapter.file, text: chapter.text, formulas }], { macros })
  }
  return guardAsync('formulas', chapter.file, work, () => new Map())
}

function highlightStage({ chapter }: NumberedChapter, { cache }: Services): Promise<Result<Highlighted>> {
  const work = async () => ({ value: await highlightAll(codeOf(chapter), cache), diagnostics: [] })
  return guardAsync('highlight', chapter.file, work, () => new Map())
}

/** Every piece of code that a page shows. */
function codeOf(chapter: Chapter): { code: string; language: string }[] {
  const cells = chapter.cells.filter(c => c.options.echo !== false).map(shownCode)
  const blocks = chapter.tokens
    .filter(t => t.type === 'fence')
    .map(t => ({ code: t.content.replace(/\n+$/, ''), language: t.info.trim().split(/[\s{]/)[0] ?? '' }))
  return [...cells, ...blocks].filter(b => b.code !== '')
}

function joined<K, V>(maps: readonly ReadonlyMap<K, V>[]): ReadonlyMap<K, V> {
  return new Map(maps.flatMap(map => [...map]))
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}
