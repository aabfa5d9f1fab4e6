/** Content folder → Markdown files. [edge: fs] */
import type { Dirent } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Diagnostic, Result } from '../base/diagnostic.ts'
import { LineIndex } from '../base/position.ts'
import { shownPath } from '../base/shownPath.ts'
import type { SourceFile } from './chapter.ts'

/**
 * Reads every chapter. A content folder holds chapters itself (book ''), or a folder for each book; names that
 * begin with `_` or `.` are not read. The order is the same everywhere.
 *
 * @param content absolute path
 * @param root absolute path that files in diagnostics are relative to
 * @param only absolute path: reads this chapter alone
 */
export async function readChapters(
  content: string,
  { root, only }: { readonly root: string; readonly only?: string },
): Promise<Result<readonly SourceFile[]>> {
  const shown = (path: string) => shownPath(root, path)
  const entries = await listed(content)
  if (!entries) return { value: [], diagnostics: [noChapters(shown(content), 'there is no such folder')] }
  const books = entries.filter(e => e.isDirectory() && isRead(e.name)).map(e => e.name)
  const found = [
    ...entries.filter(isChapter).map(e => ({ book: '', name: e.name })),
    ...(await Promise.all(books.map(async book => namesBelow(join(content, book), '', book)))).flat(),
  ]
  if (found.length === 0)
    return { value: [], diagnostics: [noChapters(shown(content), 'there are no chapters in this folder')] }
  const value: SourceFile[] = []
  const diagnostics: Diagnostic[] = []
  for (const { book, name } of found) {
    const path = join(content, book, name)
    if (only !== undefined && path !== only) continue
    const file = shown(path)
    const bytes = await readFile(path).catch((error: unknown) => error)
    if (!Buffer.isBuffer(bytes)) {
      diagnostics.push({ severity: 'error', file, rule: 'unreadable', message: String(bytes) })
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
      diagnostics.push({
        severity: 'error',
        file,
        rule: 'chapter-empty',
        message: 'this chapter is empty',
        help,
      })
      continue
    }
    value.push({ file, path, book, slug: name.slice(0, -'.md'.length), text })
  }
  return { value, diagnostics }
}

const isRead = (name: string) => !/^[_.]/.test(name) && name !== 'node_modules'
const isChapter = (entry: Dirent) => entry.isFile() && isRead(entry.name) && entry.name.endsWith('.md')

/** Entries in a fixed order; undefined when the folder cannot be read. */
async function listed(folder: string): Promise<Dirent[] | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined)
  return entries?.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Chapters of a book in the order of their names, folders below it included. */
async function namesBelow(
  folder: string,
  below: string,
  book: string,
): Promise<{ book: string; name: string }[]> {
  const entries = (await listed(join(folder, below))) ?? []
  const nested = entries
    .filter(e => e.isDirectory() && isRead(e.name))
    .map(e => namesBelow(folder, `${below}${e.name}/`, book))
  const own = entries.filter(isChapter).map(e => ({ book, name: below + e.name }))
  return [...own, ...(await Promise.all(nested)).flat()]
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
