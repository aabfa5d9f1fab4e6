/**
 * AssemblyScript → WebAssembly: `src/rnn/kernel/wasm` is compiled twice, plain and with fused multiply-add, and the bytes
 * written as text into `src/rnn/kernel/simd/bytes.ts`, so that no file is loaded at run time. The same source and
 * compiler give the same bytes. If the source is the one that the file was made of, nothing happens.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = resolve(import.meta.dirname, '..')
const source = join(root, 'src/rnn/kernel/wasm')
const target = join(root, 'src/rnn/kernel/simd/bytes.ts')

const options = [
  '-O3',
  '--runtime',
  'stub',
  '--importMemory',
  '--initialMemory',
  '2',
  '--maximumMemory',
  '65536',
]
const builds = {
  plain: ['--enable', 'simd,threads'],
  fused: ['--enable', 'simd,threads,relaxed-simd'],
} as const

/** What the bytes depend on: every source file, the options and the compiler's version. */
export function sourceHash(): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(source).toSorted())
    hash.update(name).update(readFileSync(join(source, name)))
  const { version } = JSON.parse(
    readFileSync(join(root, 'node_modules/assemblyscript/package.json'), 'utf8'),
  ) as { version: string }
  return hash.update(JSON.stringify([options, builds, version])).digest('hex')
}

/** One build's bytes. @throws Error with the compiler's messages */
async function compile(features: readonly string[]): Promise<Uint8Array> {
  const { main } = await import('assemblyscript/asc')
  let bytes: Uint8Array | undefined
  // Below 1024 lies what is written while operations run; 112 warns of vectors as parameters of functions not exported.
  const { error, stderr } = await main(
    [
      'index.ts',
      ...options,
      '--memoryBase',
      '1024',
      '--disableWarning',
      '112',
      ...features,
      '-o',
      'kernel.wasm',
    ],
    {
      readFile: (name, base) => {
        const path = resolve(base === '.' ? source : join(source, base), name)
        return existsSync(path) ? readFileSync(path, 'utf8') : null
      },
      writeFile: (_, contents) => {
        bytes = contents as Uint8Array
      },
      listFiles: () => [],
    },
  )
  if (error || !bytes) throw new Error(`the kernel does not compile\n${stderr}`, { cause: error })
  return bytes
}

/** Where the byte stands that says whether the imported memory is shared: behind the names `env` and `memory`. */
function memoryFlagAt(bytes: Uint8Array): number {
  const name = '\u0003env\u0006memory\u0002'
  const at = Buffer.from(bytes).indexOf(name, 0, 'latin1') + name.length
  if (bytes[at] !== 1) throw new Error(`expected an imported memory with a maximum, got flags ${bytes[at]}`)
  return at
}

/** The text of `bytes.ts`. */
export async function compileKernels(): Promise<string> {
  const parts = await Promise.all(
    Object.entries(builds).map(async ([name, features]) => {
      const bytes = await compile(features)
      const base64 = Buffer.from(bytes).toString('base64')
      return `export const ${name} = {\n  memoryFlagAt: ${memoryFlagAt(bytes)},\n  base64:\n    '${base64}',\n} as const\n`
    }),
  )
  const head = [
    '/** Made of `kernel/wasm` by `scripts/kernels.ts`; not to be edited. */',
    '',
    `export const source = '${sourceHash()}'`,
  ].join('\n')
  return `${head}\n\n${parts.join('\n')}`
}

/** Compiles if the source is not the one that the bytes were made of. @returns whether it did */
export async function refreshKernels(): Promise<boolean> {
  if (existsSync(target) && readFileSync(target, 'utf8').includes(sourceHash())) return false
  writeFileSync(target, await compileKernels())
  return true
}

if (import.meta.url === pathToFileURL(process.argv[1]).href && (await refreshKernels()))
  console.log('compiled src/rnn/kernel/wasm')
