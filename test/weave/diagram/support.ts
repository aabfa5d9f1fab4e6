/** What the diagram tests share: requests from Markdown, the site's font, and a page to look at SVGs in. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'puppeteer'
import { memoryCache } from '../../../src/weave/base/cache.ts'
import type { Span } from '../../../src/weave/base/position.ts'
import { type LazyBrowser, lazyBrowser } from '../../../src/weave/diagram/browser.ts'
import type { DiagramLanguage, DiagramOptions, DiagramRequest } from '../../../src/weave/diagram/diagram.ts'

const fontFolder = join(
  fileURLToPath(import.meta.resolve('@fontsource-variable/noto-sans-sc/wght.css')),
  '..',
)

export const fonts = { family: 'Noto Sans SC Variable', stylesheets: [join(fontFolder, 'wght.css')] }

/** Where tests find a browser: as the build does. */
export function testBrowser(): LazyBrowser {
  return lazyBrowser({ executable: process.env.UNROLL_BROWSER ?? process.env.PUPPETEER_EXECUTABLE_PATH })
}

export function optionsWith(browser: LazyBrowser, more: Partial<DiagramOptions> = {}): DiagramOptions {
  return { cache: memoryCache(), plantuml: 'core', fonts, browser, ...more }
}

export function readFixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/diagram/${name}`, import.meta.url), 'utf8')
}

/** A chapter that is one fence. */
export function fenced(language: DiagramLanguage, code: string): DiagramRequest {
  const [request] = requestsOf('chapter.md', `\`\`\`${language}\n${code.replace(/\n$/, '')}\n\`\`\`\n`)
  return request
}

/** The diagram fences of a Markdown text, with the places of their lines; in lists and quotes too. */
export function requestsOf(file: string, text: string): DiagramRequest[] {
  const requests: DiagramRequest[] = []
  let at = 0
  let fence: { prefix: string; language: DiagramLanguage; open: Span; lines: Span[] } | undefined
  for (const line of text.split('\n')) {
    const span = { start: at, end: at + line.length }
    at = span.end + 1
    const [, prefix, language] = /^([\s>]*(?:[-*]|\d+\.)?[\s>]*)```(plantuml|mermaid|dot)$/.exec(line) ?? []
    if (!fence && language) fence = { prefix, language: language as DiagramLanguage, open: span, lines: [] }
    else if (fence && /^[\s>]*```$/.test(line)) {
      const code = fence.lines.map(({ start, end }) => `${text.slice(start, end)}\n`).join('')
      requests.push({ file, text, diagram: { ...fence, code } })
      fence = undefined
    } else if (fence) {
      const start = Math.min(span.start + fence.prefix.length, span.end)
      fence.lines.push({ start, end: span.end })
    }
  }
  return requests
}

export interface Look {
  readonly theme?: 'light' | 'dark'
  readonly prefers?: 'light' | 'dark'
  readonly width?: number
  /** Declarations for the page's body. */
  readonly style?: string
}

/** A page as the site makes it: the font, the two modes, the SVGs inline. */
export async function openPage(browser: Browser, svgs: readonly string[], look: Look = {}): Promise<Page> {
  const page = await browser.newPage()
  await page.setViewport({ width: look.width ?? 800, height: 900 })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: look.prefers ?? 'light' }])
  await page.setRequestInterception(true)
  page.on('request', request => {
    const { pathname } = new URL(request.url())
    const file = join(fontFolder, pathname)
    if (pathname === '/') return request.respond({ contentType: 'text/html', body: html(svgs, look) })
    return request.respond({
      contentType: file.endsWith('.css') ? 'text/css' : 'font/woff2',
      body: readFileSync(file),
    })
  })
  await page.goto('http://site.invalid/')
  await page.evaluate('globalThis.__name = f => f; document.fonts.ready.then(() => 0)')
  return page
}

function html(svgs: readonly string[], { theme, style = '' }: Look): string {
  return `<!doctype html><html lang="zh"${theme ? ` data-theme="${theme}"` : ''}><meta charset="utf-8">
<link rel="stylesheet" href="/wght.css">
<style>body { margin: 0 20px; font: 16px 'Noto Sans SC Variable', sans-serif; ${style} }</style>
<body>${svgs.join('\n')}<p id="prose">文</p>`
}
