/** Files in the content folder that nothing uses: forgotten, mistyped somewhere, or written for another tool. [edge: fs] */
import { realpathSync } from 'node:fs'
import { basename, extname } from 'node:path'
import type { Diagnostic } from './base/diagnostic.ts'
import { documentAdvice, settingsAdvice } from './base/foreignFiles.ts'
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

const images = /^\.(svg|png|jpe?g|gif|webp|avif|mp4|webm|pdf)$/

export function unusedFiles(
  { sources, others }: Pick<ReadBook, 'sources' | 'others'>,
  { root, files, woven, complete }: Used,
): Diagnostic[] {
  const used = new Set([...woven.inputs, ...files.values()])
  // Links of the file system give a file several paths: only what is not found by its own is looked up.
  const unfound = others.filter(path => !used.has(path))
  if (unfound.length === 0) return []
  for (const path of [...used]) used.add(realOf(path))
  const taken = new Set(woven.chapters.map(c => c.chapter.file))
  // What a draft names is not forgotten.
  const drafts = sources.filter(s => !taken.has(s.file)).map(s => s.text)
  const isNamed = (path: string) => drafts.some(text => text.includes(basename(path)))
  return unfound
    .filter(path => (complete || isDocument(path)) && !used.has(realOf(path)) && !isNamed(path))
    .map((path): Diagnostic => {
      const file = shownPath(root, path)
      const message = isDocument(path)
        ? `this file is ${settingsAdvice(path) ? 'another tool’s' : 'no chapter'}, and nobody reads it`
        : 'no chapter uses this file'
      return { severity: 'warning', file, rule: 'file-unused', message, help: helpFor(path) }
    })
}

const isDocument = (path: string) => documentAdvice(path) !== undefined || settingsAdvice(path) !== undefined

function helpFor(path: string): string {
  return (
    settingsAdvice(path) ??
    documentAdvice(path) ??
    (images.test(extname(path).toLowerCase())
      ? 'Show it or link to it; or remove it.'
      : 'Import it in a cell, name it in `inputs:`, or link to it; or remove it. Names that begin with `_` are left alone.')
  )
}

function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
