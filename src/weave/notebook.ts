/** Chapters → Jupyter notebooks with the outputs of a run. [edge: fs] */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Result, sortDiagnostics } from './base/diagnostic.ts'
import { guardAsync } from './base/fault.ts'
import { shownPath } from './base/shownPath.ts'
import { openBook, type WeaveOptions } from './open.ts'
import { toNotebook } from './page/notebook.ts'
import { runPipeline } from './pipeline.ts'
import { choose, type TangledFiles, type TangleFilesOptions } from './tangle.ts'

/** A chapter whose cells did not all run gets no notebook. */
export async function exportNotebooks(options: TangleFilesOptions): Promise<Result<TangledFiles>> {
  const { root, out } = options
  const book = await openBook(options satisfies WeaveOptions)
  try {
    const { chosen, diagnostics } = choose(book.sources, options.files, root)
    const only = new Set(chosen.map(s => s.file))
    const woven = await runPipeline(book, { ...options, only })
    const written: string[] = []
    const found = [...diagnostics, ...woven.diagnostics.filter(d => only.has(d.file))]
    for (const { chapter, outputs, complete } of woven.value.runs) {
      if (!complete || !only.has(chapter.file)) continue
      const path = join(out, chapter.book, `${chapter.slug}.ipynb`)
      const work = async () => {
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, `${JSON.stringify(toNotebook(chapter, outputs), undefined, 1)}\n`)
        return { value: [shownPath(root, path)], diagnostics: [] }
      }
      const { value, diagnostics: problems } = await guardAsync('notebook', chapter.file, work, () => [])
      found.push(...problems)
      written.push(...value)
    }
    return { value: { written, texts: book.texts }, diagnostics: sortDiagnostics(found) }
  } finally {
    await book.services.close()
  }
}
