/** The built site in a real browser, below a path, as a reader gets it. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { HtmlValidate } from 'html-validate'
import type { Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTheme } from '../../site/theme.ts'
import { type LazyBrowser, lazyBrowser } from '../../src/weave/diagram/browser.ts'
import { build, silent } from '../../src/weave/index.ts'
import { type StaticServer, serveFolder } from '../support/staticServer.ts'

const root = resolve(import.meta.dirname, '../..')
let folder: string
let server: StaticServer
let browser: LazyBrowser

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-e2e-'))
  const { diagnostics } = await build({
    root,
    content: join(root, 'test/fixtures/book'),
    out: join(folder, 'site'),
    cache: join(root, '.cache/test'),
    jobs: 2,
    theme: await loadTheme(),
    progress: silent,
  })
  expect(diagnostics).toEqual([])
  server = await serveFolder(join(folder, 'site'))
  browser = lazyBrowser()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await server?.close()
  await rm(folder, { recursive: true, force: true })
})

interface Visit {
  readonly page: Page
  /** What the console said, what failed to load, what left the site. */
  readonly problems: string[]
}

interface Circumstances {
  readonly width?: number
  readonly dark?: boolean
  readonly javaScript?: boolean
}

async function visit(
  path: string,
  { width = 1280, dark = false, javaScript = true }: Circumstances = {},
): Promise<Visit> {
  const page = await (await browser.get()).newPage()
  const problems: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warn') problems.push(message.text())
  })
  page.on('pageerror', error => problems.push(String(error)))
  page.on('request', request => {
    if (!request.url().startsWith(server.url) && !request.url().startsWith('data:'))
      problems.push(`left the site: ${request.url()}`)
  })
  page.on('response', response => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`)
  })
  await page.setJavaScriptEnabled(javaScript)
  await page.setViewport({ width, height: 900 })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }])
  await page.goto(server.url + path, { waitUntil: 'load' })
  if (javaScript) await page.evaluate(() => document.fonts.ready)
  return { page, problems }
}

describe('a chapter', () => {
  it('shows outputs, figures and diagrams, says nothing in the console, and asks for nothing elsewhere', async () => {
    const { page, problems } = await visit('zh/01-demo.html')
    const seen = await page.evaluate(() => {
      const texts = (selector: string) =>
        [...document.querySelectorAll(selector)].map(e => e.textContent?.trim())
      return {
        title: document.querySelector('h1')?.textContent,
        values: texts('.value'),
        printed: texts('.output.stream pre'),
        captions: texts('figcaption'),
        references: texts('a.ref'),
        table: texts('#tbl-data td').slice(0, 4),
        error: texts('.output.error pre')[0]?.split('\n')[0],
        plot: document.querySelectorAll('#fig-decay svg path').length > 0,
        diagrams: [...document.querySelectorAll('.diagram svg')].map(
          s => s.getBoundingClientRect().width > 50,
        ),
        doubledIds: [...document.querySelectorAll('[id]')]
          .map(e => e.id)
          .filter((id, i, all) => all.indexOf(id) !== i),
        fonts: document.fonts.check('16px "Noto Serif SC Variable"', '样'),
      }
    })
    expect(seen).toEqual({
      title: '样样都有一点',
      values: ['0.125', '1.8750'],
      printed: ['读到 4 个数'],
      captions: [expect.stringMatching(/^图 1\.1 数值/), '表 1.1 原始数据', '图 1.2 两个人'],
      references: ['式 (1.1)', '图 1.1', '表 1.1'],
      table: ['0', '1', '1', '0.5'],
      error: 'RangeError: 故意的',
      plot: true,
      diagrams: [true, true, true, true],
      doubledIds: [],
      fonts: true,
    })
    expect(problems).toEqual([])
    await page.close()
  })

  it('reads with JavaScript off', async () => {
    const { page, problems } = await visit('zh/01-demo.html', { javaScript: false })
    const text = await page.$eval('main', e => e.textContent ?? '')
    for (const part of ['样样都有一点', '读到 4 个数', '0.125', '图 1.1', '故意的', '一条脚注'])
      expect(text).toContain(part)
    expect(await page.$$eval('nav a', links => links.length)).toBeGreaterThan(1)
    expect(problems).toEqual([])
    await page.close()
  })

  it.each([360, 390, 768])('is not wider than a screen of %i pixels', async width => {
    const { page } = await visit('zh/01-demo.html', { width })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    await page.close()
  })

  it('shows diagrams on a phone no smaller than they can be read', async () => {
    const { page } = await visit('zh/01-demo.html', { width: 390 })
    const widths = await page.$$eval('.diagram svg', drawings =>
      drawings.map(drawing => ({
        whole: Number.parseFloat(getComputedStyle(drawing).getPropertyValue('--diagram-width')),
        shown: drawing.getBoundingClientRect().width,
      })),
    )
    expect(widths.some(({ whole }) => whole > 390)).toBe(true)
    for (const { whole, shown } of widths)
      expect(shown).toBeGreaterThanOrEqual(Math.min(whole, Math.max(480, whole / 2)))
    await page.close()
  })

  it('is light or dark as the system is', async () => {
    const brightness = (page: Page) =>
      page.evaluate(() => {
        const [r, g, b] = (
          getComputedStyle(document.documentElement).backgroundColor.match(/[\d.]+/g) ?? []
        ).map(Number)
        return (r + g + b) / 3
      })
    const light = await visit('zh/01-demo.html')
    const dark = await visit('zh/01-demo.html', { dark: true })
    expect(await brightness(light.page)).toBeGreaterThan(200)
    expect(await brightness(dark.page)).toBeLessThan(60)
    await light.page.close()
    await dark.page.close()
  })

  it('leads to its translation and back', async () => {
    const { page, problems } = await visit('zh/01-demo.html')
    await page.goto(await page.$eval('.callout a', a => (a as HTMLAnchorElement).href))
    expect(await page.$eval('h1', e => e.textContent)).toBe('A little of everything')
    await page.goto(await page.$eval('#content a[href$="#sec-numbers"]', a => (a as HTMLAnchorElement).href))
    expect(await page.$eval('#sec-numbers', e => e.tagName)).toBe('H2')
    expect(problems).toEqual([])
    await page.close()
  })
})

it('every document is valid HTML', async () => {
  const validator = new HtmlValidate({
    extends: ['html-validate:recommended', 'html-validate:document'],
    // Formulas, diagrams and highlighted code carry styles; the other rules are of taste, not of validity.
    rules: {
      'no-inline-style': 'off',
      'void-style': 'off',
      'attribute-boolean-style': 'off',
      'require-sri': 'off',
    },
  })
  const site = join(folder, 'site')
  const names = (await readdir(site, { recursive: true })).filter(n => n.endsWith('.html'))
  const found = await Promise.all(
    names.map(async name => {
      const { results } = await validator.validateString(await readFile(join(site, name), 'utf8'))
      return results.flatMap(r =>
        r.messages.map(m => `${name}:${m.line}:${m.column} ${m.ruleId}: ${m.message}`),
      )
    }),
  )
  expect(found.flat()).toEqual([])
})

it('every file that a document names is in the site, and no document names another host', async () => {
  const site = join(folder, 'site')
  const names = (await readdir(site, { recursive: true })).filter(n => n.endsWith('.html'))
  expect(names).toContain('index.html')
  for (const name of names) {
    const html = await readFile(join(site, name), 'utf8')
    const urls = [...html.matchAll(/(?:src|href)="([^"#]+)/g)].map(m => m[1])
    for (const url of urls) {
      expect(url).not.toMatch(/^(https?:)?\/\//)
      await expect(readFile(join(site, name, '..', decodeURIComponent(url)))).resolves.toBeInstanceOf(Buffer)
    }
  }
})
