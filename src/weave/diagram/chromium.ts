/**
 * Finds a browser to draw with: one that was named, an installed Chrome or Chromium, else the one that ships inside
 * `@sparticuz/chromium` (Linux on x64), unpacked once per version. That package's own unpacking is not used: it
 * writes to one fixed path in place, so two builds that start together run half a file ("Text file busy"); and it
 * gives its shared libraries to Lambda only, while a bare Debian lacks the same ones. [edge: fs]
 */
import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { access, chmod, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, createBrotliDecompress } from 'node:zlib'

/** A browser's program, and for the bundled one the folders that make it run on a bare system. */
export interface Executable {
  readonly path: string
  readonly origin: 'named' | 'installed' | 'bundled'
  /** Shared libraries for systems that lack them. Not searched unless the first launch asks for them. */
  readonly libraries?: string
  /** A fontconfig file that adds a font to the system's: without any, Chromium would abort. */
  readonly fontConfig?: string
}

/** Where Chrome and its kin are installed, by platform; `~` and `%…%` are not expanded: none is needed. */
const usualPlaces: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: [
    '/usr/bin/google-chrome-stable',
    '/usr/bin/google-chrome',
    '/opt/google/chrome/chrome',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/microsoft-edge-stable',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:/Program Files/Google/Chrome/Application/chrome.exe',
    'C:/Program Files (x86)/Google/Chrome/Application/chrome.exe',
    'C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe',
    'C:/Program Files/Microsoft/Edge/Application/msedge.exe',
  ],
}

/** The first installed browser of the usual places, if any. */
export async function maybeInstalled(
  places: readonly string[] = usualPlaces[process.platform] ?? [],
): Promise<Executable | undefined> {
  for (const path of places) if (await exists(path)) return { path, origin: 'installed' }
  return undefined
}

/**
 * Unpacks the bundled Chromium (190 MB, about 2 s) below `folder` unless it is there already. Every file appears
 * whole under its final name, so any number of processes may do this at once.
 *
 * @throws Error where the package has no binary for this platform
 */
export async function bundled(folder: string = privateFolder()): Promise<Executable> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`@sparticuz/chromium has no binary for ${process.platform} ${process.arch}`)
  const source = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '../../bin')
  const manifest: { version: string } = JSON.parse(await readFile(join(source, '../package.json'), 'utf8'))
  await ownFolder(folder)
  const home = join(folder, `chromium-${manifest.version}`)
  const path = join(home, 'chromium')
  await mkdir(home, { recursive: true, mode: 0o700 })
  if (!(await exists(path))) await unpackProgram(join(source, 'chromium.br'), path)
  const libraries = join(home, 'al2023')
  if (!(await exists(libraries))) await unpackTar(join(source, 'al2023.tar.br'), libraries)
  const fonts = join(home, 'fonts')
  if (!(await exists(fonts))) await unpackTar(join(source, 'fonts.tar.br'), fonts)
  const fontConfig = join(home, 'fonts.conf')
  if (!(await exists(fontConfig))) await writeWhole(fontConfig, fontConfigOf(fonts, join(home, 'fontcache')))
  return { path, origin: 'bundled', libraries: join(libraries, 'lib'), fontConfig }
}

function fontConfigOf(fonts: string, cache: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${fonts}</dir>
  <cachedir>${cache}</cachedir>
</fontconfig>
`
}

/** A folder of this user below the system's temporary one. */
export function privateFolder(): string {
  return join(tmpdir(), `unroll-${userInfo().username.replace(/[^\w.-]/g, '_')}`)
}

/** Makes the folder, and refuses one that somebody else made: what lies in it will be executed. */
async function ownFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { uid } = await lstat(folder)
  if (process.getuid && uid !== process.getuid())
    throw new Error(`${folder} belongs to user ${uid}, expected ${process.getuid()}`)
}

async function unpackProgram(from: string, to: string): Promise<void> {
  const draft = draftOf(to)
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(draft, { mode: 0o700 }))
  await rename(draft, to)
}

async function writeWhole(path: string, text: string): Promise<void> {
  const draft = draftOf(path)
  await writeFile(draft, text)
  await rename(draft, path)
}

async function unpackTar(from: string, to: string): Promise<void> {
  const draft = draftOf(to)
  for (const { name, mode, bytes } of readTar(brotliDecompressSync(await readFile(from)))) {
    const path = join(draft, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, bytes)
    await chmod(path, mode)
  }
  // Renaming onto a folder that another process has just put there fails; theirs is as good.
  await rename(draft, to).catch(() => rm(draft, { recursive: true, force: true }))
}

/** The regular files of a tar archive (ustar): 512-byte headers, numbers in octal. */
function* readTar(archive: Buffer): Generator<{ name: string; mode: number; bytes: Buffer }> {
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const field = (start: number, length: number) =>
      archive.toString('utf8', at + start, at + start + length).replace(/\0.*$/s, '')
    const size = Number.parseInt(field(124, 12), 8) || 0
    const type = field(156, 1)
    const prefix = field(345, 155)
    const name = prefix ? `${prefix}/${field(0, 100)}` : field(0, 100)
    if ((type === '0' || type === '') && !name.split('/').includes('..'))
      yield {
        name,
        mode: Number.parseInt(field(100, 8), 8),
        bytes: archive.subarray(at + 512, at + 512 + size),
      }
    at += 512 + Math.ceil(size / 512) * 512
  }
}

function draftOf(path: string): string {
  return `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
