/**
 * Chapters as test files of vitest: every cell is a test, named by its label. The cells go through Vite like any other
 * module, so that its graph knows what a chapter imports: `vitest --watch` runs a chapter again when any of it changes,
 * and coverage sees the code that the cells reach. [edge: fs]
 */
import { readFileSync } from 'node:fs'
import { extname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vitest/config'
import { guard } from '../base/fault.ts'
import { dataLoaders, withPlot } from '../program/bundle.ts'
import { blankProgram, toProgram } from '../program/program.ts'
import type { Chapter } from '../source/chapter.ts'
import { placeOf } from '../source/folder/place.ts'
import { parseChapter } from '../source/parse.ts'
import { unreadChapter } from '../source/unread.ts'

export interface ChapterTests {
  /** Folder of the chapters, from the project's root. */
  readonly content?: string
}

const cellsQuery = '?cells'

/** For `plugins` of a vitest configuration whose `include` names the chapters: `content/<book>/*.md`. */
export function chapters({ content = 'content' }: ChapterTests = {}): Plugin {
  let root = process.cwd()
  const folder = () => resolve(root, content)
  const chapterOf = (id: string): Chapter | undefined => {
    const path = id.replace(/\?.*$/, '')
    const inside = relative(folder(), path)
    if (!path.endsWith('.md') || inside.startsWith('..') || isAbsolute(inside)) return undefined
    const name = inside.split(sep).join('/')
    const file = relative(root, path).split(sep).join('/')
    const text = readFileSync(path, 'utf8')
    const source = { file, path, ...placeOf(name), text }
    // A fault of ours is told by the chapter's own test file (see chapterTests.ts).
    return guard(
      'parse',
      file,
      () => parseChapter(source),
      () => unreadChapter(source),
    ).value
  }
  return {
    name: 'unroll:chapters',
    enforce: 'pre',
    configResolved(config) {
      root = config.root
    },
    load(id) {
      const chapter = id.includes('.md') ? chapterOf(id) : undefined
      const data = dataLoaders[extname(id)]
      if (!chapter && data) return { code: dataModule(id, data), map: null, moduleType: 'js' }
      if (!chapter) return undefined
      if (id.endsWith(cellsQuery)) {
        const program = () => toProgram(chapter)
        const { code } = guard('program', chapter.file, program, () => blankProgram(chapter)).value
        // Lines and columns are the chapter's own: no map is needed, and none would be better.
        return { code: withPlot(code ?? ''), map: null, moduleType: 'ts' }
      }
      const record = join(folder(), '_records', chapter.book, `${chapter.slug}.json`)
      this.addWatchFile(record)
      return { code: testModule(chapter, { content: folder(), root, record }), map: null, moduleType: 'js' }
    },
    // What has a query behind its name would not be taken for TypeScript.
    async transform(code, id) {
      if (!id.endsWith(`.md${cellsQuery}`)) return undefined
      const { transform } = await import('esbuild')
      const result = await transform(code, {
        loader: 'ts',
        sourcemap: 'external',
        sourcefile: id,
        target: 'node20',
      })
      return { code: result.code, map: result.map }
    },
  }
}

/** The same value that a bundle gives. */
function dataModule(path: string, kind: 'text' | 'binary'): string {
  if (kind === 'text') return `export default ${JSON.stringify(readFileSync(path, 'utf8'))}`
  const base64 = readFileSync(path).toString('base64')
  return `export default Uint8Array.from(Buffer.from(${JSON.stringify(base64)}, 'base64'))`
}

/** The test file that a chapter stands for. */
function testModule(
  { path }: Chapter,
  places: { readonly content: string; readonly root: string; readonly record: string },
): string {
  const runner = fileURLToPath(new URL('chapterTests.ts', import.meta.url))
  const given = JSON.stringify({ path, ...places })
  return [
    `import { testChapter } from ${JSON.stringify(runner)}`,
    `await testChapter(${given}, () => import(${JSON.stringify(`${path}${cellsQuery}`)}))`,
  ].join('\n')
}
