/** `npm run dev` in a real browser: what is saved is seen, what is wrong is said. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from 'puppeteer'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadTheme } from '../../site/theme.ts'
import { type LazyBrowser, lazyBrowser } from '../../src/weave/diagram/browser.ts'
import { type DevServer, dev, type Rebuilt, silent } from '../../src/weave/index.ts'

const root = resolve(import.meta.dirname, '../..')
let content: string
let server: DevServer
let browser: LazyBrowser
let page: Page
const rebuilt: Rebuilt[] = []

beforeAll(async () => {
  content = await mkdtemp(join(tmpdir(), 'unroll-dev-'))
  await cp(join(root, 'test/fixtures/book'), content, { recursive: true })
  server = await dev({
    root,
    content,
    cache: join(root, '.cache/test'),
    jobs: 1,
    theme: await loadTheme(),
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
})

async function edit(name: string, change: (text: string) => string): Promise<void> {
  const path = join(content, name)
  await writeFile(path, change(await readFile(path, 'utf8')))
}

const textOf = (selector: string) => page.$eval(selector, e => e.textContent ?? '').catch(() => '')

it('a saved cell shows in the open page, which is not loaded again, and only its chapter is rebuilt', async () => {
  expect(await textOf('.value')).toBe('42')
  await page.evaluate(() => Object.assign(window, { kept: true }))
  rebuilt.length = 0
  await edit('en/01-demo.md', text => text.replace('6 * 7', '6 * 8'))
  await page.waitForFunction(() => document.querySelector('.value')?.textContent === '48')
  expect(await page.evaluate(() => 'kept' in window)).toBe(true)
  expect(rebuilt.map(r => r.files.length)).toEqual([1])
})

it('an error shows in the page at its line, and goes when it is mended', async () => {
  await edit('en/01-demo.md', text => text.replace('6 * 8', "'six'.length.nothing"))
  await page.waitForFunction(() => document.body.textContent?.includes('TS2339'))
  expect(await page.evaluate(() => document.body.textContent)).toContain('en/01-demo.md:8:')
  expect(await textOf('.value')).toBe('48')
  await edit('en/01-demo.md', text => text.replace("'six'.length.nothing", '7 * 7'))
  await page.waitForFunction(() => document.querySelector('.value')?.textContent === '49')
  expect(await page.evaluate(() => document.body.textContent)).not.toContain('TS2339')
})

it('a new chapter appears in the contents', async () => {
  await writeFile(join(content, 'en/02-new.md'), '---\ntitle: Brand new\n---\n\nText.\n')
  await page.waitForFunction(() => document.body.textContent?.includes('Brand new'))
})

it.each([0, 5, 20, 40])(
  'a new chapter appears even if it was still empty when it was read: %i ms',
  async wait => {
    const path = join(content, `en/03-late-${wait}.md`)
    await writeFile(path, '')
    await new Promise(resolve => setTimeout(resolve, wait))
    await writeFile(path, `---\ntitle: Late by ${wait} ms\n---\n\nText.\n`)
    await page.waitForFunction(t => document.body.textContent?.includes(t), {}, `Late by ${wait} ms`)
  },
)
