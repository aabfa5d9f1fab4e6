/** The WebAssembly module: made of its source and nothing else, it asks for memory and nothing else. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { compileKernels, sourceHash } from '../../../scripts/kernels.ts'
import * as bytes from '../../../src/rnn/kernel/simd/bytes.ts'
import { instantiate } from '../../../src/rnn/kernel/simd/module.ts'
import { complaintOf } from '../support.ts'
import { bundleOf } from './bundle.ts'
import { withMemoryUpTo } from './smallMemory.ts'

const folder = resolve(import.meta.dirname, '../../../src/rnn/kernel')
const builds = { plain: bytes.plain, fused: bytes.fused }
const decode = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'))

describe('simd/bytes.ts', () => {
  it('is what the compiler makes of kernel/wasm, byte for byte', { timeout: 120_000 }, async () => {
    expect(await compileKernels()).toBe(readFileSync(join(folder, 'simd/bytes.ts'), 'utf8'))
  })

  it('names the source that it was made of', () => {
    expect(bytes.source).toBe(sourceHash())
  })

  it('is data: no import, no call', () => {
    const text = readFileSync(join(folder, 'simd/bytes.ts'), 'utf8')
    expect(text.replace(/'[^']*'/g, "''").match(/import|require|fetch|new |\(/g)).toBeNull()
  })

  it.each(Object.entries(builds))(
    '%s says which byte makes its memory shared',
    (_, { base64, memoryFlagAt }) => {
      const module = decode(base64)
      expect(module[memoryFlagAt]).toBe(1)
      expect(Buffer.from(module).indexOf('\u0003env\u0006memory\u0002', 0, 'latin1')).toBe(memoryFlagAt - 12)
    },
  )
})

describe('the module', () => {
  const module = new WebAssembly.Module(decode(bytes.plain.base64))

  it('imports a memory and nothing else', () => {
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
  })

  it('exports what `module.ts` and the threads call', () => {
    const names = WebAssembly.Module.exports(module).map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['argumentsAt', 'call', 'currentEpoch', 'dismiss', 'heapStart', 'work']),
    )
  })

  it('keeps what is written while operations run below its data, which each new instance writes anew', () => {
    const { memory, argumentsAt, module: compiled, heapStart } = instantiate({ fma: false, shared: true })
    const all = new Uint8Array(memory.buffer)
    const data = all.slice(1024, heapStart)
    all.fill(255)
    new WebAssembly.Instance(compiled, { env: { memory } })
    expect(all.subarray(0, 1024).every(x => x === 255)).toBe(true)
    expect(all.subarray(heapStart).every(x => x === 255)).toBe(true)
    expect(all.slice(1024, heapStart).filter((x, i) => x !== data[i] && x !== 255)).toHaveLength(0)
    expect(argumentsAt + 4 * 32).toBeLessThanOrEqual(1024)
  })

  it('runs where there are no files, no network and no modules: bundled, in a bare context', () => {
    const program = bundleOf(
      `import { kernel } from './src/rnn/kernel/kernel.ts'
       const C = new Float64Array(1)
       kernel.addAB(C, Float64Array.of(1, 2), Float64Array.of(3, 4), 1, 2, 1)
       report(kernel.name, C[0])`,
      'iife',
    )
    const reports: unknown[] = []
    const report = (...given: unknown[]) => reports.push(given)
    runInNewContext(program, { report, atob })
    // Without WebAssembly there are the plain loops.
    runInNewContext(program, { report, atob, WebAssembly: undefined })
    expect(reports).toEqual([
      ['simd', 11],
      ['reference', 11],
    ])
  })

  it('takes a smaller memory where the largest is refused, and says so where there is none', () => {
    const grown = (pages: number) =>
      withMemoryUpTo(pages, () => {
        const { memory } = instantiate({ fma: false, shared: false })
        memory.grow(4096 - 32)
        return memory.buffer.byteLength
      })
    expect([65536, 65535, 16383].map(grown)).toEqual([2 ** 28, 2 ** 28, 2 ** 28])
    expect(complaintOf(() => grown(4095))).toBe('Error: there is no memory for the kernel')
  })
})

describe('the source in AssemblyScript', () => {
  it('is small files that import each other and nothing else', () => {
    const names = readdirSync(join(folder, 'wasm'))
    for (const name of names)
      for (const [, path] of readFileSync(join(folder, 'wasm', name), 'utf8').matchAll(/from '([^']+)'/g))
        expect(names).toContain(`${path.slice(2)}.ts`)
  })
})
