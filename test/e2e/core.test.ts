/** The core in a real browser: one bundle of it, in pages with other headers each, against the same run in Node. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build, type Metafile } from 'esbuild'
import type { Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LazyBrowser, lazyBrowser } from '../../src/weave/diagram/browser.ts'
import { memoryFor, trainReplica } from '../support/replicaTraining.ts'
import { trainSmall } from '../support/smallTraining.ts'
import { type StaticServer, serveFolder } from '../support/staticServer.ts'

const root = resolve(import.meta.dirname, '../..')

/** What a page's script is: all that `unroll/rnn` exports, the kernel in use, and the training. */
const entry = `
  export * from './src/rnn/index.ts'
  export { kernel } from './src/rnn/kernel/kernel.ts'
  export { trainSmall } from './test/support/smallTraining.ts'
  export { memoryFor, trainReplica } from './test/support/replicaTraining.ts'`

/** In a page's functions: the bundle above. */
declare const core: typeof import('../../src/rnn/index.ts') & {
  readonly kernel: import('../../src/rnn/kernel/kernel.ts').Kernel
  readonly trainSmall: typeof trainSmall
  readonly memoryFor: typeof memoryFor
  readonly trainReplica: typeof trainReplica
}

const headersOf = {
  plain: {},
  isolated: {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  },
  strict: { 'Content-Security-Policy': "default-src 'self'; script-src 'self'" },
  isolatedStrict: {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
  },
} as const

type Kind = keyof typeof headersOf

let folder: string
let metafile: Metafile
let browser: LazyBrowser
let servers: Record<Kind, StaticServer>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-core-'))
  const result = await build({
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    outfile: join(folder, 'core.js'),
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'core',
    minify: true,
    metafile: true,
  })
  metafile = result.metafile
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><title>core</title><link rel="icon" href="data:,"><script src="core.js"></script>',
  )
  const entries = await Promise.all(
    Object.entries(headersOf).map(async ([kind, headers]) => [kind, await serveFolder(folder, '/', headers)]),
  )
  servers = Object.fromEntries(entries)
  browser = lazyBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  for (const server of Object.values(servers ?? {})) await server.close()
  await rm(folder, { recursive: true, force: true })
})

/** Runs what is given in a fresh page of a kind, and fails if the page itself complains. */
async function inPage<T>(kind: Kind, act: (page: Page) => Promise<T>): Promise<T> {
  const page = await (await browser.get()).newPage()
  const problems: string[] = []
  page.on('pageerror', error => problems.push(String(error)))
  try {
    await page.goto(servers[kind].url, { waitUntil: 'load' })
    const result = await act(page)
    expect(problems).toEqual([])
    return result
  } finally {
    await page.close()
  }
}

describe('the bundle for the browser', () => {
  it('is made of src/rnn and the two packages that analysis and features use, and imports nothing', () => {
    const [output] = Object.values(metafile.outputs)
    expect(output.imports).toEqual([])
    const origins = Object.keys(metafile.inputs).map(path =>
      /node_modules\/([^/]+)|^(src\/rnn)\/|^(test\/support|<stdin>)/.exec(path)?.slice(1).find(Boolean),
    )
    expect([...new Set(origins)].toSorted()).toEqual([
      '<stdin>',
      ...['fft.js', 'ml-matrix'],
      'src/rnn',
      'test/support',
    ])
  })
})

const isolation =
  'expected a page that is isolated from others: served with the headers ' +
  'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp'

describe('in a page like any other', () => {
  it.each(['float64', 'float32'] as const)(
    'training in %s gives the bits that it gives in Node',
    async dtype => {
      const here = trainSmall(dtype)
      const { there, name } = await inPage('plain', page =>
        page.evaluate(dtype => ({ there: core.trainSmall(dtype), name: core.kernel.name }), dtype),
      )
      expect(name).toBe('simd')
      expect(there.losses).toEqual(here.losses)
      expect(there.bits).toEqual(here.bits)
      expect(here.losses[19]).toBeLessThan(here.losses[0])
    },
  )

  it('plain loops give the same bits in float64', async () => {
    const { bits, name } = await inPage('plain', page =>
      page.evaluate(() => {
        core.useKernel('reference')
        return { bits: core.trainSmall('float64').bits, name: core.kernel.name }
      }),
    )
    expect(name).toBe('reference')
    expect(bits).toEqual(trainSmall('float64').bits)
  })

  it('fused multiply-add works, and ends within 1e-9 of the loss without it', async () => {
    const { has, name, losses } = await inPage('plain', page =>
      page.evaluate(() => {
        const has = core.hasFusedMultiplyAdd()
        core.useKernel('simd-fma')
        return { has, name: core.kernel.name, losses: core.trainSmall('float64').losses }
      }),
    )
    expect(has).toBe(true)
    expect(name).toBe('simd-fma')
    const expected = trainSmall('float64').losses
    for (const [k, loss] of losses.entries()) expect(Math.abs(loss - expected[k])).toBeLessThan(1e-9)
  })

  it('threads are refused for a reason that says what to do, and the kernel works as before', async () => {
    const { complaint, name, threads, bits } = await inPage('plain', page =>
      page.evaluate(async () => {
        const complaint = await core.useThreads(2).then(() => 'none', String)
        const { name, threads } = core.kernel
        return { complaint, name, threads, bits: core.trainSmall('float64').bits }
      }),
    )
    expect(complaint).toBe(`Error: threads share memory, ${isolation}`)
    expect([name, threads]).toEqual(['simd', 1])
    expect(bits).toEqual(trainSmall('float64').bits)
  })

  it('so is memory for replicas', async () => {
    const complaint = await inPage('plain', page =>
      page.evaluate(() => {
        try {
          return core.memoryFor(2, 'float64')
        } catch (error) {
          return String(error)
        }
      }),
    )
    expect(complaint).toBe(`Error: replicas share memory, ${isolation}`)
  })
})

describe('in a page that is isolated from others', () => {
  it.each(['float64', 'float32'] as const)(
    'two replicas in workers stay alike, and give what one gives in Node, in %s',
    async dtype => {
      const [first, second] = await inPage('isolated', page =>
        page.evaluate(dtype => {
          const memory = core.memoryFor(2, dtype)
          const source = `importScripts('${location.origin}/core.js')
            onmessage = ({ data }) => postMessage(core.trainReplica(data))`
          const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
          const learn = (replica: number) =>
            new Promise<number[]>((resolve, reject) => {
              const worker = new Worker(url)
              worker.onmessage = ({ data }) => resolve(data)
              worker.onerror = ({ message }) => reject(new Error(message))
              worker.postMessage({ memory, replica })
            })
          return Promise.all([0, 1].map(learn))
        }, dtype),
      )
      const expected = trainReplica({ memory: memoryFor(1, dtype), replica: 0 })
      expect(second).toEqual(first)
      expect(first.length).toBe(expected.length)
      const distance = Math.max(...first.map((x, i) => Math.abs(x - expected[i])))
      expect(distance).toBeLessThan(dtype === 'float64' ? 1e-12 : 1e-6)
    },
  )

  it("a replica is refused on the page's own thread, which must not sleep", async () => {
    const complaint = await inPage('isolated', page =>
      page.evaluate(() => {
        const memory = core.memoryFor(2, 'float64')
        try {
          core.averageGradients(memory, 0)
        } catch (error) {
          return String(error)
        }
      }),
    )
    expect(complaint).toBe("Error: replicas wait for each other, expected a worker, not a page's own thread")
  })

  it.each(['float64', 'float32'] as const)(
    'two threads, then one again, give the bits of one in Node, in %s',
    async dtype => {
      const seen = await inPage('isolated', page =>
        page.evaluate(async dtype => {
          await core.useThreads(2)
          const { threads } = core.kernel
          const two = core.trainSmall(dtype).bits
          await core.useThreads(1)
          return { threads, two, one: core.trainSmall(dtype).bits, after: core.kernel.threads }
        }, dtype),
      )
      const { bits } = trainSmall(dtype)
      expect([seen.threads, seen.after]).toEqual([2, 1])
      expect(seen.two).toEqual(bits)
      expect(seen.one).toEqual(bits)
    },
  )

  it('its policy may still forbid workers: then an error says so, and the kernel works as before', async () => {
    const { complaint, threads, bits } = await inPage('isolatedStrict', page =>
      page.evaluate(async () => {
        const complaint = await core.useThreads(2).then(() => 'none', String)
        return { complaint, threads: core.kernel.threads, bits: core.trainSmall('float64').bits }
      }),
    )
    expect(complaint).toBe(
      'Error: a thread could not be started, expected a Content-Security-Policy, if there is one, ' +
        'that allows worker-src blob:',
    )
    expect(threads).toBe(1)
    expect(bits).toEqual(trainSmall('float64').bits)
  })
})

describe('in a page whose policy forbids WebAssembly', () => {
  it('plain loops take over and give the same bits in float64', async () => {
    const { name, there } = await inPage('strict', page =>
      page.evaluate(() => ({ name: core.kernel.name, there: core.trainSmall('float64') })),
    )
    expect(name).toBe('reference')
    expect(there.bits).toEqual(trainSmall('float64').bits)
  })

  it('asking for WebAssembly says why there is none, and leaves the plain loops', async () => {
    const seen = await inPage('strict', page =>
      page.evaluate(() => {
        const complaints = (['simd', 'simd-fma'] as const).map(name => {
          try {
            core.useKernel(name)
            return 'none'
          } catch (error) {
            return String(error)
          }
        })
        return { complaints, name: core.kernel.name }
      }),
    )
    for (const complaint of seen.complaints) expect(complaint).toMatch(/Content.Security.Policy/)
    expect(seen.name).toBe('reference')
  })
})
