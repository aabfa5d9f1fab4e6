/** The remote cache with real servers: honest, lying, stalling, failing, gone. */
import { afterEach, describe, expect, it } from 'vitest'
import { memoryCache } from '../../../src/weave/base/cache.ts'
import { withRemote } from '../../../src/weave/base/remoteCache.ts'
import { type Manner, openStore, type Store } from '../../support/store.ts'

let store: Store
afterEach(() => store?.close())

const key = 'a'.repeat(32)
function client(url: string, write = true) {
  const said: string[] = []
  const cache = withRemote(memoryCache(), { url, write, onTrouble: m => said.push(m), patience: 150 })
  return { cache, said }
}

describe('an honest store', () => {
  it('gives one machine what another has made', async () => {
    store = await openStore()
    const [one, two] = [client(store.url), client(store.url)]
    await one.cache.write('run', key, '{"outputs":"结果"}')
    await one.cache.flush()
    expect(await two.cache.read('run', key)).toBe('{"outputs":"结果"}')
    expect([...store.entries.keys()]).toEqual([expect.stringMatching(/^\/cache\/ac\/[0-9a-f]{64}$/)])
    expect([...one.said, ...two.said]).toEqual([])
  })

  it('is asked once: afterwards the entry is here', async () => {
    store = await openStore()
    const [one, two] = [client(store.url), client(store.url)]
    await one.cache.write('run', key, 'x')
    await one.cache.flush()
    await two.cache.read('run', key)
    await store.close()
    expect(await two.cache.read('run', key)).toBe('x')
  })

  it('gets nothing from a reader, and nothing that holds paths of this machine', async () => {
    store = await openStore()
    const reader = client(store.url, false)
    await reader.cache.write('run', key, 'x')
    const writer = client(store.url)
    await writer.cache.write('bundle', key, 'x')
    await Promise.all([reader.cache.flush(), writer.cache.flush()])
    expect(store.entries.size).toBe(0)
  })

  it('does not take one entry for another', async () => {
    store = await openStore()
    const one = client(store.url)
    await one.cache.write('run', key, 'one')
    await one.cache.write('run', 'b'.repeat(32), 'two')
    await one.cache.flush()
    const [first, second] = [...store.entries.keys()]
    store.entries.set(first, store.entries.get(second) ?? Buffer.from(''))
    const two = client(store.url)
    expect(await two.cache.read('run', key)).toBeUndefined()
    expect(two.said).toEqual([
      `the remote cache ${store.url} gave something that is not what was stored; it is not used`,
    ])
  })
})

describe('a bad store only slows the build', () => {
  const filled = async (manner: () => Manner) => {
    let now: Manner = 'honest'
    store = await openStore(() => now)
    const one = client(store.url)
    await one.cache.write('run', key, '{"loss":0.123}')
    await one.cache.flush()
    now = manner()
    return client(store.url)
  }

  it('that lies is not believed, and said once', async () => {
    const two = await filled(() => 'lies')
    expect(await two.cache.read('run', key)).toBeUndefined()
    expect(await two.cache.read('run', key)).toBeUndefined()
    expect(two.said).toHaveLength(1)
  })

  it('that cuts answers off is not believed', async () => {
    const two = await filled(() => 'cuts')
    expect(await two.cache.read('run', key)).toBeUndefined()
  })

  it.each(['stalls', 'fails'] as const)('that %s is left alone after three troubles', async manner => {
    const two = await filled(() => manner)
    const before = store.asked.length
    for (let i = 0; i < 10; i++) expect(await two.cache.read('cell', `${i}`.repeat(32))).toBeUndefined()
    expect(store.asked.length - before).toBe(3)
    expect(two.said).toEqual([
      expect.stringMatching(
        /is left alone for the rest of this run: it (does not answer in time|answers 503)/,
      ),
    ])
  })

  it('that is not there at all is left alone, and writing to it does not wait', async () => {
    store = await openStore()
    const { url } = store
    await store.close()
    const { cache, said } = client(url)
    for (let i = 0; i < 10; i++) await cache.write('cell', `${i}`.repeat(32), 'x')
    await cache.flush()
    expect(said).toHaveLength(1)
    expect(await cache.read('cell', '1'.repeat(32))).toBe('x')
  })
})
