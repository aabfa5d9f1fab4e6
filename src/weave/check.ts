/** Whole book → diagnostics: everything that build does, and every output against its record. [edge: fs] */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from './base/config.ts'
import type { Diagnostic, Result } from './base/diagnostic.ts'
import { hasErrors, sortDiagnostics } from './base/diagnostic.ts'
import { faultyFiles, guard, guardAsync, isFault } from './base/fault.ts'
import { shownPath } from './base/shownPath.ts'
import { openSite } from './book/book.ts'
import { hashFile, openBook, type WeaveOptions } from './open.ts'
import { type ChapterRun, runPipeline, type Statistics, type Woven } from './pipeline.ts'
import { compareTranslation } from './program/translation.ts'
import { compareWithRecord } from './record/compare.ts'
import { compareRuns } from './record/determinism.ts'
import { type ChapterRecord, formatRecord, isEmptyRecord, parseRecord, toRecord } from './record/record.ts'
import { checkSamples } from './samples.ts'
import { filesOf, ownDiagnostics, type Shard } from './shard.ts'
import type { Chapter } from './source/chapter.ts'
import { unusedFiles } from './unused.ts'

export interface CheckOptions extends WeaveOptions {
  /** Check only this part of the book. */
  readonly shard?: Shard
  /** Warnings fail too. */
  readonly strict?: boolean
  /** Run everything a second time, in other processes, order and number, and compare every digit. */
  readonly twice?: boolean
  /** Run every cell, even where nothing that it depends on has changed. */
  readonly fresh?: boolean
  /** Accept the outputs as they are now: write the records. */
  readonly update?: boolean
}

export interface Checked {
  readonly statistics: Statistics
  /** Records that `update` wrote or removed, relative to the project. */
  readonly updated: readonly string[]
  readonly texts: ReadonlyMap<string, string>
  readonly chapters: readonly Chapter[]
}

/** Runs what is stale, compares everything. With `fresh` every cell runs, whatever is kept. */
export async function check(options: CheckOptions): Promise<Result<Checked>> {
  const book = await openBook(options)
  try {
    const { shard } = options
    const only = shard && filesOf(book.sources, shard)
    const fresh = options.fresh || options.twice
    const woven = await runPipeline(book, { ...options, only, fresh })
    const site = openSite(woven.value.pages, {
      config: book.config,
      theme: options.theme,
      fileHash: hashFile(),
    })
    const laidOut = site.value.urls.flatMap(url => site.value.document(url)?.diagnostics ?? [])
    const records = await checkRecords(woven.value, options, hasErrors(woven.diagnostics))
    const before = [...book.diagnostics, ...woven.diagnostics, ...site.diagnostics]
    const { files } = site.value
    const complete = !shard && !hasErrors(before)
    const all = [
      ...before,
      ...laidOut,
      ...unusedFiles(book, { root: options.root, files, woven: woven.value, complete }),
      ...records.diagnostics,
      ...(await checkSamples(book, woven.value, { ...options, fresh })),
      ...compareTranslations(woven.value, book.config, faultyFiles(woven.diagnostics)),
      ...(options.twice ? await compareWithSecondRun(woven.value, options, only) : []),
    ]
    const own = sortDiagnostics(shard ? ownDiagnostics(all, book.sources, shard) : all)
    return {
      value: {
        statistics: woven.value.statistics,
        updated: records.value,
        texts: book.texts,
        chapters: woven.value.chapters.map(c => c.chapter).filter(c => !only || only.has(c.file)),
      },
      diagnostics: options.strict ? own.map(d => ({ ...d, severity: 'error' })) : own,
    }
  } finally {
    await book.services.close()
  }
}

/**
 * Chapters of books that translate another, beside the chapters of the same name there.
 *
 * @param faulty files of chapters of which nothing is known
 */
function compareTranslations(
  { chapters }: Woven,
  { books }: Config,
  faulty: ReadonlySet<string>,
): readonly Diagnostic[] {
  const known = chapters.map(c => c.chapter).filter(c => !faulty.has(c.file))
  const nameOf = (book: string, slug: string) => `${book}\0${slug}`
  const byName = new Map(known.map(c => [nameOf(c.book, c.slug), c]))
  const originals = new Map(books.map(b => [b.dir, b.translates]))
  return known.flatMap(chapter => {
    const original = originals.get(chapter.book)
    const counterpart = original === undefined ? undefined : byName.get(nameOf(original, chapter.slug))
    if (!counterpart) return []
    const compare = () => ({ value: undefined, diagnostics: compareTranslation(counterpart, chapter) })
    return guard('translation', chapter.file, compare, () => undefined).diagnostics
  })
}

/** Everything once more: nothing kept, the chapters from last to first, another number of them at a time. */
async function compareWithSecondRun(
  { runs }: Woven,
  options: CheckOptions,
  only: ReadonlySet<string> | undefined,
): Promise<readonly Diagnostic[]> {
  const jobs = options.jobs === 1 ? 2 : 1
  const book = await openBook({ ...options, cache: undefined, remote: undefined, jobs })
  try {
    const sources = book.sources.toReversed()
    const again = await runPipeline({ ...book, sources }, { ...options, only, fresh: true })
    const seconds = new Map(again.value.runs.map(r => [r.chapter.file, r]))
    const compared = runs.flatMap(({ chapter, outputs, complete }) => {
      const second = seconds.get(chapter.file)
      if (!complete || !second?.complete) return []
      const compare = () => ({ value: undefined, diagnostics: compareRuns(chapter, outputs, second.outputs) })
      return guard('twice', chapter.file, compare, () => undefined).diagnostics
    })
    return [...again.diagnostics.filter(isFault), ...compared]
  } finally {
    await book.services.close()
  }
}

/** Compares, or writes, the record of every chapter that ran to its end. The value lists what was written. */
async function checkRecords(
  { runs }: Woven,
  { root, content, update = false }: CheckOptions,
  failed: boolean,
): Promise<Result<readonly string[]>> {
  const folder = join(content, '_records')
  const shown = (path: string) => shownPath(root, path)
  const diagnostics: Diagnostic[] = []
  const written: string[] = []
  const present = new Set<string>()
  for (const run of runs) {
    const { file, book, slug } = run.chapter
    const path = join(folder, book, `${slug}.json`)
    present.add(path)
    if (!run.complete) continue
    const work = () => checkRecord(run, path, shown(path), update)
    const record = await guardAsync('record', file, work, () => false)
    diagnostics.push(...record.diagnostics)
    if (record.value) written.push(shown(path))
  }
  for (const path of await listFiles(folder)) {
    if (present.has(path)) continue
    if (update && !failed) {
      await rm(path, { force: true })
      written.push(shown(path))
    } else if (!failed) {
      const message = 'this record belongs to no chapter'
      const help = 'Remove it: npm run check -- --update'
      diagnostics.push({ severity: 'warning', file: shown(path), rule: 'record-orphan', message, help })
    }
  }
  return { value: written, diagnostics }
}

/** Compares, or writes, the record of one chapter. The value says whether it was written. */
async function checkRecord(
  { chapter, outputs }: ChapterRun,
  path: string,
  shown: string,
  update: boolean,
): Promise<Result<boolean>> {
  const { value: record, diagnostics } = await readRecord(path, shown, chapter)
  const found = diagnostics.length > 0 ? diagnostics : compareWithRecord(chapter, outputs, record, shown)
  if (!update || found.length === 0) return { value: false, diagnostics: found }
  const now = toRecord(chapter, outputs)
  if (isEmptyRecord(now)) await rm(path, { force: true })
  else {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, formatRecord(now))
  }
  return { value: true, diagnostics: [] }
}

async function readRecord(
  path: string,
  file: string,
  chapter: Chapter,
): Promise<Result<ChapterRecord | undefined>> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return { value: undefined, diagnostics: [] }
  try {
    return { value: parseRecord(text), diagnostics: [] }
  } catch (error) {
    const message = `this is not a record: ${error instanceof Error ? error.message : String(error)}`
    const help = `Make it anew from ${chapter.file}: npm run check -- --update`
    return {
      value: undefined,
      diagnostics: [{ severity: 'error', file, rule: 'record-broken', message, help }],
    }
  }
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter(e => e.isFile() && e.name.endsWith('.json'))
    .map(e => join(e.parentPath ?? e.path, e.name))
    .sort()
}
