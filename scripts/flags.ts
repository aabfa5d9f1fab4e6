/** Flags that all commands share → options, or a message for whoever typed them. */
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parseShard, type Shard, type WeaveOptions } from '../src/weave/index.ts'

export interface Flags {
  readonly root: string
  readonly content: string
  readonly out: string
  readonly cache: string | undefined
  readonly cacheSize: number | undefined
  readonly remote: WeaveOptions['remote']
  readonly jobs: number
  /** Of commands that know `--shard`. */
  readonly shard: Shard | undefined
  /** Show every diagnostic in full. */
  readonly all: boolean
  readonly browser: string | undefined
  /** Shows the stacks of our own faults. */
  readonly verbose: boolean
  /** What stands without a flag: only for commands that take something. */
  readonly positionals: readonly string[]
  /** Flags of one command only, by name. */
  readonly extra: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
}

interface ExtraFlag {
  readonly type: 'string' | 'boolean'
  /** May be given several times. */
  readonly multiple?: boolean
  /** `--port N`, for the help. */
  readonly usage: string
  readonly help: string
}

export const shardFlag: ExtraFlag = {
  type: 'string',
  usage: '--shard I/N',
  help: 'only the I-th of N parts of the chapters',
}

const shared: Readonly<Record<string, ExtraFlag>> = {
  content: { type: 'string', usage: '--content DIR', help: 'folder of the chapters (content)' },
  out: { type: 'string', usage: '--out DIR', help: 'folder of the site (dist)' },
  cache: { type: 'string', usage: '--cache DIR', help: 'folder of what is kept between runs (.cache)' },
  'no-cache': { type: 'boolean', usage: '--no-cache', help: 'keep nothing, reuse nothing' },
  'cache-size': { type: 'string', usage: '--cache-size MB', help: 'how large that folder may grow (2000)' },
  'remote-cache': {
    type: 'string',
    usage: '--remote-cache URL',
    help: 'HTTP store that machines share (environment: UNROLL_REMOTE_CACHE)',
  },
  'remote-read-only': {
    type: 'boolean',
    usage: '--remote-read-only',
    help: 'take from that store, give nothing',
  },
  jobs: { type: 'string', usage: '--jobs N', help: 'chapters that run at a time (number of cores)' },
  browser: {
    type: 'string',
    usage: '--browser FILE',
    help: 'Chrome or Chromium for diagrams (found by itself)',
  },
  all: { type: 'boolean', usage: '--all', help: 'show every problem in full, however many are alike' },
  verbose: { type: 'boolean', usage: '--verbose', help: 'show the stack of a fault of unroll' },
  help: { type: 'boolean', usage: '--help', help: 'this text' },
}

/** Reads the command line. Ends the process for `--help` (0) and for flags that it does not know (2). */
export function readFlags(
  command: string,
  what: string,
  extra: Readonly<Record<string, ExtraFlag>> = {},
  takes?: string,
): Flags {
  const known = { ...extra, ...shared }
  const fail = (message: string): never => {
    process.stderr.write(`${message}\n\n${usageText(command, what, known, takes)}`)
    process.exit(2)
  }
  const parse = () => {
    try {
      const options = Object.fromEntries(
        Object.entries(known).map(([name, { type, multiple }]) => [
          name,
          { type, multiple: multiple ?? false },
        ]),
      )
      return parseArgs({ options, strict: true, allowPositionals: takes !== undefined })
    } catch (error) {
      return fail(error instanceof Error ? error.message : String(error))
    }
  }
  const parsed = parse()
  const values: Record<string, string | boolean | (string | boolean)[] | undefined> = parsed.values
  if (values.help) {
    process.stdout.write(usageText(command, what, known, takes))
    process.exit(0)
  }
  sayFaults(values.verbose === true)
  const isOptional = takes?.startsWith('[') ?? true
  if (!isOptional && parsed.positionals.length === 0) fail(`missing ${takes}`)
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined)
  const jobs = Number(text('jobs') ?? availableParallelism())
  if (!Number.isInteger(jobs) || jobs < 1)
    fail(`--jobs: expected a whole number above 0, got ${text('jobs')}`)
  const size = text('cache-size')
  if (size !== undefined && !(Number(size) > 0)) fail(`--cache-size: expected a number above 0, got ${size}`)
  const url = text('remote-cache') ?? process.env.UNROLL_REMOTE_CACHE
  if (url !== undefined && !/^https?:\/\/./.test(url))
    fail(`--remote-cache: expected http://… or https://…, got ${url}`)
  const part = text('shard')
  const shard = part === undefined ? undefined : parseShard(part)
  if (part !== undefined && !shard) fail(`--shard: expected i/n with i from 1 to n, got ${part}`)
  const root = process.cwd()
  return {
    root,
    content: resolve(root, text('content') ?? 'content'),
    out: resolve(root, text('out') ?? 'dist'),
    cache: values['no-cache'] ? undefined : resolve(root, text('cache') ?? '.cache'),
    cacheSize: size === undefined ? undefined : Number(size),
    remote: url === undefined ? undefined : { url, write: !values['remote-read-only'], onTrouble: warn },
    jobs,
    shard,
    all: values.all === true,
    browser: text('browser') ?? process.env.UNROLL_BROWSER ?? process.env.PUPPETEER_EXECUTABLE_PATH,
    verbose: values.verbose === true,
    positionals: parsed.positionals,
    extra: values as Flags['extra'],
  }
}

/** What belongs to no chapter and no stage, a disk that is full or a mistake of ours, ends the command in one line. */
function sayFaults(verbose: boolean): void {
  process.on('uncaughtException', (error: unknown) => {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    const shown = verbose ? stack : '`--verbose` shows the stack'
    process.stderr.write(`\na fault of unroll, please report: ${message}\n${shown}\n`)
    process.exit(1)
  })
}

function warn(message: string): void {
  process.stderr.write(`warning: ${message}\n`)
}

function usageText(
  command: string,
  what: string,
  flags: Readonly<Record<string, ExtraFlag>>,
  takes = '',
): string {
  const lines = Object.values(flags).map(({ usage, help }) => `  ${usage.padEnd(20)}${help}`)
  return `${what}\n\nUsage: npm run ${command} -- ${takes ? `${takes} ` : ''}[flags]\n\n${lines.join('\n')}\n`
}
