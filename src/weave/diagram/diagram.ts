/**
 * Diagram sources to inline SVG, each through the engine of its language, or out of the cache. Only what succeeds is
 * cached; a diagram that fails leaves a diagnostic at its own line and does not stop the others.
 */
import type { Cache } from '../base/cache.ts'
import { type Diagnostic, type Result, sortDiagnostics } from '../base/diagnostic.ts'
import { hashOf } from '../base/hash.ts'
import type { LazyBrowser } from './browser.ts'
import { cleanSvg } from './clean.ts'
import { type Drawn, type Engine, EngineUnavailable } from './engine.ts'
import { type DiagramFonts, type FontSet, readFonts } from './fonts.ts'
import { graphvizEngine } from './graphviz.ts'
import { lostLabels } from './lost.ts'
import { mermaidEngine } from './mermaid.ts'
import { controlCharacter, isEmptyPicture } from './plain.ts'
import { plantumlEngine } from './plantuml.ts'
import { plantumlJvmEngine } from './plantumlJvm.ts'
import {
  type DiagramLanguage,
  type DiagramRequest,
  type DiagramSource,
  diagnosticOf,
  type Reported,
  unavailable,
} from './request.ts'
import { unreadable } from './unreadable.ts'

export type { DiagramLanguage, DiagramRequest, DiagramSource } from './request.ts'

export interface DiagramOptions {
  readonly cache: Cache
  readonly plantuml: 'core' | 'jvm'
  readonly fonts: DiagramFonts
  /** Started when a diagram needs it; the caller closes it, when no more diagrams will come. */
  readonly browser: LazyBrowser
  /** After each diagram: how many of `total` are done, and how many of those had to be drawn. */
  readonly onProgress?: (done: number, total: number, drawn: number) => void
}

export interface RenderedDiagram {
  /** Light and dark in one; inline it by `withUniqueIds`. */
  readonly svg: string
}

export interface RenderedDiagrams extends Result<ReadonlyMap<string, RenderedDiagram>> {
  /** Diagrams that an engine drew. */
  readonly drawn: number
  /** Diagrams that were there already: in the cache, or the same one twice. */
  readonly reused: number
}

/** What a diagram is known by in the map of rendered ones: equal sources are drawn once. */
export function diagramKey(diagram: Pick<DiagramSource, 'language' | 'code'>): string {
  return hashOf(diagram.language, diagram.code)
}

/** Change it when the same engine's output is made into another SVG. */
const format = 'svg-2'

/**
 * Draws the diagrams that are not in the cache.
 *
 * @returns SVGs by `diagramKey`; one that failed is missing there and has a diagnostic
 */
export async function renderDiagrams(
  requests: readonly DiagramRequest[],
  options: DiagramOptions,
): Promise<RenderedDiagrams> {
  if (requests.length === 0) return { value: new Map(), diagnostics: [], drawn: 0, reused: 0 }
  const wanted = new Map<string, DiagramRequest[]>()
  for (const request of requests) {
    const key = diagramKey(request.diagram)
    wanted.set(key, [...(wanted.get(key) ?? []), request])
  }
  const fonts = await readFonts(options.fonts)
  const value = new Map<string, RenderedDiagram>()
  const diagnostics: Diagnostic[] = []
  let [done, drawn] = [0, 0]
  const renderOne = async (engine: Engine, key: string) => {
    const sharing = wanted.get(key) as DiagramRequest[]
    const { svg, isNew, problems } = await drawCached(engine, sharing[0].diagram, options.cache, fonts)
    if (svg !== undefined) value.set(key, { svg })
    for (const request of sharing)
      diagnostics.push(...problems.map(problem => diagnosticOf(request, problem)))
    if (isNew) drawn++
    done += sharing.length
    options.onProgress?.(done, requests.length, drawn)
  }
  const renderAll = async (language: DiagramLanguage, keys: readonly string[]) => {
    const engine = await engines[language](options, fonts)
    let missing: EngineUnavailable | undefined
    const waiting: DiagramRequest[] = []
    // Once it is known to be missing it is not asked again; what lies in the cache still comes.
    const draw = async (code: string) => {
      if (missing) throw missing
      return engine.draw(code)
    }
    try {
      await eachOf(keys, engine.parallel, async key => {
        try {
          await renderOne({ ...engine, draw }, key)
        } catch (error) {
          if (!(error instanceof EngineUnavailable)) throw error
          missing ??= error
          waiting.push(...(wanted.get(key) ?? []))
        }
      })
      if (missing) diagnostics.push(unavailable(missing, waiting))
    } finally {
      await engine.close()
    }
  }
  const languages = new Set(requests.map(({ diagram }) => diagram.language))
  await Promise.all(
    [...languages].map(language =>
      renderAll(
        language,
        [...wanted].flatMap(([key, [first]]) => (first.diagram.language === language ? [key] : [])),
      ),
    ),
  )
  const succeeded = [...value.keys()].reduce((sum, key) => sum + (wanted.get(key)?.length ?? 0), 0)
  return { value, diagnostics: sortDiagnostics(diagnostics), drawn, reused: succeeded - drawn }
}

/** A line per language; engines that need the browser start it when they first draw. */
const engines: Record<DiagramLanguage, (options: DiagramOptions, fonts: FontSet) => Promise<Engine>> = {
  plantuml: ({ plantuml, browser }, fonts) =>
    plantuml === 'jvm' ? plantumlJvmEngine() : plantumlEngine(browser, fonts),
  mermaid: ({ browser }, fonts) => mermaidEngine(browser, fonts),
  dot: () => graphvizEngine(),
}

interface Outcome {
  readonly svg?: string
  readonly isNew: boolean
  readonly problems: readonly Reported[]
}

/** The diagram's SVG from the cache, else from the engine; warnings are cached with it, for they still hold. */
async function drawCached(
  engine: Engine,
  { language, code }: DiagramSource,
  cache: Cache,
  fonts: FontSet,
): Promise<Outcome> {
  if (code.trim() === '')
    return { isNew: false, problems: [{ severity: 'error', message: 'empty diagram', help: emptyHelp }] }
  const control = controlCharacter(code)
  if (control) return { isNew: false, problems: [{ severity: 'error', ...control }] }
  const key = hashOf(format, language, engine.signature, fonts.signature, code)
  const stored = await cache.read('diagram', key)
  if (stored !== undefined)
    return { ...(JSON.parse(stored) as Pick<Outcome, 'svg' | 'problems'>), isNew: false }
  const result = await drawTwice(engine, code)
  if ('problems' in result)
    return { isNew: false, problems: result.problems.map(problem => ({ severity: 'error', ...problem })) }
  const svg = cleanSvg(result.svg, { family: fonts.family })
  if (isEmptyPicture(svg))
    return { isNew: false, problems: [{ severity: 'error', message: 'nothing is drawn', help: emptyHelp }] }
  const warnings = [
    ...(result.warnings ?? []),
    ...lostLabels({ language, code }, svg),
    ...unreadable({ language, code }, svg),
  ]
  const problems = warnings.map(warning => ({ severity: 'warning' as const, ...warning }))
  await cache.write('diagram', key, JSON.stringify({ svg, problems }))
  return { svg, problems, isNew: true }
}

/** A browser may crash; engines start afresh after a failure. What fails again is this diagram's doing. */
async function drawTwice(engine: Engine, code: string): Promise<Drawn> {
  for (let attempt = 1; ; attempt++)
    try {
      return await engine.draw(code)
    } catch (error) {
      if (error instanceof EngineUnavailable) throw error
      const message = `the diagram engine failed: ${error instanceof Error ? error.message : error}`
      if (attempt === 2)
        return { problems: [{ message, help: 'Try a smaller diagram, to find what it fails at.' }] }
    }
}

const emptyHelp = 'Write the diagram between the fences, or remove the block.'

/** Runs `work` over the items, `parallel` at a time. Stops at the first failure. */
async function eachOf<T>(
  items: readonly T[],
  parallel: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < items.length) await work(items[next++])
  }
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, lane))
}
