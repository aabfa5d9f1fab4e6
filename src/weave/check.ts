/** Whole book → diagnostics: everything that build does, and every output against its record. [edge: fs] */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from './base/config.ts'
import type { Diagnostic, Result } from './base/diagnostic.ts'
import { hasErrors, sortDiagnostics } from './base/diagnostic.ts'
import { shownPath } from './base/shownPath.ts'
import { openSite } from './book/book.ts'
import { hashFile, openBook, type WeaveOptions } from './open.ts'
import { runPipeline, type Statistics, type Woven } from './pipeline.ts'
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
    const records = await checkRecords(woven.value, options, hasErrors(woven.diagnostics))
    const before = [...book.diagnostics, ...woven.diagnostics, ...site.diagnostics]
    const { files } = site.value
    const complete = !shard && !hasErrors(before)
    const all = [
      ...before,
      ...unusedFiles(book, { root: options.root, files, woven: woven.value, complete }),
      ...records.diagnostics,
      ...(await checkSamples(book, woven.value, { ...options, fresh })),
      ...compareTranslations(woven.value, book.config),
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

/** Chapters of books that translate another, beside the chapters of the same name there. */
function compareTranslations({ chapters }: Woven, { books }: Config): readonly Diagnostic[] {
  const find = (book: string, slug: string) =>
    chapters.find(({ chapter }) => chapter.book === book && chapter.slug === slug)?.chapter
  return chapters.flatMap(({ chapter }) => {
    const original = books.find(b => b.dir === chapter.book)?.translates
    const counterpart = original === undefined ? undefined : find(original, chapter.slug)
    return counterpart ? compareTranslation(counterpart, chapter) : []
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
    return runs.flatMap(({ chapter, outputs, complete }) => {
      const second = again.value.runs.find(r => r.chapter.file === chapter.file)
      return complete && second?.complete ? compareRuns(chapter, outputs, second.outputs) : []
    })
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
  for (const { chapter, outputs, complete } of runs) {
    const path = join(folder, chapter.book, `${chapter.slug}.json`)
    present.add(path)
    if (!complete) continue
    const read = await readRecord(path, shown(path), chapter)
    const record = read.value
    if (update) {
      const now = toRecord(chapter, outputs)
      if (read.diagnostics.length === 0 && compareWithRecord(chapter, outputs, record, '').length === 0)
        continue
      if (isEmptyRecord(now)) await rm(path, { force: true })
      else {
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, formatRecord(now))
      }
      written.push(shown(path))
      continue
    }
    diagnostics.push(...read.diagnostics)
    if (read.diagnostics.length === 0)
      diagnostics.push(...compareWithRecord(chapter, outputs, record, shown(path)))
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
