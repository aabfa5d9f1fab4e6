/** A content-addressed store on disk. Entries are whole or absent, so two builds may share it. [edge: fs] */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface Cache {
  /** The text stored under a kind and key, or undefined. */
  read(kind: string, key: string): Promise<string | undefined>
  write(kind: string, key: string, text: string): Promise<void>
}

/** Kinds of entries that another machine can use: their keys say everything, and they hold no absolute paths. */
const portable = new Set(['run', 'cell', 'diagram', 'highlight'])

export function isPortable(kind: string): boolean {
  return portable.has(kind)
}

/** A store below a folder: `<folder>/<kind>/<2 digits>/<key>`. Failing to write only slows the next build. */
export function diskCache(folder: string): Cache {
  const pathOf = (kind: string, key: string) => join(folder, kind, key.slice(0, 2), key)
  return {
    async read(kind, key) {
      try {
        const path = pathOf(kind, key)
        const text = await readFile(path, 'utf8')
        void touch(path)
        return text
      } catch {
        return undefined
      }
    },
    async write(kind, key, text) {
      const path = pathOf(kind, key)
      const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
      try {
        await mkdir(dirname(path), { recursive: true })
        await writeFile(draft, text)
        await rename(draft, path)
      } catch {
        await rm(draft, { force: true })
      }
    },
  }
}

/** Says that an entry is in use, once a day: those that are not go first when the store grows too large. */
async function touch(path: string): Promise<void> {
  try {
    const now = new Date()
    if (now.getTime() - (await stat(path)).mtimeMs > 86_400_000) await utimes(path, now, now)
  } catch {
    // Another build has removed it.
  }
}

/** For `--no-cache`: remembers within one run, forgets at its end. */
export function memoryCache(): Cache {
  const entries = new Map<string, string>()
  return {
    read: async (kind, key) => entries.get(`${kind}/${key}`),
    write: async (kind, key, text) => void entries.set(`${kind}/${key}`, text),
  }
}
