/** npm run bench: how long a build takes, cold and warm, and how long others take on the same text. */
import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import WebSocket from 'ws'
import { loadTheme } from '../site/theme.ts'
import { dev, silent } from '../src/weave/index.ts'
import { chapterName, wideChapter, writeChapters } from './bench/generate.ts'
import { timeGrowth } from './bench/linear.ts'
import { installRivals } from './bench/rivals.ts'

const { values } = parseArgs({
  options: {
    chapters: { type: 'string', default: '100' },
    runs: { type: 'string', default: '3' },
    scale: { type: 'boolean', default: false },
    'no-rivals': { type: 'boolean', default: false },
    linear: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(
    'npm run bench -- [--chapters N (100)] [--runs N (3)] [--no-rivals] [--scale] [--linear]\n\n--linear only looks whether time grows no faster than the text; exit code 1 where it does\n--scale also builds 1,000 chapters (5,000 cells), cold and warm, with the memory that it takes\n',
  )
  process.exit(0)
}
/** Where code may be put into a chapter's first cell: behind its options. */
const firstCell = /```ts exec\n(?:\/\/\|.*\n)*/
/** The tenth cell. */
const middleCell = /(?<=## 第 10 格\n\n)```ts exec\n/
const count = Number(values.chapters)
const runs = Number(values.runs)
const root = process.cwd()
const folder = await mkdtemp(join(tmpdir(), 'unroll-bench-'))
process.on('exit', () => void rm(folder, { recursive: true, force: true }))

const [cpu] = cpus()
print(
  `${cpu.model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`,
)
print(`median of ${runs} runs, seconds; each build is a process of its own\n`)

await showGrowth()
if (values.linear) process.exit()
const generated = join(folder, 'generated')
await writeChapters(join(generated, 'zh'), count)
await timeBook(`${count} generated chapters`, generated, `zh/${chapterName(Math.ceil(count / 2))}`, count)
const wide = join(folder, 'wide')
await mkdir(join(wide, 'zh'), { recursive: true })
await writeFile(join(wide, 'zh/01-wide.md'), wideChapter(20))
await timeWide(wide, 'zh/01-wide.md')
if (values.scale) await timeScale()
const own = join(folder, 'book')
await cp(resolve(root, 'content'), own, { recursive: true })
const [first] = (await readdir(join(own, 'zh'))).filter(n => n.endsWith('.md')).sort()
await timeBook('the book', own, `zh/${first}`, 1)

if (!values['no-rivals']) {
  print(`\nothers, on the same ${count} chapters`)
  for (const rival of await installRivals(join(folder, 'rivals'), count))
    print(line(rival.name, await repeat(rival.time)))
}
await rm(folder, { recursive: true, force: true })

/** Large documents, beside markdown-it alone. */
async function showGrowth(): Promise<void> {
  print(`${'large documents, parse to page'.padEnd(50)}markdown-it      ours`)
  for await (const { name, plain, ours, half, isSlow } of timeGrowth()) {
    const times = `${plain.toFixed(2).padStart(11)}${ours.toFixed(2).padStart(10)}`
    const note = `${(ours / plain).toFixed(1)} times; half as much takes ${half.toFixed(2)}`
    print(`  ${name.padEnd(48)}${times}   ${note}${isSlow ? '   TOO SLOW' : ''}`)
    if (isSlow) process.exitCode = 1
  }
  print('')
}

async function timeBook(name: string, content: string, edited: string, pages: number): Promise<void> {
  print(name)
  const cache = join(folder, 'cache')
  const out = join(folder, 'out')
  const build = () => timedBuild(content, cache, out)
  print(
    line(
      'cold',
      await repeat(async () => {
        await rm(cache, { recursive: true, force: true })
        return build()
      }),
    ),
  )
  const written = (await readdir(out, { recursive: true })).filter(n => n.endsWith('.html')).length
  if (written < pages) throw new Error(`expected at least ${pages} pages, got ${written}`)
  print(line('nothing changed', await repeat(build)))
  const path = join(content, edited)
  let n = 0
  const edit = async (change: (text: string) => string) =>
    writeFile(path, change(await readFile(path, 'utf8')))
  print(
    line(
      'one prose edit',
      await repeat(async () => {
        await edit(text => `${text}\n又写了一句，这是第 ${n++} 次。\n`)
        return build()
      }),
    ),
  )
  print(
    line(
      'one cell edit',
      await repeat(async () => {
        await edit(text => text.replace(firstCell, head => `${head}void ${n++}\n`))
        return build()
      }),
    ),
  )
  const saved = await devTimer(content, path, firstCell)
  await saved.time() // the first rebuild after the start
  print(line('dev: saved cell to open page', await repeat(saved.time, 5)))
  await saved.close()
}

/** One cell in the middle of a chapter of 20: saved to served. */
async function timeWide(content: string, edited: string): Promise<void> {
  print('a chapter of 20 cells')
  const saved = await devTimer(content, join(content, edited), middleCell)
  await saved.time()
  print(line('dev: saved cell in the middle to open page', await repeat(saved.time, 7)))
  await saved.close()
}

/** Whether time and memory grow no faster than the book. */
async function timeScale(): Promise<void> {
  const [few, many] = [100, 1000]
  print(`${many} generated chapters, ${many * 5} cells`)
  const times: Record<string, number> = {}
  for (const n of [few, many]) {
    const content = join(folder, `scale-${n}`)
    await writeChapters(join(content, 'zh'), n)
    const [cache, out] = [join(folder, `scale-cache-${n}`), join(folder, `scale-out-${n}`)]
    for (const state of ['cold', 'warm']) {
      if (state === 'warm') {
        const path = join(content, 'zh', chapterName(n / 2))
        await writeFile(path, `${await readFile(path, 'utf8')}\n又写了一句。\n`)
      }
      const { seconds, megabytes } = await measuredBuild(content, cache, out)
      times[`${state} ${n}`] = seconds
      print(
        `  ${`${n} chapters, ${state}`.padEnd(48)}${seconds.toFixed(2).padStart(8)}   ${megabytes} MB at most`,
      )
    }
  }
  for (const state of ['cold', 'warm']) {
    const slope = (times[`${state} ${many}`] - times[`${state} ${few}`]) / (many - few)
    print(
      `  ${`${state}: milliseconds for one more chapter`.padEnd(48)}${(slope * 1000).toFixed(1).padStart(8)}`,
    )
  }
}

/** Seconds from saving a changed cell until the open page has its new HTML. */
async function devTimer(
  content: string,
  path: string,
  cell: RegExp,
): Promise<{ readonly time: () => Promise<number>; readonly close: () => Promise<void> }> {
  const server = await dev({
    root,
    content,
    cache: join(folder, 'cache'),
    jobs: cpus().length,
    theme: await loadTheme(),
    progress: silent,
    port: 0,
    host: '127.0.0.1',
  })
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}__live`)
  await new Promise(done => socket.once('open', done))
  let n = 0
  const time = async () => {
    const text = await readFile(path, 'utf8')
    const marker = `saved ${n++}`
    const arrived = new Promise<void>(done => {
      const listen = (data: WebSocket.RawData) => {
        if (!String(data).includes(marker)) return
        socket.off('message', listen)
        done()
      }
      socket.on('message', listen)
    })
    const began = performance.now()
    await writeFile(
      path,
      text.replace(cell, head => `${head}console.log('${marker}')\n`),
    )
    await arrived
    const taken = (performance.now() - began) / 1000
    await writeFile(path, text)
    await new Promise(done => setTimeout(done, 700))
    return taken
  }
  return { time, close: () => server.close() }
}

async function timedBuild(content: string, cache: string, out: string): Promise<number> {
  return (await measuredBuild(content, cache, out)).seconds
}

/** A build in a process of its own; its memory without the processes that it starts, sampled while it runs. */
function measuredBuild(
  content: string,
  cache: string,
  out: string,
): Promise<{ readonly seconds: number; readonly megabytes: number }> {
  const began = performance.now()
  const args = ['--import', 'tsx', 'scripts/build.ts', '--content', content, '--cache', cache, '--out', out]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  let megabytes = 0
  const sample = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
    megabytes = Math.max(megabytes, Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024))
  }, 100)
  return new Promise((done, fail) =>
    child.on('exit', code => {
      clearInterval(sample)
      if (code === 0) done({ seconds: (performance.now() - began) / 1000, megabytes })
      else fail(new Error(`the build failed:\n${said}`))
    }),
  )
}

/** Sorted. */
async function repeat(time: () => Promise<number>, times = runs): Promise<readonly number[]> {
  const taken: number[] = []
  for (let i = 0; i < times; i++) taken.push(await time())
  return taken.sort((a, b) => a - b)
}

function line(name: string, taken: readonly number[]): string {
  const median = taken[Math.floor(taken.length / 2)]
  const range = `${taken[0].toFixed(2)} – ${(taken.at(-1) ?? 0).toFixed(2)}`
  return `  ${name.padEnd(48)}${median.toFixed(2).padStart(8)}   (${range})`
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
