/** Talking with `pytorch.py`; a small program stands in for Python, so that none is needed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPython, parseLine, startTorch } from '../../scripts/bench/rnn/torch.ts'
import { complaintOf } from '../rnn/support.ts'

const environment = {
  type: 'environment',
  torch: '1.13.0a0',
  python: '3.11.2',
  blas: 'OpenBLAS 0.3.21 as Haswell, OpenMP',
  cpuCapability: 'AVX2',
  flushDenormal: true,
  setting: { OPENBLAS_CORETYPE: 'Haswell', ATEN_CPU_CAPABILITY: null },
} as const
const result = {
  type: 'result',
  kind: 'GRU',
  hidden: 16,
  measure: 'train',
  threads: 2,
  bestMs: 4.5,
  medianMs: 5,
  check: { loss: -4.25, gradientNorm: 25.5 },
} as const
const job = { points: [[16, 1, 50]], kinds: ['GRU'], seconds: 0, rounds: 1 } as const

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-torch-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A program that is called as Python would be. */
async function stand(name: string, body: string): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, `#!${process.execPath}\n${body}`, { mode: 0o755 })
  return file
}

describe('a line of pytorch.py', () => {
  it('is an environment or a result', () => {
    expect(parseLine(JSON.stringify(environment))).toEqual(environment)
    expect(parseLine(JSON.stringify(result))).toEqual(result)
  })

  it.each([
    ['no JSON', 'Traceback'],
    ['nothing', 'null'],
    ['no line that we know', '{"type":"note"}'],
    ['an environment without a setting', '{"type":"environment","torch":"1.13"}'],
    ['a time that is not finite', JSON.stringify({ ...result, bestMs: null })],
    ['a result without its check', JSON.stringify({ ...result, check: undefined })],
    ['a kind that we do not time', JSON.stringify({ ...result, kind: 'Transformer' })],
  ])('is not %s', (_, text) => {
    expect(complaintOf(() => parseLine(text))).toBe(`Error: expected a line of pytorch.py, got ${text}`)
  })
})

describe('PyTorch beside us', () => {
  it('gives the next result each time that it is asked', async () => {
    const python = await stand(
      'counts',
      `const { createInterface } = require('node:readline')
      let lines = 0
      console.log('${JSON.stringify(environment)}')
      const result = ${JSON.stringify(result)}
      const answer = bestMs => console.log(JSON.stringify({ ...result, bestMs }))
      createInterface(process.stdin).on('line', () => answer(++lines))`,
    )
    const torch = await startTorch(python, job)
    expect(torch.environment).toEqual(environment)
    expect((await torch.next()).bestMs).toBe(1)
    expect((await torch.next()).bestMs).toBe(2)
    torch.stop()
  })

  it('gets the job as an argument, and is told to wait', async () => {
    const python = await stand(
      'echoes',
      `console.log(JSON.stringify({ ...${JSON.stringify(environment)}, setting: process.argv.slice(2) }))`,
    )
    const torch = await startTorch(python, job)
    const [script, text] = torch.environment.setting as unknown as string[]
    expect(script).toMatch(/scripts.bench.pytorch\.py$/)
    expect(JSON.parse(text)).toEqual({ ...job, repetitions: 1, waits: true })
    torch.stop()
  })

  it('says the last line of what went wrong', async () => {
    const python = await stand(
      'fails',
      `console.error('Traceback\\nPyTorch is not installed'); process.exit(3)`,
    )
    await expect(startTorch(python, job)).rejects.toThrow('pytorch.py ended: PyTorch is not installed')
    await expect(startTorch(join(folder, 'missing'), job)).rejects.toThrow(
      /pytorch\.py ended: spawn .*ENOENT/,
    )
  })

  it('is looked for in one interpreter after another, until one can import it', async () => {
    const without = await stand('without', 'process.exit(1)')
    const found = await stand('with', `process.exit(process.argv[3] === 'import torch' ? 0 : 1)`)
    expect(await findPython([join(folder, 'missing'), without, found])).toBe(found)
    expect(await findPython([without])).toBeUndefined()
  })
})
