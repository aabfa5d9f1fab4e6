/**
 * Mermaid, by `@mermaid-js/mermaid-cli`'s API on the shared browser. Labels are SVG text, not HTML in
 * `foreignObject`: that prints, passes strict content policies, and stays text in feed readers.
 */

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderMermaid } from '@mermaid-js/mermaid-cli'
import type { Browser, Page } from 'puppeteer'
import { stableJson } from '../base/hash.ts'
import type { LazyBrowser } from './browser.ts'
import { type Drawn, type Engine, type Problem, TooSlow, withinTime } from './engine.ts'
import { flattenStyles } from './flatten.ts'
import type { FontSet } from './fonts.ts'
import { preprocess } from './mermaidSource.ts'

export async function mermaidEngine(browser: LazyBrowser, fonts: FontSet): Promise<Engine> {
  const mermaidConfig = configOf(fonts.family)
  let flattener: Promise<Page> | undefined
  return {
    signature: `mermaid ${await versionOfMermaid()} ${stableJson(mermaidConfig)} ${fonts.signature}`,
    parallel: 2,
    async draw(code): Promise<Drawn> {
      const shared = await browser.get()
      const opened: Page[] = []
      const opener = withFonts(shared, await fonts.script(code), opened)
      const giveUp = () => void opened.map(page => page.close().catch(() => undefined))
      try {
        const options = { backgroundColor: 'transparent', svgId: 'd', mermaidConfig, viewport }
        const { data } = await withinTime(renderMermaid(opener, code, 'svg', options), giveUp)
        flattener ??= openFlattener(shared)
        const svg = await (await flattener).evaluate(flattenStyles, new TextDecoder().decode(data))
        return { svg }
      } catch (error) {
        if (!shared.connected) throw error
        if (error instanceof TooSlow) return { problem: { message: error.message } }
        return { problem: readMermaidError(error instanceof Error ? error.message : String(error), code) }
      }
    },
    async close() {
      const last = flattener
      flattener = undefined
      await (await last?.catch(() => undefined))?.close().catch(() => undefined)
    },
  }
}

/** Wide enough that no diagram type squeezes itself into the window. */
const viewport = { width: 1000, height: 800 }

/** Quiet colours of one blue; authors override with `%%{init: …}%%` or front matter. */
function configOf(fontFamily: string) {
  return {
    theme: 'base' as const,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    fontFamily,
    deterministicIds: true,
    securityLevel: 'strict' as const,
    themeVariables: {
      fontFamily,
      primaryColor: '#e8f0fa',
      primaryBorderColor: '#6b8cb5',
      primaryTextColor: '#1a1a1a',
      secondaryColor: '#fdf0dc',
      tertiaryColor: '#f4f6f8',
      lineColor: '#333333',
      textColor: '#1a1a1a',
      edgeLabelBackground: '#ffffff',
    },
  }
}

async function versionOfMermaid(): Promise<string> {
  const cli = createRequire(fileURLToPath(import.meta.resolve('@mermaid-js/mermaid-cli')))
  const own = join(
    dirname(fileURLToPath(import.meta.resolve('@mermaid-js/mermaid-cli'))),
    '..',
    'package.json',
  )
  const versions = [own, cli.resolve('mermaid/package.json')].map(async path => {
    return (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version
  })
  return (await Promise.all(versions)).join(' ')
}

/**
 * What `renderMermaid` uses of a browser: pages. Ours come with the fonts (it waits for `document.fonts` itself) and
 * keep the page's console to themselves, which it would print.
 */
function withFonts(browser: Browser, script: string, opened: Page[]): Browser {
  const newPage = async (): Promise<Page> => {
    const page = await browser.newPage()
    opened.push(page)
    await page.evaluateOnNewDocument(script)
    const listen = page.on.bind(page)
    page.on = ((type: 'console', handler: () => void) =>
      type === 'console' ? page : listen(type, handler)) as typeof page.on
    return page
  }
  // Reason for the cast: it calls nothing else of a Browser.
  return { newPage } as unknown as Browser
}

async function openFlattener(browser: Browser): Promise<Page> {
  const page = await browser.newPage()
  // Bundlers that keep function names (tsx does) leave calls of this helper in functions sent to a page.
  await page.evaluate('globalThis.__name = f => f')
  return page
}

/** The place that Mermaid's parsers name, in the author's own lines. */
export function readMermaidError(message: string, code: string): Problem {
  const { text, offsets } = preprocess(code)
  const help = 'See https://mermaid.js.org for the syntax of this kind of diagram.'
  const lines = message.split('\n').filter(line => !/^\s*(?:at |\S+ \(?https?:\/\/)/.test(line))
  const at = (offset: number) => placeOf(code, offsets[Math.min(offset, offsets.length - 1)] ?? 0)
  const line = /(?:Parse|Lexical) error on line (\d+)/.exec(message)?.[1]
  if (line !== undefined) {
    const caret = lines.findIndex(l => /^-*\^$/.test(l))
    const start = offsetOfLine(text, Number(line))
    const column =
      caret > 0 ? columnOf(lineAt(text, start), lines[caret - 1], lines[caret].length - 1) : undefined
    const place = at(start + (column ?? 0))
    return {
      line: place.line,
      column: column === undefined ? undefined : place.column,
      message: summary(lines),
      help,
    }
  }
  if (/No diagram type detected/.test(message)) {
    const first = /^\s*(\S+)/.exec(text)?.[1] ?? ''
    return { line: at(text.search(/\S/)).line, message: `unknown kind of diagram: ${first}`, help }
  }
  const offset = /at offset: (\d+)/.exec(message)?.[1]
  if (offset !== undefined) return { ...at(Number(offset)), message: lines.join(' ').trim(), help }
  const token = /but found:? [`']([^`']+)[`']/.exec(message)?.[1]
  const found = token ? text.indexOf(token) : -1
  return { ...(found >= 0 ? at(found) : {}), message: lines.join(' ').trim() || 'Mermaid failed', help }
}

/** `Expecting 'A', 'B', … got 'C'`, without the dozens of token names that help nobody. */
function summary(lines: readonly string[]): string {
  const expecting = lines.find(line => line.startsWith('Expecting'))
  const got = /got '([^']*)'$/.exec(expecting ?? '')?.[1]
  if (got === undefined)
    return (lines.find(line => /[Uu]nrecognized/.test(line)) ?? 'syntax error').replace(
      /^.*line \d+\.\s*/,
      '',
    )
  const expected = [...(expecting ?? '').replace(/, got .*$/, '').matchAll(/'([^']*)'/g)].map(
    match => match[1],
  )
  const list = expected.length > 6 ? '' : `expected ${expected.join(' or ')}, `
  return `syntax error: ${list}${list ? '' : 'unexpected '}${list ? 'got ' : ''}${got}`
}

function offsetOfLine(text: string, line: number): number {
  const lines = text.split('\n')
  const last = Math.min(line, lines.length) - 1
  return lines.slice(0, last).reduce((sum, l) => sum + l.length + 1, 0)
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start)
  return text.slice(start, end < 0 ? undefined : end)
}

/** The parser shows the text round the mistake with line breaks taken out, and a caret under it. */
function columnOf(line: string, shown: string, caret: number): number | undefined {
  const before = shown.slice(0, caret).replace(/^\.\.\./, '')
  const after = shown.slice(caret)
  for (let column = line.length; column >= 0; column--) {
    const [left, right] = [line.slice(0, column), line.slice(column)]
    if (
      (before.endsWith(left) || left.endsWith(before)) &&
      (after.startsWith(right) || right.startsWith(after))
    )
      return column
  }
  return undefined
}

function placeOf(code: string, offset: number): { line: number; column: number } {
  const before = code.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
