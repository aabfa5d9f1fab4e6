/**
 * What a stage throws is a mistake of ours. It becomes one diagnostic on the chapter that the stage was at, and all
 * other chapters go on.
 */
import type { Diagnostic, Result } from './diagnostic.ts'

const rule = 'fault'

/** A mistake of ours as a diagnostic: which stage, which chapter, what was thrown. */
export function faultOf(stage: string, file: string, thrown: unknown): Diagnostic {
  const { message, stack } = wordsOf(thrown)
  const [first, ...rest] = message.split('\n')
  return {
    severity: 'error',
    file,
    rule,
    message: `a fault of unroll, please report: ${stage} failed on this chapter: ${first}`,
    detail: rest.join('\n').trim() || undefined,
    help: 'Report it with this chapter, or with the part of it that does it; `--verbose` shows the stack.',
    stack,
  }
}

export function isFault(diagnostic: Diagnostic): boolean {
  return diagnostic.rule === rule
}

/** Files of the chapters on which a stage has failed. */
export function faultyFiles(diagnostics: readonly Diagnostic[]): ReadonlySet<string> {
  return new Set(diagnostics.filter(isFault).map(d => d.file))
}

/**
 * A stage on one chapter.
 *
 * @param fallback what stands for the stage's value when it throws
 */
export function guard<T>(
  stage: string,
  file: string,
  work: () => Result<T>,
  fallback: () => NoInfer<T>,
): Result<T> {
  try {
    return work()
  } catch (thrown) {
    return { value: fallback(), diagnostics: [faultOf(stage, file, thrown)] }
  }
}

/** The same for a stage that takes time. Never rejects. */
export async function guardAsync<T>(
  stage: string,
  file: string,
  work: () => Promise<Result<T>>,
  fallback: () => NoInfer<T>,
): Promise<Result<T>> {
  try {
    return await work()
  } catch (thrown) {
    return { value: fallback(), diagnostics: [faultOf(stage, file, thrown)] }
  }
}

/**
 * A stage that takes many chapters at once. When it throws, each half of them is tried on its own, until the guilty
 * ones stand alone. The value lists what every part gave that came through. Never rejects.
 */
export async function guardTogether<I, T>(
  stage: string,
  items: readonly I[],
  fileOf: (item: I) => string,
  work: (items: readonly I[]) => Promise<Result<T>>,
): Promise<Result<readonly T[]>> {
  try {
    const { value, diagnostics } = await work(items)
    return { value: [value], diagnostics }
  } catch (thrown) {
    if (items.length === 0) return { value: [], diagnostics: [] }
    if (items.length === 1) return { value: [], diagnostics: [faultOf(stage, fileOf(items[0]), thrown)] }
  }
  const middle = items.length >> 1
  const one = await guardTogether(stage, items.slice(0, middle), fileOf, work)
  const other = await guardTogether(stage, items.slice(middle), fileOf, work)
  return {
    value: [...one.value, ...other.value],
    diagnostics: [...one.diagnostics, ...other.diagnostics],
  }
}

/** Anything can be thrown: `null`, a proxy, an error whose message throws when it is read. */
function wordsOf(thrown: unknown): { readonly message: string; readonly stack?: string } {
  try {
    if (thrown instanceof Error) {
      const { name, message, stack } = thrown
      const text = String(message)
      return { message: text === '' ? String(name) : text, stack: stack && String(stack) }
    }
    return { message: String(thrown) }
  } catch {
    return { message: 'something that cannot be shown' }
  }
}
