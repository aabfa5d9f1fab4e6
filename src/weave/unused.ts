/** Files in the content folder that nothing uses: forgotten, mistyped somewhere, or written for another tool. [edge: fs] */
import { realpathSync } from 'node:fs'
import { basename, extname, sep } from 'node:path'
import type { Diagnostic } from './base/diagnostic.ts'
import { shownPath } from './base/shownPath.ts'
import type { AssetFiles } from './book/assets.ts'
import type { ReadBook } from './open.ts'
import type { Woven } from './pipeline.ts'

export interface Used {
  /** Absolute path of the project. */
  readonly root: string
  /** What pages show or offer. */
  readonly files: AssetFiles
  /** What chapters import and read, and which chapters took part. */
  readonly woven: Pick<Woven, 'inputs' | 'chapters'>
  /** Whether all chapters went through all stages: else nobody knows what they would have used. */
  readonly complete: boolean
}

/** Other tools' documents, and the way to a chapter. */
const documents: Readonly<Record<string, string>> = {
  '.ipynb': 'Chapters are Markdown: `jupyter nbconvert --to markdown` makes one of it.',
  '.qmd': 'Chapters are Markdown: rename it to .md, and mark its cells with ```` ```ts exec ````.',
  '.rmd': 'Chapters are Markdown: rename it to .md, and mark its cells with ```` ```ts exec ````.',
  '.mdx': 'Chapters are Markdown without JSX: rename it to .md.',
  '.rst': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
  '.adoc': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
  '.asciidoc': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
  '.org': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
  '.tex': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
  '.typ': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
  '.docx': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
}

const images = /^\.(svg|png|jpe?g|gif|webp|avif|mp4|webm|pdf)$/

export function unusedFiles(
  { sources, others }: Pick<ReadBook, 'sources' | 'others'>,
  { root, files, woven, complete }: Used,
): Diagnostic[] {
  const used = new Set([...woven.inputs, ...files.values()])
  const isUsed = (path: string) => used.has(path) || foldersOf(path).some(folder => used.has(folder))
  // Links of the file system give a file several paths: only what is not found by its own is looked up.
  const unfound = others.filter(path => !isUsed(path))
  if (unfound.length === 0) return []
  for (const path of [...used]) used.add(realOf(path))
  const taken = new Set(woven.chapters.map(c => c.chapter.file))
  // What a draft names is not forgotten.
  const drafts = sources.filter(s => !taken.has(s.file)).map(s => s.text)
  const isNamed = (path: string) => drafts.some(text => text.includes(basename(path)))
  return unfound
    .filter(path => (complete || isDocument(path)) && !isUsed(realOf(path)) && !isNamed(path))
    .map((path): Diagnostic => {
      const file = shownPath(root, path)
      const message = isDocument(path)
        ? 'this file is no chapter, and nobody reads it'
        : 'no chapter uses this file'
      return { severity: 'warning', file, rule: 'file-unused', message, help: helpFor(path) }
    })
}

const isDocument = (path: string) => Object.hasOwn(documents, extname(path).toLowerCase())

function helpFor(path: string): string {
  const extension = extname(path).toLowerCase()
  if (isDocument(path)) return documents[extension]
  return images.test(extension)
    ? 'Show it or link to it; or remove it.'
    : 'Import it in a cell, name it in `inputs:`, or link to it; or remove it. Names that begin with `_` are left alone.'
}

function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** The folders that a path lies in. */
function foldersOf(path: string): string[] {
  const parts = path.split(sep)
  return parts.slice(1, -1).map((_, i) => parts.slice(0, i + 2).join(sep))
}
