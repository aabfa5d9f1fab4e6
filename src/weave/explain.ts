/** Why a cell is fresh or stale: what of all that it depends on has changed since it last ran. */
import { relative, resolve } from 'node:path'
import type { Diagnostic, Result } from './base/diagnostic.ts'
import { guardAsync } from './base/fault.ts'
import { nearest } from './base/nearest.ts'
import { LineIndex } from './base/position.ts'
import { type OpenBook, openBook, type WeaveOptions } from './open.ts'
import { type Bundle, bundlePrograms } from './program/bundle.ts'
import { toProgram } from './program/program.ts'
import { hashInputs } from './run/inputs.ts'
import type { Part } from './run/parts.ts'
import { planOf } from './run/run.ts'
import { readParts, readUnit } from './run/units.ts'
import type { Chapter, SourceFile } from './source/chapter.ts'
import { parseChapter } from './source/parse.ts'
import { runningCells } from './source/running.ts'

export interface Change {
  readonly kind: Part['kind']
  readonly name: string
  readonly what: 'changed' | 'added' | 'gone'
  /** Of a file: how the chapter comes to it, the chapter first. */
  readonly chain?: readonly string[]
}

export interface Explanation {
  /** The cell's label, `cell-3`, `inline-2`. */
  readonly name: string
  /** `new`: never ran to its end under this name. */
  readonly state: 'fresh' | 'stale' | 'new'
  /** Since it last ran. */
  readonly changes: readonly Change[]
  /** What runs before it, and the name that ties the two. */
  readonly needs: readonly { readonly name: string; readonly because: string }[]
}

export interface Explained {
  readonly file: string
  readonly units: readonly Explanation[]
  readonly texts: ReadonlyMap<string, string>
}

/** @param target `content/zh/07-chain.md#fig-decay`; without `#…` every cell of the chapter */
export async function explain(target: string, options: WeaveOptions): Promise<Result<Explained>> {
  const book = await openBook(options)
  const [path, label] = target.split('#')
  const nothing = { file: path, units: [], texts: book.texts }
  try {
    const source = book.sources.find(s => s.path === resolve(options.root, path))
    if (!source) return { value: nothing, diagnostics: [unknownChapter(path, book, options)] }
    const work = () => explainChapter(source, book, options)
    const { value: units, diagnostics } = await guardAsync('explain', source.file, work, () => undefined)
    if (!units) return { value: nothing, diagnostics }
    const chosen = label === undefined ? units : units.filter(u => u.name === label)
    if (chosen.length > 0) return { value: { ...nothing, units: chosen }, diagnostics: [] }
    return { value: nothing, diagnostics: [unknownCell(path, label ?? '', units)] }
  } finally {
    await book.services.close()
  }
}

/** Every cell of a chapter; undefined when it does not come as far as a bundle. */
async function explainChapter(
  source: SourceFile,
  book: OpenBook,
  { root }: WeaveOptions,
): Promise<Result<readonly Explanation[] | undefined>> {
  const parsed = parseChapter(source)
  const program = toProgram(parsed.value)
  const bundled = await bundlePrograms([program.value], { root, cache: book.services.cache })
  const bundle = bundled.value.get(program.value)
  const diagnostics = [...parsed.diagnostics, ...program.diagnostics, ...bundled.diagnostics]
  return { value: bundle && (await explainAll(program.value.chapter, bundle, book)), diagnostics }
}

async function explainAll(
  chapter: Chapter,
  bundle: Bundle,
  { config, services }: OpenBook,
): Promise<readonly Explanation[]> {
  const inputs = await hashInputs(chapter, new LineIndex(chapter.text), runningCells(chapter))
  const { timeout: seconds, memory: megabytes, macros, stateless } = config
  const around = { seconds, megabytes, macros, stateless, runtime: services.runtime }
  const plan = planOf(chapter, bundle, inputs.value, around)
  if (!plan) return []
  const last = await readParts(services.cache, chapter.file)
  return Promise.all(
    plan.names.map(async (name, u): Promise<Explanation> => {
      const before = last?.units[name]
      const isKept = (await readUnit(services.cache, plan.keys[u])) !== undefined
      const changes = before && !isKept ? changesOf(before.parts, plan.parts[u], bundle, chapter.file) : []
      const needs = [...plan.slices[u].because]
        .sort(([a], [b]) => a - b)
        .map(([j, because]) => ({ name: plan.names[j], because }))
      return { name, state: isKept ? 'fresh' : before ? 'stale' : 'new', changes, needs }
    }),
  )
}

function changesOf(
  before: readonly Part[],
  now: readonly Part[],
  bundle: Bundle,
  chapter: string,
): readonly Change[] {
  const same = (a: Part) => (b: Part) => a.kind === b.kind && a.name === b.name
  const changed = now.flatMap((part): Change[] => {
    const old = before.find(same(part))
    if (old?.hash === part.hash) return []
    const { kind, name } = part
    return [{ kind, name, what: old ? 'changed' : 'added', chain: chainTo(part, bundle, chapter) }]
  })
  const gone = before.filter(old => !now.some(same(old)))
  return [...changed, ...gone.map(({ kind, name }): Change => ({ kind, name, what: 'gone' }))]
}

/** The shortest way of imports from the chapter to a file. */
function chainTo({ kind, name }: Part, { imports }: Bundle, chapter: string): readonly string[] | undefined {
  if (kind !== 'file') return undefined
  const ways: (readonly string[])[] = [['']]
  const seen = new Set([''])
  for (let way = ways.shift(); way; way = ways.shift()) {
    const at = way[way.length - 1]
    if (at === name) return [chapter, ...way.slice(1)]
    for (const next of imports[at] ?? []) {
      if (seen.has(next)) continue
      seen.add(next)
      ways.push([...way, next])
    }
  }
  return undefined
}

function unknownChapter(path: string, { sources }: OpenBook, { root, content }: WeaveOptions): Diagnostic {
  const files = sources.map(s => s.file)
  const near = nearest(path, files)
  return {
    severity: 'error',
    file: path,
    rule: 'explain',
    message: 'no chapter has this path',
    help: near
      ? `Did you mean ${near}?`
      : `Name a chapter of ${relative(root, content)} and a cell: \`${files[0] ?? 'content/zh/01-a.md'}#fig-name\`.`,
  }
}

function unknownCell(file: string, label: string, units: readonly Explanation[]): Diagnostic {
  const names = units.map(u => u.name)
  const near = nearest(label, names)
  return {
    severity: 'error',
    file,
    rule: 'explain',
    message: `no cell of this chapter is called ${label}`,
    help: near ? `Did you mean ${near}?` : `It has ${names.join(', ')}.`,
  }
}

/** As a person reads it. */
export function formatExplanation(file: string, { name, state, changes, needs }: Explanation): string {
  const heads = {
    fresh: 'fresh: nothing that it depends on has changed',
    stale: 'stale',
    new: 'new: it has not run yet',
  }
  const lines = changes.map(({ kind, name, what, chain }) => {
    const way = chain && chain.length > 2 ? ` (${chain.join(' → ')})` : ''
    return `  ${kind === 'runtime' || kind === 'file' ? '' : `${kind} `}${name} ${what === 'gone' ? 'is gone' : what === 'added' ? 'is new to it' : 'has changed'}${way}`
  })
  const before = needs.map(n => `${n.name} (${n.because})`).join(', ')
  return [`${file}#${name} is ${heads[state]}`, ...lines, ...(before ? [`  runs after ${before}`] : [])].join(
    '\n',
  )
}
