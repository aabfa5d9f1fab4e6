/**
 * PlantUML without Java: the official engine compiled to JavaScript (`@plantuml/core`), in one page of the headless
 * browser. The page's files come from the package by interception, so nothing is served and nothing leaves the
 * machine; `sans-serif`, in which the engine measures, is led to the site's font.
 */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HTTPRequest, Page } from 'puppeteer'
import type { LazyBrowser } from './browser.ts'
import { type Drawn, type Engine, TooSlow, withinTime } from './engine.ts'
import type { FontSet } from './fonts.ts'
import { checkSource, readError } from './plantumlSource.ts'

export async function plantumlEngine(browser: LazyBrowser, fonts: FontSet): Promise<Engine> {
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
      const source = checkSource(code)
      if ('problem' in source) return source
      page ??= openPage(browser, folder, fonts)
      const open = await page.catch(error => {
        page = undefined
        throw error
      })
      try {
        await fonts.install(open, code)
        const svg = await withinTime(draw(open, source.lines), close)
        const problem = readError(svg, source)
        return problem ? { problem } : { svg }
      } catch (error) {
        await close() // Whatever state it is in, the next diagram starts afresh.
        if (error instanceof TooSlow || error instanceof EngineError)
          return { problem: { message: error.message } }
        throw error
      }
    },
  }
}

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
  if (svg === undefined) throw new EngineError(`PlantUML gave up: ${error}`)
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
