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
import { type Drawn, type Engine, TooSlow, withinTime } from './engine.ts'
import { flattenStyles } from './flatten.ts'
import type { FontSet } from './fonts.ts'
import { readMermaidError } from './mermaidError.ts'

export async function mermaidEngine(browser: LazyBrowser, fonts: FontSet): Promise<Engine> {
  const mermaidConfig = configOf(fonts.family)
  let flattener: Promise<Page> | undefined
  return {
    signature: `mermaid ${await versionOfMermaid()} ${stableJson(mermaidConfig)} ${fonts.signature}`,
    parallel: 2,
    async draw(code): Promise<Drawn> {
      const shared = await browser.get()
      const { renderMermaid } = await import('@mermaid-js/mermaid-cli')
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

/** Colours of slices, bars and lines. */
const series = ['#8fb3dd', '#f2b774', '#9ccb9a', '#e59a9a', '#b9a5d6', '#d9c36a', '#8fcbc9', '#c9a58a']

/** Quiet colours of one blue; authors override with `%%{init: …}%%` or front matter. */
function configOf(fontFamily: string) {
  return {
    theme: 'base' as const,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    fontFamily,
    deterministicIds: true,
    suppressErrorRendering: true,
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
