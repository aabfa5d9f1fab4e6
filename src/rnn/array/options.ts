/** Options objects: what was given over what is usual. */

/**
 * `{ ...defaults, ...given }`, where an option that is given as `undefined` keeps its default.
 *
 * @throws TypeError for an option that has no default: a misspelt name would otherwise be silently without effect
 */
export function fillOptions<Options extends object>(given: Partial<Options>, defaults: Options): Options {
  const options = { ...defaults }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    if (!Object.hasOwn(defaults, name))
      throw new TypeError(`unknown option: ${name}, expected ${Object.keys(defaults).join(', ')}`)
    Object.assign(options, { [name]: value })
  }
  return options
}

/**
 * The same check for calls that are made thousands of times: it makes no object. An option that is `undefined`, or null,
 * as JSON has it, is let through, as it has no effect: what fits all networks may hand on a `c0` that there is not.
 *
 * @throws TypeError for an option that is not among the names
 */
export function expectKnown(given: object, names: readonly string[]): void {
  for (const name in given)
    if (!names.includes(name) && (given[name as keyof typeof given] ?? undefined) !== undefined)
      throw new TypeError(`unknown option: ${name}, expected ${names.join(', ')}`)
}

/** @throws RangeError unless value is finite and low <= value <= high */
export function expectBetween(name: string, value: number, low: number, high = Infinity): number {
  if (!(Number.isFinite(value) && value >= low && value <= high)) {
    const range = high === Infinity ? `finite and at least ${low}` : `from ${low} to ${high}`
    throw new RangeError(`expected ${name} to be ${range}, got ${value}`)
  }
  return value
}

/** @throws RangeError unless value is finite and above 0 */
export function expectPositive(name: string, value: number): number {
  if (!(Number.isFinite(value) && value > 0))
    throw new RangeError(`expected ${name} to be finite and above 0, got ${value}`)
  return value
}

/** @throws RangeError unless value is a whole number, low or more */
export function expectWhole(name: string, value: number, low: number): number {
  if (!Number.isInteger(value) || value < low)
    throw new RangeError(`expected ${name} to be a whole number from ${low}, got ${value}`)
  return value
}
