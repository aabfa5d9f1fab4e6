/** Reads `book.config.ts` (or `.js`, `.mjs`, `.json`) from the content folder. [edge: fs, esbuild] */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import type { Result } from './diagnostic.ts'

const names = ['book.config.ts', 'book.config.js', 'book.config.mjs', 'book.config.json']

export interface ConfigFile {
  /** Path relative to `root`, for diagnostics. */
  readonly file: string
  /** What it exports as default; undefined without a file, or when it does not load. */
  readonly spec: unknown
  /** Absolute paths of the files that it is made of. */
  readonly inputs: readonly string[]
}

/** The file's default export. It may import data, but what counts is plain data. */
export async function readConfigFile(content: string, shown: string): Promise<Result<ConfigFile>> {
  const name = names.find(n => existsSync(join(content, n))) ?? names[0]
  const path = join(content, name)
  const file = `${shown}/${name}`
  if (!existsSync(path)) return { value: { file, spec: undefined, inputs: [] }, diagnostics: [] }
  try {
    const { outputFiles, metafile } = await esbuild.build({
      stdin: {
        contents: `import spec from ${JSON.stringify(`./${name}`)}\nexport const text = JSON.stringify(spec)`,
        resolveDir: content,
      },
      bundle: true,
      write: false,
      metafile: true,
      absWorkingDir: content,
      format: 'esm',
      platform: 'node',
      tsconfigRaw: '{}',
      logLevel: 'silent',
    })
    const code = Buffer.from(outputFiles[0].contents).toString('base64')
    const { text } = (await import(`data:text/javascript;base64,${code}`)) as { text: string | undefined }
    const inputs = Object.keys(metafile.inputs).map(input => join(content, input))
    return {
      value: { file, spec: text === undefined ? undefined : JSON.parse(text), inputs },
      diagnostics: [],
    }
  } catch (error) {
    const failure = error as Partial<esbuild.BuildFailure> & Error
    const first = failure.errors?.[0]
    const location = first?.location ?? undefined
    const start = location && { line: location.line, column: location.column + 1 }
    const message = first?.text ?? failure.message
    return {
      value: { file, spec: undefined, inputs: [] },
      diagnostics: [
        {
          severity: 'error',
          file,
          range: start && {
            start,
            end: { line: start.line, column: start.column + (location?.length ?? 1) },
          },
          rule: 'config',
          message,
          help: 'The configuration is plain data: `export default { title, books: [{ dir, title }] }`.',
        },
      ],
    }
  }
}
