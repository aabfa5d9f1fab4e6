import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lazyBrowser } from '../../../src/weave/diagram/browser.ts'
import { bundled, maybeInstalled } from '../../../src/weave/diagram/chromium.ts'
import { testBrowser } from './support.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('lazyBrowser', () => {
  it('starts no process until it is asked, one however often it is asked, and ends it', async () => {
    const browser = testBrowser()
    expect(browser.launched).toBe(false)
    const [one, other] = await Promise.all([browser.get(), browser.get()])
    expect(one).toBe(other)
    expect(browser.launched).toBe(true)
    const exited = new Promise(resolve => one.process()?.once('exit', resolve))
    await browser.close()
    await exited
    expect(one.connected).toBe(false)
  })

  it('starts another when the first has died', async () => {
    const browser = testBrowser()
    const first = await browser.get()
    const gone = new Promise(resolve => first.once('disconnected', resolve))
    first.process()?.kill('SIGKILL')
    await gone
    const second = await browser.get()
    expect(second).not.toBe(first)
    expect(await second.version()).toMatch(/Chrom/)
    await browser.close()
  })

  it.each(['/no/such/browser', '/', import.meta.filename])(
    'refuses %s, which is no program, with a way out',
    async path => {
      const browser = lazyBrowser({ executable: path })
      await expect(browser.get()).rejects.toMatchObject({
        name: 'EngineUnavailable',
        message: expect.stringMatching(/^cannot start a browser to draw with: /),
        help: expect.stringContaining('UNROLL_BROWSER'),
      })
      await browser.close()
    },
  )
})

describe('maybeInstalled', () => {
  it('takes the first program that is there, and none where there is none', async () => {
    const chrome = join(folder, 'chrome')
    await writeFile(chrome, '')
    expect(await maybeInstalled(['/no/such/chrome', chrome])).toEqual({ path: chrome, origin: 'installed' })
    expect(await maybeInstalled(['/no/such/chrome'])).toBeUndefined()
  })
})

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('bundled (Linux on x64)', () => {
  it('unpacks whole files when two builds start at the same moment, and a browser runs from them', async () => {
    const home = join(folder, 'bundled')
    const sizes = new Set<number>()
    const watch = setInterval(async () => {
      for (const path of await filesNamed(home, 'chromium')) sizes.add((await stat(path)).size)
    }, 20)
    const [one, other] = await Promise.all([bundled(home), bundled(home)])
    clearInterval(watch)
    expect(one).toEqual(other)
    expect([...sizes, (await stat(one.path)).size].every(size => size > 1e8)).toBe(true)
    expect((await readdir(join(home, (await readdir(home))[0]))).sort()).toEqual([
      'al2023',
      'chromium',
      'fonts',
      'fonts.conf',
    ])
    const browser = lazyBrowser({ executable: one.path })
    expect(await (await browser.get()).version()).toMatch(/Chrom/)
    await browser.close()
  })
})

/** The files of this very name in the folders below. */
async function filesNamed(folder: string, name: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true }).catch(() => [])
  return found.filter(path => path.endsWith(`/${name}`)).map(path => join(folder, path))
}
