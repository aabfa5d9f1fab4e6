/** npm run fuzz: chapters changed by chance, through the stages. Exit code 1 if one crashes, hangs, or points outside of its file. */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { fuzz } from './fuzz/run.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    minutes: { type: 'string' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(`Changes chapters by chance and takes them through the stages, one in ten through the check of types.

Usage: npm run fuzz -- [flags]

  --runs N        mutants (10000)
  --seed S        which ones (1)
  --from N        number of the first: a seed and a number name a mutant (0)
  --minutes M     stop after so many
  --jobs N        processes at a time (number of cores)
  --help          this text
`)
  process.exit(0)
}
const numberOf = (name: 'runs' | 'seed' | 'from' | 'jobs' | 'minutes') => {
  const value = Number(values[name])
  if (Number.isFinite(value) && value >= 0) return value
  process.stderr.write(`--${name}: expected a number, got ${values[name]}\n`)
  process.exit(2)
}
const seed = numberOf('seed')
const began = performance.now()
const { found, runs, slowest } = await fuzz({
  root: process.cwd(),
  seed,
  from: numberOf('from'),
  runs: numberOf('runs'),
  minutes: values.minutes === undefined ? undefined : numberOf('minutes'),
  jobs: Math.max(1, numberOf('jobs')),
  patience: 10,
  typesEvery: 10,
  onProgress(done, kinds) {
    if (done % 500 === 0) process.stderr.write(`${done} mutants, ${kinds} kinds of findings\n`)
  },
})
for (const { stage, message, stack, at, name, text, count } of found) {
  process.stdout.write(`\n${stage}: ${message}  (${count} times)\n`)
  process.stdout.write(`  of ${name}: npm run fuzz -- --seed ${seed} --from ${at} --runs 1\n`)
  if (stack) process.stdout.write(`${stack.split('\n').slice(1, 6).join('\n')}\n`)
  process.stdout.write(`  ${JSON.stringify(text.length > 2000 ? `${text.slice(0, 2000)}…` : text)}\n`)
}
const seconds = ((performance.now() - began) / 1000).toFixed(0)
process.stdout.write(
  `\n${runs} mutants of seed ${seed} in ${seconds} s; ${found.length} kinds of findings; the slowest took ${slowest.milliseconds.toFixed(0)} ms (number ${slowest.at})\n`,
)
process.exitCode = found.length > 0 ? 1 : 0
