/** Names that code finds without declaring them, by what they may do to cells that never mention each other. */

/** Doors to everything: who uses one may change what any other cell sees. */
const reaching = new Set([
  ...['globalThis', 'window', 'self', 'global', 'eval', 'Function', 'Reflect', 'Proxy', 'process'],
  ...['require', 'module', 'exports', '__dirname', '__filename'],
])

export function isReachingGlobal(name: string): boolean {
  return reaching.has(name)
}

/** Properties that lead to what objects share. */
const reachingProperties = new Set([
  ...['prototype', '__proto__', 'constructor', 'setPrototypeOf', 'getPrototypeOf'],
  ...['defineProperty', 'defineProperties', '__defineGetter__', '__defineSetter__', 'prepareStackTrace'],
])

export function isReachingProperty(name: string): boolean {
  return reachingProperties.has(name)
}

/** Standard objects: calling them and reading their members changes nothing. */
const objects = [
  ...['Array', 'Atomics', 'console', 'crypto', 'Intl', 'JSON', 'Math', 'Object', 'performance'],
  ...['WebAssembly', 'document'],
]

/** Standard functions and classes that may also be handed on: `xs.map(Number)`, `{ float32: Float32Array }`. */
const values = [
  ...['undefined', 'NaN', 'Infinity', 'Number', 'String', 'Boolean', 'BigInt', 'Symbol', 'Date', 'RegExp'],
  ...[
    'Map',
    'Set',
    'WeakMap',
    'WeakSet',
    'WeakRef',
    'Promise',
    'ArrayBuffer',
    'SharedArrayBuffer',
    'DataView',
  ],
  ...['Float64Array', 'Float32Array', 'Int8Array', 'Int16Array', 'Int32Array', 'Uint8Array', 'Uint16Array'],
  ...['Uint32Array', 'Uint8ClampedArray', 'BigInt64Array', 'BigUint64Array'],
  ...['Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError'],
  ...['AggregateError', 'parseInt', 'parseFloat', 'isNaN', 'isFinite', 'structuredClone', 'queueMicrotask'],
  ...['encodeURIComponent', 'decodeURIComponent', 'encodeURI', 'decodeURI', 'URL', 'URLSearchParams'],
  ...['TextEncoder', 'TextDecoder', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  ...['setImmediate', 'AbortController', 'AbortSignal', 'Buffer', 'atob', 'btoa', 'Iterator', 'arguments'],
  // The pipeline's own.
  ...['display', 'html', 'json', '__unroll', '__i'],
]

const quietObjects = new Set(objects)
const quietValues = new Set(values)

/** Whether a name may be used so without consequences for other cells. */
export function isQuietGlobal(name: string, handedOn: boolean): boolean {
  return quietValues.has(name) || (quietObjects.has(name) && !handedOn)
}

/** Methods of arrays and the like, which call what they are given and do nothing else with it. */
const callers = new Set([
  ...['map', 'filter', 'forEach', 'reduce', 'reduceRight', 'some', 'every', 'find', 'findIndex', 'findLast'],
  ...['findLastIndex', 'sort', 'toSorted', 'flatMap', 'from', 'generate', 'replace', 'replaceAll'],
])

export function passesOnlyCalls(method: string | undefined): boolean {
  return method !== undefined && callers.has(method)
}
