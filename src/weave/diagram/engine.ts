/** What every diagram engine offers, and what it says when the author's source is wrong. */

/** An author's mistake, at a line of the diagram's own code. */
export interface Problem {
  /** From 1; absent when the whole diagram is meant. */
  readonly line?: number
  /** From 1, in that line; absent when the whole line is meant. */
  readonly column?: number
  readonly message: string
  readonly help?: string
}

export type Drawn =
  | { readonly svg: string; readonly warnings?: readonly Problem[] }
  | { readonly problems: readonly Problem[] }

export interface Engine {
  /** Its name, its version and how it is set up: part of the cache key. */
  readonly signature: string
  /** How many diagrams it may draw at a time. */
  readonly parallel: number
  /** Draws one diagram. @throws EngineUnavailable where it cannot draw any */
  draw(code: string): Promise<Drawn>
  /** Lets go of what the engine holds (a page, a file). */
  close(): Promise<void>
}

/** The engine cannot run here at all: no browser, no Java. */
export class EngineUnavailable extends Error {
  readonly help: string
  constructor(message: string, help: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EngineUnavailable'
    this.help = help
  }
}

/** Seconds that one diagram may take: an endless loop in its source must not stop the build. */
export const timeLimit = 30

/** Runs `work`, and gives it up (`giveUp` frees what it holds) when it takes too long. */
export async function withinTime<T>(work: Promise<T>, giveUp: () => void, limit = timeLimit): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      giveUp()
      reject(new TooSlow(`took longer than ${limit} s to draw`))
    }, limit * 1000)
  })
  work.catch(() => undefined) // When it fails after it was given up, nobody listens.
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

export class TooSlow extends Error {}
