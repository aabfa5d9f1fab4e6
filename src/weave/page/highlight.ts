/** Code → coloured HTML, for light and dark pages at once. Shiki is loaded when there is something to colour. */

import type { HighlighterCore } from 'shiki/core'
import type { Cache } from '../base/cache.ts'
import { hashOf } from '../base/hash.ts'
import { own } from '../base/own.ts'
import { escapeHtml } from './html.ts'

export interface CodeToColour {
  readonly code: string
  readonly language: string
}

/** HTML by `codeKey`. */
export type Highlighted = ReadonlyMap<string, string>

export function codeKey({ code, language }: CodeToColour): string {
  return `${language}\0${code}`
}

/** Other names of languages that we colour. */
const aliases: Readonly<Record<string, string>> = {
  typescript: 'ts',
  javascript: 'js',
  mjs: 'js',
  bash: 'shell',
  sh: 'shell',
  console: 'shell',
  yml: 'yaml',
  md: 'markdown',
  py: 'python',
  jsonc: 'json',
}

const grammars = {
  ts: () => import('shiki/langs/typescript.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  js: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  shell: () => import('shiki/langs/shellscript.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  markdown: () => import('shiki/langs/markdown.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
  mermaid: () => import('shiki/langs/mermaid.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  latex: () => import('shiki/langs/latex.mjs'),
}
const scopes: Readonly<Record<string, string>> = { ts: 'typescript', js: 'javascript', shell: 'shellscript' }

/** Changes with what this file makes of the same code. */
const version = '3'

let highlighter: Promise<HighlighterCore> | undefined

function load(): Promise<HighlighterCore> {
  highlighter ??= (async () => {
    const [{ createHighlighterCore }, { createOnigurumaEngine }, light, dark] = await Promise.all([
      import('shiki/core'),
      import('shiki/engine/oniguruma'),
      import('shiki/themes/github-light-high-contrast.mjs'),
      import('shiki/themes/github-dark-default.mjs'),
    ])
    return createHighlighterCore({
      themes: [light.default, dark.default],
      langs: [],
      // Measured on 500 cells: half the time of the engine in JavaScript.
      engine: await createOnigurumaEngine(import('shiki/wasm')),
    })
  })()
  return highlighter
}

/** Colours each distinct piece of code once; in languages that we do not know it stays plain. */
export async function highlightAll(blocks: readonly CodeToColour[], cache: Cache): Promise<Highlighted> {
  const distinct = new Map(blocks.map(block => [codeKey(block), block]))
  const entries = await Promise.all(
    [...distinct].map(async ([key, block]): Promise<[string, string]> => {
      const language = own(aliases, block.language.toLowerCase()) ?? block.language.toLowerCase()
      if (!isKnown(language)) return [key, plainCode(block.code)]
      const name = hashOf('highlight', version, key)
      const known = await cache.read('highlight', name)
      if (known !== undefined) return [key, known]
      const html = await colour(block.code, language)
      await cache.write('highlight', name, html)
      return [key, html]
    }),
  )
  return new Map(entries)
}

function isKnown(language: string): language is keyof typeof grammars {
  return Object.hasOwn(grammars, language)
}

/** Markdown colours the code in its fences only in languages that are there before it: all of ours, so that no order matters. */
async function loadGrammar(shiki: HighlighterCore, language: keyof typeof grammars): Promise<void> {
  const { markdown, ...others } = grammars
  const before = language === 'markdown' ? await Promise.all(Object.values(others).map(get => get())) : []
  await shiki.loadLanguage(...before)
  await shiki.loadLanguage(await (language === 'markdown' ? markdown : grammars[language])())
}

async function colour(code: string, language: keyof typeof grammars): Promise<string> {
  const shiki = await load()
  const name = scopes[language] ?? language
  if (!shiki.getLoadedLanguages().includes(name)) await loadGrammar(shiki, language)
  return shiki.codeToHtml(code, {
    lang: name,
    themes: { light: 'github-light-high-contrast', dark: 'github-dark-default' },
    defaultColor: false,
    transformers: [{ pre: node => void delete node.properties.tabindex }],
  })
}

/** Code without colours, in the same frame. */
export function plainCode(code: string): string {
  const lines = code.split('\n').map(line => `<span class="line">${escapeHtml(line)}</span>`)
  return `<pre class="shiki"><code>${lines.join('\n')}</code></pre>`
}
