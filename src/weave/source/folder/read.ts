/** Content folder → Markdown files. [edge: fs] */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Diagnostic, Result } from '../../base/diagnostic.ts'
import { LineIndex } from '../../base/position.ts'
import { shownPath } from '../../base/shownPath.ts'
import type { SourceFile } from '../chapter.ts'
import { listContent } from './listing.ts'
import { placed } from './place.ts'

export interface ReadOptions {
  /** Absolute path that files in diagnostics are relative to. */
  readonly root: string
  /** Absolute path: reads this chapter alone. */
  readonly only?: string
  /** Folders that the configuration names as books. */
  readonly books?: readonly string[]
}

export interface ReadChapters extends Result<readonly SourceFile[]> {
  /** Absolute paths of the other files in the content folder. */
  readonly others: readonly string[]
  /** Where links of the file system lead that were followed. */
  readonly linked: readonly string[]
}

/**
 * Reads every chapter, and the texts of start pages. A content folder holds chapters itself (book ''), or a folder for
 * each book; folders in a book are parts of it.
 *
 * @param content absolute path
 */
export async function readChapters(
  content: string,
  { root, only, books = [] }: ReadOptions,
): Promise<ReadChapters> {
  const shown = (path: string) => shownPath(root, path)
  const listing = await listContent(content, root)
  if (!listing)
    return {
      value: [],
      others: [],
      linked: [],
      diagnostics: [noChapters(shown(content), 'there is no such folder')],
    }
  const { chapters, others, linked } = listing
  const value: SourceFile[] = []
  const diagnostics: Diagnostic[] = [...listing.diagnostics]
  if (chapters.length === 0)
    diagnostics.push(noChapters(shown(content), 'there are no chapters in this folder'))
  for (const { book, slug } of placed(chapters, books)) {
    const path = join(content, book, `${slug}.md`)
    if (only !== undefined && path !== only) continue
    const file = shown(path)
    const bytes = await readFile(path).catch((error: unknown) => error)
    if (!Buffer.isBuffer(bytes)) {
      const help = 'Let it be read, or move it away.'
      diagnostics.push({ severity: 'error', file, rule: 'unreadable', message: String(bytes), help })
      continue
    }
    const decoded = decode(bytes, file)
    if (typeof decoded !== 'string') {
      diagnostics.push(decoded)
      continue
    }
    const text = decoded.replace(/\r\n?/g, '\n')
    if (text.trim() === '') {
      const help = 'Write something, or remove the file.'
      const message = 'this chapter is empty'
      diagnostics.push({ severity: 'error', file, rule: 'chapter-empty', message, help })
      continue
    }
    value.push({ file, path, book, slug, text })
  }
  return { value, others, linked, diagnostics }
}

function noChapters(file: string, message: string): Diagnostic {
  return {
    severity: 'error',
    file,
    rule: 'content-empty',
    message,
    help: 'Put Markdown files into it, one folder per language: content/zh/01-name.md; or name another with --content.',
  }
}

/** UTF-8, with or without its mark. Anything else is reported at the first byte that does not fit. */
function decode(bytes: Buffer, file: string): string | Diagnostic {
  const help = 'Save the file as UTF-8.'
  const at = (offset: number, message: string): Diagnostic => {
    const before = new TextDecoder('utf-8').decode(bytes.subarray(0, offset))
    const start = new LineIndex(before).position(before.length)
    const end = { line: start.line, column: start.column + 1 }
    return { severity: 'error', file, range: { start, end }, rule: 'encoding', message, help }
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return at(0, 'this file is UTF-16, expected UTF-8')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const bad = firstInvalid(bytes)
    const byte = bytes[bad].toString(16).padStart(2, '0')
    return at(bad, `byte 0x${byte} is not UTF-8`)
  }
}

/** Offset of the first byte that is not part of valid UTF-8. */
function firstInvalid(bytes: Buffer): number {
  const fits = (end: number) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true })
      return true
    } catch {
      return false
    }
  }
  let low = 0
  let high = bytes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (fits(middle + 1)) low = middle + 1
    else high = middle
  }
  return Math.min(low, bytes.length - 1)
}
