/** Keeps a cache folder within bounds: what was not used for longest goes first. [edge: fs] */
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

interface Entry {
  readonly path: string
  readonly bytes: number
  readonly used: number
}

/**
 * Removes entries until the rest fit.
 *
 * @returns how many were removed
 */
export async function pruneCache(folder: string, megabytes: number): Promise<number> {
  const entries = (await listEntries(folder)).sort((a, b) => b.used - a.used)
  const limit = megabytes * 2 ** 20
  let total = 0
  let removed = 0
  for (const { path, bytes } of entries) {
    total += bytes
    if (total <= limit) continue
    await rm(path, { force: true })
    removed++
  }
  return removed
}

/** Files of the store; what others keep beside it (compiled code) is theirs. */
async function listEntries(folder: string): Promise<Entry[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = files
    .filter(e => e.isFile() && /^[0-9a-f]{32}$/.test(e.name))
    .map(e => join(e.parentPath, e.name))
  const found = await Promise.all(
    paths.map(async (path): Promise<Entry[]> => {
      const info = await stat(path).catch(() => undefined)
      return info ? [{ path, bytes: info.size, used: info.mtimeMs }] : []
    }),
  )
  return found.flat()
}
