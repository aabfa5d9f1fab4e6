import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kinds } from './networks.ts'

const root = resolve(import.meta.dirname, '../../..')
const script = join(import.meta.dirname, 'steady.ts')
const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64', '--import', 'tsx']

describe('a step of training in float32, once it has run for a while,', () => {
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, script], { cwd: root, encoding: 'utf8' })
  const found: Record<string, number> = JSON.parse(stdout || '{}').found ?? {}

  it.each(kinds)(
    'of %s allocates less than 16 bytes: deep, of both directions, with dropout and lengths',
    kind => {
      const own = Object.entries(found).filter(([name]) => name.startsWith(kind))
      expect(own.length, stderr).toBe(6)
      expect(own.filter(([, bytes]) => !(Math.abs(bytes) < 16))).toEqual([])
    },
  )

  it('on two threads allocates as little, where arrays are large enough to be copied as bytes', () => {
    expect(Math.abs(found['on two threads']), stderr).toBeLessThan(16)
  })

  it('of one of two replicas allocates as little, waiting included', () => {
    expect(Math.abs(found['of two replicas']), stderr).toBeLessThan(16)
  })

  it('is measured in a way that sees a single tensor a step', () => {
    expect(found['a tensor a step'], stderr).toBeGreaterThan(100)
  })
})
