/** Site → folder, all or nothing. [edge: fs] */
import { existsSync } from 'node:fs'
import { constants, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { OpenSite } from './book.ts'
import type { Theme } from './theme.ts'

/** Lies in every folder that was written here: only such a folder, or an empty one, is ever replaced. */
const marker = '.unroll'

export interface WriteOptions {
  /** Absolute path of the folder. */
  readonly out: string
  /** The same as diagnostics show it. */
  readonly shown: string
  /** A name for what is written: `readMark` gives it back. */
  readonly mark?: string
}

/** What the site in a folder was marked with; undefined where there is none. */
export async function readMark(out: string): Promise<string | undefined> {
  const text = await readFile(join(out, marker), 'utf8').catch(() => undefined)
  return text?.split('\n')[1]
}

/**
 * Writes into a new folder beside `out`, then puts it in `out`'s place: whoever reads `out` sees the old site or
 * the new one, whole. A folder that holds something else is left alone and reported.
 */
export async function writeSite(
  site: OpenSite,
  theme: Theme,
  { out, shown, mark = '' }: WriteOptions,
): Promise<Diagnostic[]> {
  const foreign = await isForeign(out)
  if (foreign)
    return [
      {
        severity: 'error',
        file: shown,
        rule: 'out-foreign',
        message: `${shown} exists and was not made by a build (it has ${foreign})`,
        help: 'Choose another folder with --out, or remove this one yourself.',
      },
    ]
  const draft = `${out}.new-${process.pid}`
  const old = `${out}.old-${process.pid}`
  try {
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { recursive: true })
    const folders = new Set<string>()
    const place = async (url: string) => {
      const path = join(draft, decodeURIComponent(url))
      const folder = dirname(path)
      if (!folders.has(folder)) {
        await mkdir(folder, { recursive: true })
        folders.add(folder)
      }
      return path
    }
    await writeFile(
      join(draft, marker),
      `This folder is made by unroll and replaced by every build.\n${mark}\n`,
    )
    // GitHub Pages would otherwise leave out what begins with an underscore.
    await writeFile(join(draft, '.nojekyll'), '')
    // One after the other: a large book's documents do not all lie in memory at once.
    const faults: Diagnostic[] = []
    for (const url of site.urls) {
      const document = site.document(url)
      faults.push(...(document?.diagnostics ?? []))
      await writeFile(await place(url), document?.value ?? '')
    }
    if (faults.length > 0) {
      await rm(draft, { recursive: true, force: true })
      return faults
    }
    await Promise.all([
      ...[...site.files].map(async ([url, path]) => copyFile(path, await place(url))),
      ...theme.assets.map(async asset => {
        const path = await place(asset.path)
        if ('text' in asset) await writeFile(path, asset.text)
        else await copyFile(asset.from, path, constants.COPYFILE_FICLONE)
      }),
    ])
    if (existsSync(out)) await rename(out, old)
    await rename(draft, out)
    await rm(old, { recursive: true, force: true })
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (!existsSync(out) && existsSync(old)) await rename(old, out)
    return [
      {
        severity: 'error',
        file: shown,
        rule: 'out-unwritable',
        message: `the site cannot be written: ${error instanceof Error ? error.message : String(error)}`,
        help: 'See to the folder and its disk, or choose another with --out.',
      },
    ]
  }
  return []
}

/** The name of something in the folder that no build has put there. */
async function isForeign(out: string): Promise<string | undefined> {
  if (!existsSync(out)) return undefined
  const names = await readdir(out).catch(() => ['a file of that name'])
  return names.includes(marker) ? undefined : names[0]
}
