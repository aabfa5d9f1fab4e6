/**
 * The one headless browser of a build: started by the first diagram that needs it, so that a build with nothing new
 * to draw starts none. It is driven through a pipe, not a port: when this process dies, however it dies, the pipe
 * closes and the browser goes with it. [edge: process]
 */
import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'puppeteer'
import { bundled, type Executable, maybeInstalled } from './chromium.ts'
import { EngineUnavailable } from './engine.ts'

export interface BrowserOptions {
  /** A browser's program; nothing else is tried then. */
  readonly executable?: string
  /** Where the bundled browser is unpacked. Default: a folder of this user below the temporary one. */
  readonly folder?: string
}

export interface LazyBrowser {
  /** Whether a browser was ever started. */
  readonly launched: boolean
  /** The browser, started if need be. @throws EngineUnavailable */
  get(): Promise<Browser>
  /** Ends the browser and removes its profile. A later `get` starts another. */
  close(): Promise<void>
}

interface Running {
  readonly browser: Browser
  readonly profile: string
}

/** A handle to a browser that is not running yet. */
export function lazyBrowser(options: BrowserOptions = {}): LazyBrowser {
  let running: Promise<Running> | undefined
  let launched = false
  const close = async () => {
    const last = running
    running = undefined
    const { browser, profile } = (await last?.catch(() => undefined)) ?? {}
    await browser?.close().catch(() => browser.process()?.kill('SIGKILL'))
    if (profile) await rm(profile, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
  }
  const get = async (): Promise<Browser> => {
    launched = true
    running ??= start(options)
    try {
      const { browser } = await running
      if (browser.connected) return browser
    } catch (error) {
      running = undefined
      throw error
    }
    await close() // It crashed: one more try with a new one.
    running = start(options)
    return (await running).browser
  }
  return {
    get launched() {
      return launched
    },
    get,
    close,
  }
}

const help =
  'Install Chrome or Chromium, or name one in UNROLL_BROWSER (or PUPPETEER_EXECUTABLE_PATH), then build again.'

/** Tries the named browser, or the installed one and then the bundled one. */
async function start({ executable, folder }: BrowserOptions): Promise<Running> {
  const candidates: (() => Promise<Executable | undefined>)[] = executable
    ? [() => named(executable)]
    : [maybeInstalled, () => bundled(folder)]
  const failures: string[] = []
  for (const find of candidates) {
    let candidate: Executable | undefined
    try {
      candidate = await find()
      if (candidate) return await launch(candidate)
    } catch (error) {
      failures.push(`${candidate ? `${candidate.path}: ` : ''}${reasonOf(error)}`)
    }
  }
  throw new EngineUnavailable(`cannot start a browser to draw with: ${failures.join('; ')}`, help)
}

/** Puppeteer lets a file that is no program end this process. */
async function named(path: string): Promise<Executable> {
  if (!(await stat(path)).isFile()) throw new Error(`${path} is no file`)
  await access(path, constants.X_OK)
  return { path, origin: 'named' }
}

/** Launches once, and once more with the shared libraries that the first launch missed. */
async function launch(executable: Executable): Promise<Running> {
  await sweepProfiles()
  const profile = await mkdtemp(join(tmpdir(), `${profilePrefix}${process.pid}-`))
  // Imported here, as every engine imports what draws: a build that draws nothing does not wait for it.
  const { default: puppeteer } = await import('puppeteer')
  const attempt = (env: Record<string, string>) =>
    puppeteer.launch({
      executablePath: executable.path,
      headless: 'shell',
      pipe: true,
      // Their handlers end this process; ours to end is only the browser, and the closing pipe does that.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      userDataDir: profile,
      args: flags,
      env: {
        ...process.env,
        ...(executable.fontConfig ? { FONTCONFIG_FILE: executable.fontConfig } : {}),
        ...env,
      },
    })
  try {
    const browser = await attempt({}).catch(async error => {
      const reason = await complaintOf(executable.path)
      if (executable.libraries && reason?.includes('shared library'))
        return attempt({ LD_LIBRARY_PATH: executable.libraries })
      throw reason === undefined ? error : new Error(reason, { cause: error })
    })
    return { browser, profile }
  } catch (error) {
    await rm(profile, { recursive: true, force: true }).catch(() => undefined)
    throw error
  }
}

const profilePrefix = 'unroll-profile-'

/** Builds that were killed leave their profiles; an hour later they are nobody's. */
async function sweepProfiles(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => [])
  for (const name of names.filter(name => name.startsWith(profilePrefix))) {
    const path = join(tmpdir(), name)
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now())
    if (age > 3_600_000 && !isAlive(Number.parseInt(name.slice(profilePrefix.length), 10)))
      await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Through a pipe nobody hears what a program says that cannot even start: ask it something short and listen. */
function complaintOf(path: string): Promise<string | undefined> {
  return new Promise(resolve => {
    execFile(path, ['--version'], { timeout: 5000 }, (error, _stdout, stderr) => {
      const missing = /error while loading shared libraries: ([^:]+):/.exec(stderr)?.[1]
      if (missing) resolve(`the shared library ${missing} is missing`)
      else resolve(error ? stderr.trim().split('\n')[0] || error.message : undefined)
    })
  })
}

/** Containers and CI forbid the sandbox's namespaces; and the build runs the author's own code anyway. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1', // Nothing a diagram names is fetched.
  '--no-first-run',
  '--no-default-browser-check',
  '--font-render-hinting=none',
]

/** The line that says why, of puppeteer's long message. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const lines = message.split('\n').filter(line => line.trim() && !/^TROUBLESHOOTING/.test(line))
  return (lines.find(line => /FATAL|ERROR|ENOENT|EACCES/.test(line)) ?? lines[0] ?? message).trim()
}
