/**
 * Every `@example` in src/rnn is run, and every block of its README. In a code block all that `unroll/rnn` exports is there by name, `expr // → value`
 * is compared with the value, and `expr // throws Name: message` must throw just that. A number shown with d digits
 * after the point is compared to half a unit of the last one; tensors are shown as nested arrays.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { transformSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import * as rnn from '../../src/rnn/index.ts'

const source = resolve(import.meta.dirname, '../../src/rnn')

interface Example {
  /** `array/tensor.ts:21` */
  readonly place: string
  readonly lines: readonly string[]
}

/** The fenced blocks after each `@example`, without the comment's stars. */
function examplesOf(path: string, text: string): Example[] {
  return [...text.matchAll(/@example\s+\* ```ts\n([\s\S]*?)\n\s*\* ```/g)].map(match => ({
    place: `${path}:${text.slice(0, match.index).split('\n').length}`,
    lines: match[1].split('\n').map(line => line.replace(/^\s*\* ?/, '')),
  }))
}

/** The fenced blocks of a page of Markdown. */
function blocksOf(path: string, text: string): Example[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)\n```$/gm)].map(match => ({
    place: `${path}:${text.slice(0, match.index).split('\n').length}`,
    lines: match[1].split('\n'),
  }))
}

/** A claim at the end of a line becomes a call that checks it. */
function withChecks(line: string): string {
  const claim = /^(.*?)\s*\/\/ (→|throws) (.+)$/.exec(line)
  if (!claim) return line.replace(/^import (\{.*\}) from 'unroll\/rnn'$/, 'const $1 = rnn')
  const [, expression, kind, expected] = claim
  if (kind === 'throws') return `throws(() => { ${expression} }, ${JSON.stringify(expected)})`
  return `check((${expression}), (${expected}), ${JSON.stringify(expected)})`
}

/** Tensors, also inside of arrays and objects, as nested arrays; typed arrays as arrays. */
function plain(value: unknown): unknown {
  if (value instanceof rnn.Tensor) return value.toArray()
  if (ArrayBuffer.isView(value)) return [...(value as Float64Array)]
  if (Array.isArray(value)) return value.map(plain)
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
  return value
}

function expectNear(value: unknown, expected: unknown, tolerance: number): void {
  if (typeof expected === 'number' && typeof value === 'number' && Number.isFinite(expected))
    expect(Math.abs(value - expected), `${value}, not ${expected}`).toBeLessThanOrEqual(tolerance)
  else if (expected && typeof expected === 'object' && value && typeof value === 'object') {
    expect(Object.keys(value)).toEqual(Object.keys(expected))
    for (const [key, inner] of Object.entries(expected))
      expectNear((value as Record<string, unknown>)[key], inner, tolerance)
  } else expect(value).toEqual(expected)
}

/** Half a unit of the last digit shown: 0.5e-3 for `0.125`, 0 for `[1, 2]`, relative for `1.2e-9`. */
function toleranceOf(text: string): number {
  const numbers = [...text.matchAll(/\d\.(\d+)(?:e([+-]?\d+))?/g)]
  return Math.max(0, ...numbers.map(([, digits, e]) => 0.5000001 * 10 ** (Number(e ?? 0) - digits.length)))
}

async function run({ lines }: Example): Promise<number> {
  let checks = 0
  const tools = {
    rnn,
    check: (value: unknown, expected: unknown, text: string) => {
      checks++
      expectNear(plain(value), plain(expected), toleranceOf(text))
    },
    throws: (call: () => void, expected: string) => {
      checks++
      let complaint = 'nothing'
      try {
        call()
      } catch (error) {
        complaint = String(error)
      }
      expect(complaint).toBe(expected)
    },
  }
  const body = lines.map(withChecks).join('\n')
  const imported = new Set(
    [...lines.join('\n').matchAll(/import \{(.*)\}/g)].flatMap(m => m[1].split(/[\s,]+/)),
  )
  const scope = Object.fromEntries(
    Object.entries({ ...rnn, ...tools }).filter(([name]) => !imported.has(name)),
  )
  const { code } = transformSync(`async () => {\n${body}\n}`, { loader: 'ts' })
  const start = new Function(...Object.keys(scope), `return (${code.trim().replace(/;$/, '')})()`)
  await start(...Object.values(scope))
  return checks
}

const examples = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts'))
  .toSorted()
  .flatMap(path =>
    examplesOf(
      relative(source, join(source, path)).replaceAll('\\', '/'),
      readFileSync(join(source, path), 'utf8'),
    ),
  )

const readme = readFileSync(join(source, 'README.md'), 'utf8')
const blocks = blocksOf('README.md', readme)

describe('the examples in the comments of src/rnn', () => {
  it('are found: at least one for each file that promises one, and every @example is read', () => {
    const promised = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.ts'))
      .flatMap(path => readFileSync(join(source, path), 'utf8').match(/@example/g) ?? [])
    expect(examples.length).toBe(promised.length)
    expect(examples.length).toBeGreaterThan(1)
  })

  it.each(examples.map(example => [example.place, example] as const))(
    '%s says the truth, and says at least one thing',
    async (_, example) => expect(await run(example)).toBeGreaterThan(0),
  )
})

describe('the blocks of its README', () => {
  it('are found: at least one, and every fence is read, here or in a test of its own', () => {
    // `train/readme.test.ts` runs it in threads.
    const others = readme.match(/^```ts replicas\.ts$/gm) ?? []
    expect(readme.match(/^```/gm)).toHaveLength(2 * (blocks.length + others.length))
    expect(blocks.length).toBeGreaterThan(0)
  })

  it.each(blocks.map(block => [block.place, block] as const))(
    '%s says the truth, at least five times',
    async (_, block) => expect(await run(block)).toBeGreaterThanOrEqual(5),
  )

  it('every folder of src/rnn is in its table', () => {
    const folders = readdirSync(source, { withFileTypes: true }).filter(entry => entry.isDirectory())
    for (const { name } of folders) expect(readme).toContain(`| [\`${name}/\`](${name}) |`)
  })

  it('every name that it mentions as code is one that unroll/rnn exports', () => {
    const words = [...readme.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([A-Za-z]+)`/g)].map(m => m[1])
    const others = ['hN', 'forward', 'backward', 'simd', 'reference']
    expect(words.filter(word => !(word in rnn) && !others.includes(word))).toEqual([])
    expect(words.length).toBeGreaterThan(30)
  })
})

describe('an example that is wrong', () => {
  const wrong = (...lines: string[]) => expect(run({ place: 'here', lines })).rejects.toThrow()

  it('fails: another value, another digit, another shape, another error, none', async () => {
    await wrong('1 + 1 // → 3')
    await wrong('2 / 3 // → 0.666')
    await wrong('Tensor.from([1, 2]) // → [[1, 2]]')
    await wrong("Tensor.from([1, 2]).toString() // → 'Tensor [3]'")
    await wrong('Tensor.zeros([2]).row(3) // throws RangeError: something else')
    await wrong('1 // throws Error: x')
    await wrong('missing()')
  })

  it('is not seen where it is right: imports, several lines, promises', async () => {
    const lines = [
      "import { Tensor } from 'unroll/rnn'",
      'const a = await Promise.resolve(2 / 3)',
      'a // → 0.667',
    ]
    expect(await run({ place: 'here', lines: [...lines, 'Tensor.from([a]) // → [0.67]'] })).toBe(2)
  })
})
