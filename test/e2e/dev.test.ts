/** `npm run dev` in a real browser: what is saved is seen, what is wrong is said. */
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from 'puppeteer'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadTheme } from '../../site/theme.ts'
import { type LazyBrowser, lazyBrowser } from '../../src/weave/diagram/browser.ts'
import { type DevServer, dev, formatDiagnostic, type Rebuilt, silent } from '../../src/weave/index.ts'

const root = resolve(import.meta.dirname, '../..')
let content: string
let theme: string
let server: DevServer
let browser: LazyBrowser
let page: Page
const rebuilt: Rebuilt[] = []

beforeAll(async () => {
  content = await mkdtemp(join(tmpdir(), 'unroll-dev-'))
  await cp(join(root, 'test/fixtures/book'), content, { recursive: true })
  theme = await mkdtemp(join(tmpdir(), 'unroll-dev-theme-'))
  server = await dev({
    root,
    content,
    cache: join(root, '.cache/test'),
    jobs: 1,
    theme: await loadTheme(),
    themeSource: {
      folder: theme,
      load: async () => {
        if (existsSync(join(theme, 'style.css'))) throw new Error('the theme is broken')
        return loadTheme()
      },
    },
    progress: silent,
    port: 0,
    host: '127.0.0.1',
    onRebuilt: r => rebuilt.push(r),
  })
  browser = lazyBrowser()
  page = await (await browser.get()).newPage()
  await page.goto(`${server.url}en/01-demo.html`, { waitUntil: 'networkidle0' })
}, 120_000)

afterAll(async () => {
  await server?.close()
  await browser?.close()
  await rm(content, { recursive: true, force: true })
  await rm(theme, { recursive: true, force: true })
})

async function edit(name: string, change: (text: string) => string): Promise<void> {
  const path = join(content, name)
  await writeFile(path, change(await readFile(path, 'utf8')))
}

const textOf = (selector: string) => page.$eval(selector, e => e.textContent ?? '').catch(() => '')

/** Waits until the page contains a text, or an element has it; else says what there is instead. */
async function shows(text: string, selector = 'body'): Promise<void> {
  const whole = selector !== 'body'
  try {
    await page.waitForFunction(
      (selector: string, text: string, whole: boolean) => {
        const found = document.querySelector(selector)?.textContent
        return whole ? found === text : found?.includes(text)
      },
      { timeout: 20_000 },
      selector,
      text,
      whole,
    )
  } catch (cause) {
    const built = rebuilt
      .map(
        r =>
          `${r.files}: ${r.diagnostics.map(d => formatDiagnostic(d, { textOf: () => undefined })).join('; ')}`,
      )
      .join('\n')
    throw new Error(`no ${text} in ${selector}: ${await textOf(selector)}\nRebuilt: ${built}`, { cause })
  }
}

it('a saved cell shows in the open page, which is not loaded again, and only its chapter is rebuilt', async () => {
  expect(await textOf('.value')).toBe('42')
  await page.evaluate(() => Object.assign(window, { kept: true }))
  rebuilt.length = 0
  await edit('en/01-demo.md', text => text.replace('6 * 7', '6 * 8'))
  await shows('48', '.value')
  expect(await page.evaluate(() => 'kept' in window)).toBe(true)
  expect(rebuilt.map(r => r.files.length)).toEqual([1])
})

it('an error shows in the page at its line, and goes when it is mended', async () => {
  await edit('en/01-demo.md', text => text.replace('6 * 8', "'six'.length.nothing"))
  await shows('TS2339')
  expect(await textOf('body')).toContain('en/01-demo.md:8:')
  expect(await textOf('.value')).toBe('48')
  await edit('en/01-demo.md', text => text.replace("'six'.length.nothing", '7 * 7'))
  await shows('49', '.value')
  expect(await textOf('body')).not.toContain('TS2339')
})

it('a new chapter appears in the contents', async () => {
  await writeFile(join(content, 'en/02-new.md'), '---\ntitle: Brand new\n---\n\nText.\n')
  await shows('Brand new')
})

it.each([0, 5, 20, 40])(
  'a new chapter appears even if it was still empty when it was read: %i ms',
  async wait => {
    const path = join(content, `en/03-late-${wait}.md`)
    await writeFile(path, '')
    await new Promise(resolve => setTimeout(resolve, wait))
    await writeFile(path, `---\ntitle: Late by ${wait} ms\n---\n\nText.\n`)
    await shows(`Late by ${wait} ms`)
  },
)

it('a chapter that is gone comes back to its open page', async () => {
  const path = join(content, 'en/01-demo.md')
  const text = await readFile(path, 'utf8')
  await rm(path)
  await shows('There is no en/01-demo.html')
  await writeFile(path, text)
  await shows('49', '.value')
})

it('a theme that does not compile is reported, and the page stays as it was', async () => {
  rebuilt.length = 0
  await writeFile(join(theme, 'style.css'), 'broken')
  await shows('the theme is broken')
  await shows('49', '.value')
  const said = rebuilt.at(-1)?.diagnostics.map(d => `${d.rule}: ${d.message}`)
  expect(said).toEqual(['not-rebuilt: the theme is broken'])
  await rm(join(theme, 'style.css'))
  await page.waitForFunction(() => !document.body?.textContent?.includes('the theme is broken'))
  expect(rebuilt.at(-1)?.diagnostics).toEqual([])
  await shows('49', '.value')
})
