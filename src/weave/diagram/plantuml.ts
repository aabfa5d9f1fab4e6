/**
 * PlantUML without Java: the official engine compiled to JavaScript (`@plantuml/core`), in one page of the headless
 * browser. The page's files come from the package by interception, so nothing is served and nothing leaves the
 * machine; `sans-serif`, in which the engine measures, is led to the site's font.
 */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HTTPRequest, Page } from 'puppeteer'
import { nearest } from '../base/nearest.ts'
import type { LazyBrowser } from './browser.ts'
import { findCulprit } from './culprit.ts'
import { type Drawn, type Engine, type Problem, TooSlow, withinTime } from './engine.ts'
import type { FontSet } from './fonts.ts'
import { explain, placeOf, readPicture } from './plantumlPicture.ts'
import { checkSource, type Source } from './plantumlSource.ts'

export async function plantumlEngine(browser: LazyBrowser, fonts: FontSet, limit?: number): Promise<Engine> {
  const folder = dirname(fileURLToPath(import.meta.resolve('@plantuml/core')))
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
  let page: Promise<Page> | undefined
  const close = async () => {
    const last = page
    page = undefined
    await (await last?.catch(() => undefined))?.close().catch(() => undefined)
  }
  return {
    signature: `@plantuml/core ${version} ${fonts.signature}`,
    // The engine keeps shared state: one diagram at a time.
    parallel: 1,
    close,
    async draw(code): Promise<Drawn> {
      const source = checkSource(code, 'core')
      if ('problems' in source) return source
      const unknown = await unknownNames(source, folder)
      if (unknown.length > 0) return { problems: unknown }
      page ??= openPage(browser, folder, fonts)
      const open = await page.catch(error => {
        page = undefined
        throw error
      })
      try {
        await fonts.install(open, code)
        const svg = await withinTime(draw(open, source.lines), close, limit)
        const { problems, warnings } = readPicture(svg, source, 'core')
        return problems.length > 0 ? { problems } : { svg, warnings }
      } catch (error) {
        if (error instanceof EngineError)
          return { problems: [await explainFailure(error, open, source).finally(close)] }
        await close() // Whatever state it is in, the next diagram starts afresh.
        if (error instanceof TooSlow) return { problems: [{ message: error.message, help: slowHelp }] }
        throw error
      }
    },
  }
}

const slowHelp = 'Draw less, or draw it in parts.'

/** What the engine fails at, at the line without which it does not fail. */
async function explainFailure({ message }: EngineError, page: Page, source: Source): Promise<Problem> {
  const problem = explain(message, '', 'core')
  if (/^too large/.test(problem.message)) return problem
  const fails = (lines: readonly string[]) =>
    withinTime(draw(page, lines), () => undefined, 5).then(
      svg => readPicture(svg, { ...source, lines }, 'core').problems.length > 0,
      () => true,
    )
  const culprit = await findCulprit(source.lines, line => !/^\s*@(?:start|end)/.test(line), fails)
  if (culprit === undefined) return problem
  return {
    line: culprit + 1 - source.added,
    ...explain(message, source.lines[culprit], 'core'),
  }
}

/** Themes and icons that are not among the engine's own: it would leave out an icon without a word. */
async function unknownNames(source: Source, folder: string): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const { pattern, file, what } of named)
    for (const line of source.lines)
      for (const [whole, name] of line.matchAll(pattern)) {
        const text = await readFile(join(folder, file), 'utf8')
        const names = [...text.matchAll(/PLANTUML_\w+\["([^"]+)"\]\s*=/g)].map(match => match[1])
        if (names.includes(name)) continue
        const best = nearest(name, names)
        const escaped = whole.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        problems.push({
          ...placeOf(source, new RegExp(escaped)),
          message: `unknown ${what}: ${name}${best === undefined ? '' : `; did you mean ${best}?`}`,
          help:
            names.length > 100
              ? 'Names are those of https://useiconic.com/open.'
              : `Known are ${names.join(', ')}.`,
        })
      }
  return problems
}

const named = [
  { pattern: /(?<=^\s*!theme\s+)([\w-]+)(?=\s*$)/g, file: 'themes.js', what: 'theme' },
  { pattern: /<&([\w-]+)(?=[>{,*])/g, file: 'openiconic.js', what: 'icon' },
]

/** The engine threw instead of drawing an error. */
class EngineError extends Error {}

type Render = (lines: string[], done: (svg: string) => void, failed: (message: string) => void) => void

async function draw(page: Page, lines: readonly string[]): Promise<string> {
  const { svg, error } = await page.evaluate(
    lines =>
      new Promise<{ svg?: string; error?: string }>(resolve => {
        const { renderToString } = globalThis as typeof globalThis & { renderToString: Render }
        renderToString(
          lines,
          svg => resolve({ svg }),
          error => resolve({ error: String(error) }),
        )
      }),
    [...lines],
  )
  if (svg === undefined) throw new EngineError(String(error))
  return svg
}

const origin = 'http://plantuml.invalid'

async function openPage(browser: LazyBrowser, folder: string, fonts: FontSet): Promise<Page> {
  const page = await (await browser.get()).newPage()
  await page.setRequestInterception(true)
  page.on(
    'request',
    request => void answer(request, folder, fonts.family).catch(() => request.abort().catch(() => {})),
  )
  await page.goto(`${origin}/`)
  await page.waitForFunction('globalThis.renderToString', { timeout: 30_000 })
  return page
}

/** Files of the package (engine, layout, themes, emoji); anything else is not there. */
async function answer(request: HTTPRequest, folder: string, family: string): Promise<void> {
  const { origin: from, pathname } = new URL(request.url())
  if (from !== origin) return request.abort()
  if (pathname === '/') return request.respond({ contentType: 'text/html', body: pageOf(family) })
  if (!/^\/[\w-]+\.js$/.test(pathname)) return request.respond({ status: 404 })
  const body = await readFile(join(folder, pathname.slice(1))).catch(() => undefined)
  return body
    ? request.respond({ contentType: 'text/javascript; charset=utf-8', body })
    : request.respond({ status: 404 })
}

/** The engine measures on a canvas, in `sans-serif`; here that means the site's font. */
function pageOf(family: string): string {
  return `<!doctype html><meta charset="utf-8">
<style>text[font-family="sans-serif"] { font-family: ${family} }</style>
<script>
const { get, set } = Object.getOwnPropertyDescriptor(CanvasRenderingContext2D.prototype, 'font')
Object.defineProperty(CanvasRenderingContext2D.prototype, 'font', {
  get,
  set(value) { set.call(this, value.replace(/"?(?:sans-serif|SansSerif)"?/, ${JSON.stringify(family)}).replace('monospaced', 'monospace')) },
})
</script>
<script src="/viz-global.js"></script>
<script type="module">
import { renderToString } from '/plantuml.js'
globalThis.renderToString = renderToString
</script>`
}
