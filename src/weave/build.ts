/** Whole book → site folder, replaced only by a site without errors. */
import { relative } from 'node:path'
import { hasErrors, type Result, sortDiagnostics } from './base/diagnostic.ts'
import { toSite } from './book/book.ts'
import { writeSite } from './book/write.ts'
import { hashFile, openBook, type WeaveOptions } from './open.ts'
import { runPipeline, type Statistics } from './pipeline.ts'
import { buildKey, findUnchanged, keepBuild } from './unchanged.ts'

export interface BuildOptions extends WeaveOptions {
  /** Absolute path of the site's folder. */
  readonly out: string
}

export interface Built {
  readonly statistics: Statistics
  readonly written: boolean
  readonly texts: ReadonlyMap<string, string>
}

/** Runs what is stale, and writes the site if nothing is wrong: else the last good one stays. */
export async function build(options: BuildOptions): Promise<Result<Built>> {
  const { root, out, theme, progress } = options
  const book = await openBook(options)
  try {
    const key = buildKey(book, options)
    const kept = await findUnchanged(key, book, out)
    if (kept) {
      const { statistics, diagnostics } = kept
      return { value: { statistics: reused(statistics), written: true, texts: book.texts }, diagnostics }
    }
    const woven = await runPipeline(book, options)
    const { config, texts } = book
    const site = toSite(woven.value.pages, { config, theme, fileHash: hashFile() })
    const found = [...book.diagnostics, ...woven.diagnostics, ...site.diagnostics]
    const { statistics } = woven.value
    if (hasErrors(found))
      return { value: { statistics, written: false, texts }, diagnostics: sortDiagnostics(found) }
    progress.start('write')
    const shown = relative(root, out) || out
    const problems = await writeSite(site.value, theme, { out, shown, mark: key })
    progress.end(`${site.value.documents.length} pages`)
    const diagnostics = sortDiagnostics([...found, ...problems])
    const paths = [...woven.value.inputs, ...site.value.files.values()]
    if (problems.length === 0) await keepBuild(key, book, { paths, statistics, diagnostics })
    return { value: { statistics, written: problems.length === 0, texts }, diagnostics }
  } finally {
    await book.services.close()
  }
}

/** The same counts of a build that did nothing anew. */
function reused({ chapters, cellsRun, cellsReused, diagramsDrawn, diagramsReused }: Statistics): Statistics {
  return {
    chapters,
    cellsRun: 0,
    cellsReused: cellsRun + cellsReused,
    diagramsDrawn: 0,
    diagramsReused: diagramsDrawn + diagramsReused,
  }
}
