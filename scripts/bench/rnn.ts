/** npm run bench:rnn: how long a training step of the core takes, beside its model and beside PyTorch. */
import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import v8 from 'node:v8'
import { hasFusedMultiplyAdd, useKernel } from '../../src/rnn/index.ts'
import { source } from '../../src/rnn/kernel/simd/bytes.ts'
import { sourceHash } from '../kernels.ts'
import { terminalProgress } from '../terminal.ts'
import { casesOf, points, type SetupName, setups } from './rnn/cases.ts'
import { timeDenormals } from './rnn/denormals.ts'
import { type BenchOptions, readBenchFlags, usage } from './rnn/flags.ts'
import { bestRates, measureRates, peak } from './rnn/rates.ts'
import { startReplicas } from './rnn/replicas.ts'
import { caseTables, denormalLine, missedTargets, noiseLine, ratesLine, torchLine } from './rnn/report.ts'
import { findPython, startTorch, type Torch } from './rnn/torch.ts'
import { CaseTurns, keepKernels, takeRounds } from './rnn/turns.ts'

const options = readOptions()
const { seconds, rounds, hidden, kinds } = options
const cores = availableParallelism()
const progress = terminalProgress()
// Node 20 has relaxed SIMD behind a flag; later versions do not know the flag.
if (!hasFusedMultiplyAdd()) v8.setFlagsFromString('--experimental-wasm-relaxed-simd')
const hasFma = hasFusedMultiplyAdd()
const usable = (Object.keys(setups) as SetupName[]).filter(
  name => setups[name].threads <= cores && (hasFma || setups[name].kernel !== 'simd-fma'),
)

print(`${cpus()[0].model}, ${cores} cores, Node ${process.versions.node}`)
if (source !== sourceHash()) print('the kernel is not that of its source: npm run kernels')
print(`float32, input 32; best time and, in brackets, median of ${seconds} s in ${rounds} rounds`)
const torch = options.withTorch ? await findTorch(options) : undefined
await keepKernels(usable)
const fusedPeak = hasFma ? measureFusedPeak() : undefined
let rates = measureRates(0.05)

const replicas = cores >= 2 ? startReplicas(2) : undefined
const plan = { seconds: seconds / rounds, setups: usable, replicas, torch }
const turns = casesOf(hidden, kinds).map(c => new CaseTurns(c, plan))
/** Milliseconds after which no further round is begun, for all to be done in ten minutes even on a busy machine. */
const patience = 6 * 60_000
progress.start('rounds', turns.length * rounds)
const beforeTurn = (name: string) => {
  progress.step(name)
  rates = bestRates(rates, measureRates(0.01))
}
const done = await takeRounds(turns, rounds, beforeTurn, () => performance.now() > patience)
torch?.stop()
await replicas?.stop()
useKernel('simd')
const denormals = timeDenormals(seconds / rounds, rounds)
progress.end()

const timed = turns.map(({ times }) => times)
if (done < rounds) print(`no more than ${done} of ${rounds} rounds: six minutes were over`)
print(`${ratesLine(rates, fusedPeak)}\n`)
for (const text of caseTables(timed, rates)) print(`${text}\n`)
print(denormalLine(denormals))
const noise = noiseLine(timed)
if (noise) print(`\n${noise}`)
const missed = missedTargets(timed, rates, denormals)
print(
  missed.length === 0
    ? '\nall targets are met'
    : `\nmissed targets: ${missed.length}\n  ${missed.join('\n  ')}`,
)
if (options.json) {
  const environment = { cpu: cpus()[0].model, cores, node: process.versions.node, torch: torch?.environment }
  const all = { environment, options, rates, fusedPeak, cases: timed, denormals, missed }
  await writeFile(options.json, `${JSON.stringify(all, null, 2)}\n`)
}

function readOptions(): BenchOptions {
  try {
    const read = readBenchFlags(process.argv.slice(2))
    if (!read.help) return read
    process.stdout.write(usage)
    process.exit(0)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

/** PyTorch, waiting for its turn; or a line that says why not. */
async function findTorch({ python: given }: BenchOptions): Promise<Torch | undefined> {
  const { PYTHON } = process.env
  const candidates = given ? [given] : [...(PYTHON ? [PYTHON] : []), 'python3', '/usr/bin/python3']
  const python = await findPython(candidates)
  if (!python) {
    print(`PyTorch is not timed: none of ${candidates.join(', ')} can import torch`)
    return undefined
  }
  const grid = points.filter(([H]) => hidden.includes(H))
  try {
    const started = await startTorch(python, { points: grid, kinds, seconds: seconds / rounds, rounds })
    print(torchLine(started.environment))
    return started
  } catch (error) {
    print(`PyTorch is not timed: ${(error as Error).message}`)
    return undefined
  }
}

function measureFusedPeak(): number {
  useKernel('simd-fma')
  const found = peak(0.2)
  useKernel('simd')
  return found
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
