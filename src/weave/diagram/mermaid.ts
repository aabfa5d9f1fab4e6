/**
 * Mermaid, by `@mermaid-js/mermaid-cli`'s API on the shared browser. Labels are SVG text, not HTML in
 * `foreignObject`: that prints, passes strict content policies, and stays text in feed readers.
 */

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'puppeteer'
import { stableJson } from '../base/hash.ts'
import type { LazyBrowser } from './browser.ts'
import { findCulprit } from './culprit.ts'
import { type Drawn, type Engine, type Problem, TooSlow, withinTime } from './engine.ts'
import { flattenStyles } from './flatten.ts'
import type { FontSet } from './fonts.ts'
import { elementsOf, parseMarkup, textOf, unescapeText } from './markup.ts'
import { readMermaidError } from './mermaidError.ts'
import { problemsIn, problemsPrinted, warningsIn } from './mermaidLimits.ts'
import { preprocess } from './mermaidSource.ts'
import { type Rewritten, rewriteText } from './mermaidText.ts'

export async function mermaidEngine(browser: LazyBrowser, fonts: FontSet, seconds?: number): Promise<Engine> {
  const mermaidConfig = configOf(fonts.family)
  let flattener: Promise<Page> | undefined
  /** @throws Error with what Mermaid says */
  const drawText = async (text: string, limit?: number): Promise<string> => {
    const shared = await browser.get()
    const { renderMermaid } = await import('@mermaid-js/mermaid-cli')
    const opened: Page[] = []
    const opener = withFonts(shared, await fonts.script(text), opened)
    const giveUp = () => void opened.map(page => page.close().catch(() => undefined))
    const options = { backgroundColor: 'transparent', svgId: 'd', mermaidConfig, viewport }
    const { data } = await withinTime(renderMermaid(opener, text, 'svg', options), giveUp, limit)
    flattener ??= openFlattener(shared)
    await fonts.install(await flattener, text)
    return (await flattener).evaluate(flattenStyles, new TextDecoder().decode(data))
  }
  return {
    signature: `mermaid ${await versionOfMermaid()} ${stableJson(mermaidConfig)} ${fonts.signature}`,
    parallel: 2,
    async draw(code): Promise<Drawn> {
      const kind = kindOf(code)
      const refused = problemsIn(code, kind)
      if (refused.length > 0) return { problems: refused }
      const rewritten = rewriteText(code)
      const shared = await browser.get()
      try {
        const svg = await drawText(rewritten.text, seconds)
        const words = wordsOf(svg)
        const printed = problemsPrinted(code, kind, words)
        return printed.length > 0 ? { problems: printed } : { svg, warnings: warningsIn(code, kind, words) }
      } catch (error) {
        if (!shared.connected) throw error
        if (error instanceof TooSlow)
          return { problems: [{ message: error.message, help: 'Draw less, or draw it in parts.' }] }
        const message = error instanceof Error ? error.message : String(error)
        if (isInternal(message)) return { problems: [await explainFailure(rewritten, code, drawText)] }
        return { problems: [originalPlace(readMermaidError(message, rewritten.text), rewritten, code)] }
      }
    },
    async close() {
      const last = flattener
      flattener = undefined
      await (await last?.catch(() => undefined))?.close().catch(() => undefined)
    },
  }
}

/** The first word that Mermaid sees. */
function kindOf(code: string): string {
  return /\S+/.exec(preprocess(code).text)?.[0] ?? ''
}

function wordsOf(svg: string): string {
  return [...elementsOf(parseMarkup(svg))]
    .filter(element => element.name === 'text')
    .map(element => unescapeText(textOf(element)))
    .join('\n')
}

/** What JavaScript says when Mermaid's own code is at fault. */
function isInternal(message: string): boolean {
  return /Cannot (?:read|set) propert|is not (?:a function|defined|iterable)|(?:undefined|null) \(reading|\bundefined\b|Maximum call stack|Invalid array length|\bNaN\b/.test(
    message,
  )
}

/** What Mermaid fails at, at the line without which it does not fail. */
async function explainFailure(
  rewritten: Rewritten,
  code: string,
  draw: (text: string, limit?: number) => Promise<string>,
): Promise<Problem> {
  const fails = (lines: readonly string[]) =>
    draw(lines.join('\n'), 5).then(
      () => false,
      () => true,
    )
  const line = await findCulprit(rewritten.text.split('\n'), text => !/^\s*%%/.test(text), fails)
  const help = 'Write it another way, or draw it with PlantUML or DOT.'
  if (line === undefined) return { message: 'Mermaid itself fails at this diagram', help }
  return originalPlace({ line: line + 1, message: 'Mermaid itself fails at this', help }, rewritten, code)
}

/** A place in the text that Mermaid read as one in the author's. Lines are the same, columns may not be. */
function originalPlace(problem: Problem, { text, offsets }: Rewritten, code: string): Problem {
  const { line, column } = problem
  if (line === undefined || column === undefined) return problem
  const before = text.split('\n').slice(0, line - 1)
  const offset = before.reduce((sum, l) => sum + l.length + 1, 0) + column - 1
  const original = offsets[Math.min(offset, offsets.length - 1)]
  return { ...problem, column: original - code.lastIndexOf('\n', original - 1) }
}

/** Wide enough that no diagram type squeezes itself into the window. */
const viewport = { width: 1000, height: 800 }

/** More take longer than a drawing may, and nobody could read them. */
const maxEdges = 2000

/** Colours of slices, bars and lines. */
const series = ['#8fb3dd', '#f2b774', '#9ccb9a', '#e59a9a', '#b9a5d6', '#d9c36a', '#8fcbc9', '#c9a58a']

/** Mermaid's own grey for what lies outside a C4 system is too pale for the white letters on it. */
const externalC4 = Object.fromEntries(
  ['person', 'system', 'container', 'component'].flatMap(part =>
    ['', '_db', '_queue'].map(shape => [`external_${part}${shape}_bg_color`, '#6b6f76'] as const),
  ),
)

/** Quiet colours of one blue; authors override with `%%{init: …}%%` or front matter. */
function configOf(fontFamily: string) {
  return {
    theme: 'base' as const,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    fontFamily,
    deterministicIds: true,
    maxTextSize: 200_000,
    maxEdges,
    suppressErrorRendering: true,
    securityLevel: 'strict' as const,
    c4: externalC4,
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
      ...Object.fromEntries(series.map((color, i) => [`pie${i + 1}`, color])),
      pieOuterStrokeWidth: '1px',
      pieStrokeWidth: '1px',
      pieOpacity: '1',
      xyChart: { backgroundColor: 'transparent', plotColorPalette: series.join(',') },
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
 * What `renderMermaid` uses of a browser: pages. Ours come with the fonts (it waits for `document.fonts` itself), keep
 * their console to themselves, which it would print, and throw plain errors: those of some Mermaid parsers hold their
 * whole syntax tree, and puppeteer, which cannot send that, takes them for success.
 */
function withFonts(browser: Browser, script: string, opened: Page[]): Browser {
  const newPage = async (): Promise<Page> => {
    const page = await browser.newPage()
    opened.push(page)
    await page.evaluateOnNewDocument(seeded + script)
    const { on, $eval } = page
    const own = {
      on: (type: 'console', handler: () => void) =>
        type === 'console' ? page : on.call(page, type, handler),
      $eval: (
        selector: string,
        work: (element: Element, ...args: unknown[]) => unknown,
        ...args: unknown[]
      ) => $eval.call(page, selector, withPlainErrors, work.toString(), ...args),
    }
    return Object.assign(page, own)
  }
  // Reason for the cast: it calls nothing else of a Browser.
  return { newPage } as unknown as Browser
}

/** Runs inside the page. */
async function withPlainErrors(element: Element, work: unknown, ...args: unknown[]): Promise<unknown> {
  try {
    // biome-ignore lint/security/noGlobalEval: it is mermaid-cli's own function, sent as text as puppeteer does.
    return await globalThis.eval(`(${work})`)(element, ...args)
  } catch (error) {
    throw new Error(error instanceof Error ? error.message : String(error))
  }
}

/** Mermaid names commits by chance; the same source has to give the same picture (mulberry32). */
const seeded = `{ let state = 1
Math.random = () => {
  let t = (state += 0x6d2b79f5)
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
} }
`

async function openFlattener(browser: Browser): Promise<Page> {
  const page = await browser.newPage()
  // Bundlers that keep function names (tsx does) leave calls of this helper in functions sent to a page.
  await page.evaluate('globalThis.__name = f => f')
  return page
}
