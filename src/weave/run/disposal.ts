/** `using` at the top level of a cell: what the cell holds, and how it is disposed of. (ECMAScript 2026, DisposeResources) */

export interface Disposal {
  /** Takes the value of `using x = value`; null and undefined need no disposal. @throws TypeError if it has no dispose method */
  readonly use: (value: unknown, isAsync: boolean) => void
  /** Disposes of all, the last first. @throws what a dispose method throws, after all the others */
  readonly dispose: () => Promise<void>
}

type Method = (this: unknown) => unknown

export function createDisposal(): Disposal {
  let held: { readonly value: unknown; readonly method: Method }[] = []
  return {
    use(value, isAsync) {
      if (value === null || value === undefined) return
      const method = disposeMethod(value, isAsync)
      if (typeof method !== 'function')
        throw new TypeError(
          isAsync
            ? 'a value of `await using` has neither [Symbol.asyncDispose]() nor [Symbol.dispose]()'
            : 'a value of `using` has no [Symbol.dispose]()',
        )
      held.push({ value, method: method as Method })
    },
    async dispose() {
      const waiting = held.toReversed()
      held = []
      const errors: unknown[] = []
      for (const { value, method } of waiting)
        try {
          await method.call(value)
        } catch (error) {
          errors.push(error)
        }
      if (errors.length > 0) throw errors.reduce(suppressed)
    },
  }
}

/** `Symbol.dispose` is not in the types of every Node that has it. */
function disposeMethod(value: unknown, isAsync: boolean): unknown {
  const { dispose, asyncDispose } = Symbol as unknown as { dispose: symbol; asyncDispose: symbol }
  const own = Object(value) as Record<symbol, unknown>
  return (isAsync ? own[asyncDispose] : undefined) ?? own[dispose]
}

/** The later error stands before the one that it has hidden. */
function suppressed(earlier: unknown, later: unknown): Error {
  const error = new Error('An error was suppressed during disposal')
  return Object.assign(error, { name: 'SuppressedError', error: later, suppressed: earlier })
}
