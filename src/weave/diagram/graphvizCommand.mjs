/**
 * Graphviz's `dot` as a command, as far as PlantUML (Java) calls it: `dot -V`, and `dot -Tsvg` from standard input to
 * standard output. Plain JavaScript, because Node starts it without a loader.
 */
import { readFileSync } from 'node:fs'
import { instance } from '@viz-js/viz'

if (process.argv.includes('-V')) {
  // PlantUML reads the version with a pattern that knows numbers of one and two digits.
  process.stderr.write('dot - graphviz version 2.44.0 (20200408.0750)\n')
} else {
  const viz = await instance()
  const { status, output, errors } = viz.render(readFileSync(0, 'utf8'), { format: 'svg' })
  for (const { level, message } of errors) if (level === 'error') process.stderr.write(`${message}\n`)
  if (status === 'success') process.stdout.write(output)
  else process.exitCode = 1
}
