/** What others need for the same text: Eleventy makes pages and runs nothing, Deno checks and runs and makes no page. */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { writeChapters } from './generate.ts'

const run = promisify(execFile)

export interface Rival {
  readonly name: string
  /** Times one cold run, in seconds. */
  readonly time: () => Promise<number>
}

/** Installs both into a folder of their own. @throws Error when the registry is out of reach */
export async function installRivals(folder: string, count: number): Promise<readonly Rival[]> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{"type":"module","private":true}\n')
  const packages = ['@11ty/eleventy@3', 'deno@2', 'katex@0.16', 'shiki@4', 'markdown-it-texmath@1']
  await run('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder })
  await writeFile(join(folder, 'eleventy.config.js'), eleventyConfig)
  await writeChapters(join(folder, 'pages'), count, 'ts')
  await writeChapters(join(folder, 'docs'), count, 'ts')
  const bin = (name: string) => join(folder, 'node_modules/.bin', name)
  return [
    {
      name: 'Eleventy + KaTeX + shiki (pages, nothing runs)',
      time: () => seconds(bin('eleventy'), ['--input=pages', '--output=out', '--quiet'], folder),
    },
    {
      name: 'deno test --doc (checks and runs, no pages)',
      time: () => seconds(bin('deno'), ['test', '--doc', '--no-lock', '--reload', 'docs/'], folder),
    },
  ]
}

async function seconds(command: string, args: readonly string[], cwd: string): Promise<number> {
  const began = performance.now()
  await run(command, [...args], { cwd, maxBuffer: 1 << 28, env: { ...process.env, NO_COLOR: '1' } })
  return (performance.now() - began) / 1000
}

const eleventyConfig = `import katex from 'katex'
import texmath from 'markdown-it-texmath'
import { createHighlighter } from 'shiki'

export default async function (config) {
  const shiki = await createHighlighter({ themes: ['github-light', 'github-dark'], langs: ['ts'] })
  config.amendLibrary('md', md => {
    md.use(texmath, { engine: katex, delimiters: 'dollars' })
    md.set({
      highlight: (code, lang) =>
        lang ? shiki.codeToHtml(code, { lang, themes: { light: 'github-light', dark: 'github-dark' } }) : '',
    })
  })
}
`
