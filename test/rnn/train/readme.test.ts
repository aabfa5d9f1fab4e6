/** The program with replicas in the core's README, as somebody would run it. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
const readme = readFileSync(join(root, 'src/rnn/README.md'), 'utf8')

/** Where `unroll/rnn` and `tsx` are to be found, as in a project that has installed them. */
const folder = mkdtempSync(join(tmpdir(), 'unroll-replicas-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('replicas.ts of the README prints what the README says', () => {
  const [, program] = /^```ts replicas\.ts\n([\s\S]*?)^```$/m.exec(readme)!
  const [, ...promised] = /^This prints `(.*?)` and `(.*?)`/m.exec(readme)!
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/unroll'))
  symlinkSync(join(root, 'node_modules/tsx'), join(folder, 'node_modules/tsx'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'replicas.ts'), program)
  const args = ['--import', 'tsx', 'replicas.ts']
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  expect(stdout.trim().split('\n').toSorted(), stderr).toEqual(promised)
})
