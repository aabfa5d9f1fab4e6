/** The theme in a real browser: what only a browser can tell. */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import chromium from '@sparticuz/chromium'
import puppeteer, { type Browser, type Page } from 'puppeteer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { LiveMessage } from '../../site/client/messages.ts'
import { loadTheme } from '../../site/theme.ts'
import { chapter, index } from './views.ts'

const types: Readonly<Record<string, string>> = {
  css: 'text/css',
  js: 'text/javascript',
  svg: 'image/svg+xml',
}

/** Wider than every phone, in each way in which a chapter can be wide. */
const wide = `
<pre id="wide">${'wide '.repeat(80)}</pre>
<div class="code"><pre class="shiki"><code>${'wide '.repeat(80)}</code></pre></div>
<div class="table-scroll"><table><tbody><tr>${'<td>0.123456789</td>'.repeat(30)}</tr></tbody></table></div>
<div class="equation"><span class="katex-display"><span style="white-space:nowrap">${'x + '.repeat(100)}</span></span>
<span class="number">(1)</span></div>
<div class="output display"><svg class="plot-1" width="900" height="90" viewBox="0 0 900 90"></svg></div>
<figure class="figure diagram"><svg width="900" height="90" viewBox="0 0 900 90"></svg></figure>
<p>${'averyveryverylongword'.repeat(12)} <code>${'a_long_name'.repeat(12)}</code></p>
<div class="output error"><pre>${'RangeError '.repeat(40)}</pre></div>`

const theme = await loadTheme()
const documents = new Map([
  ['/deep/below/zh/chapter.html', theme.layout({ ...chapter, html: chapter.html + wide })],
  ['/deep/below/zh/index.html', theme.layout(index)],
  ['/deep/below/zh/live.html', theme.layout({ ...chapter, live: true })],
])
const assets = new Map(theme.assets.map(asset => [`/deep/below/${asset.path}`, asset]))

let server: Server
let sockets: WebSocketServer
let browser: Browser
let origin: string

beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    const asset = assets.get(url)
    const body = documents.get(url) ?? (asset && ('text' in asset ? asset.text : readFileSync(asset.from)))
    response.setHeader('content-type', types[url.split('.').at(-1) ?? ''] ?? 'text/html; charset=utf-8')
    response.statusCode = body === undefined ? 404 : 200
    response.end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  sockets = new WebSocketServer({ server, path: '/__live' })
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await puppeteer.launch({
    executablePath: await chromium.executablePath(),
    headless: 'shell',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
})

afterAll(async () => {
  await browser?.close()
  sockets?.close()
  server?.close()
})

/** The page, and all that went wrong or went elsewhere while it was open. */
async function open(
  path: string,
  width: number,
  javaScript = true,
): Promise<{ page: Page; wrong: string[] }> {
  const page = await browser.newPage()
  const wrong: string[] = []
  page.on('console', message => wrong.push(message.text()))
  page.on('pageerror', error => wrong.push(String(error)))
  page.on('response', response => {
    if (!response.ok() || new URL(response.url()).origin !== origin) wrong.push(response.url())
  })
  await page.setJavaScriptEnabled(javaScript)
  await page.setViewport({ width, height: 800 })
  await page.goto(`${origin}/deep/below/${path}`, { waitUntil: 'load' })
  return { page, wrong }
}

for (const path of ['zh/chapter.html', 'zh/index.html'])
  for (const width of [360, 430, 1000, 1440])
    test(`${path} at ${width} px has nothing wider than the window and no error`, async () => {
      const { page, wrong } = await open(path, width)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      expect(wrong).toEqual([])
      await page.close()
    })

test('without JavaScript the menu of a phone opens and shows the chapters', async () => {
  const { page } = await open('zh/chapter.html', 390, false)
  const list = await page.waitForSelector('.chapters')
  expect(await list?.isVisible()).toBe(false)
  await page.click('.menu summary')
  expect(await list?.isVisible()).toBe(true)
  expect(await page.$eval('.scheme', button => button.hasAttribute('hidden'))).toBe(true)
  await page.close()
})

test('the chosen colours hold on the next page, before the system’s', async () => {
  const { page } = await open('zh/chapter.html', 1440)
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }])
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const dark = await ground()
  await page.click('.scheme')
  const light = await ground()
  expect(light).not.toBe(dark)
  await page.goto(`${origin}/deep/below/zh/index.html`)
  expect(await ground()).toBe(light)
  await page.evaluate(() => localStorage.clear())
  await page.close()
})

test('the contents mark the section being read', async () => {
  const { page } = await open('zh/chapter.html', 1440)
  await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' }))
  await page.waitForSelector('.toc a[aria-current]')
  expect(await page.$eval('.toc a[aria-current]', link => link.textContent)).toBe('热图')
  await page.close()
})

test('a saved edit shows in the open page, its cell lights up, and problems come and go', async () => {
  const connected = new Promise<WebSocket>(resolve => sockets.once('connection', resolve))
  const { page, wrong } = await open('zh/live.html', 1440)
  const socket = await connected
  const send = (message: LiveMessage) => socket.send(JSON.stringify(message))

  send({ type: 'page', url: 'zh/other.html', html: 'not for this document' })
  send({ type: 'page', url: chapter.url, html: chapter.html.replace('<pre>2</pre>', '<pre>3</pre>') })
  await page.waitForSelector('.cell.changed .copy')
  expect(await page.$eval('.output pre', pre => pre.textContent)).toBe('3')

  send({ type: 'diagnostics', items: [{ severity: 'error', text: '02-梯度.md:7:3: unknown <name>' }] })
  await page.waitForSelector('.problems')
  expect(await page.$$eval('.problems pre', all => all.map(pre => pre.textContent))).toEqual([
    '02-梯度.md:7:3: unknown <name>',
  ])
  send({ type: 'diagnostics', items: [] })
  await page.waitForSelector('.problems', { hidden: true })

  const again = new Promise<WebSocket>(resolve => sockets.once('connection', resolve))
  const loaded = page.waitForNavigation()
  socket.terminate()
  await again
  await loaded
  expect(await page.$eval('.output pre', pre => pre.textContent)).toBe('2')
  expect(wrong).toEqual([])
  await page.close()
})

test('on paper only the text is left, in the light colours', async () => {
  const { page } = await open('zh/chapter.html', 800)
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }])
  await page.emulateMediaType('print')
  const visible = (selector: string) => page.$eval(selector, element => element.getClientRects().length > 0)
  for (const selector of ['.masthead', '.toc', '.pager', '.skip']) expect(await visible(selector)).toBe(false)
  expect(await visible('#content')).toBe(true)
  expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(38, 35, 31)')
  await page.close()
})
