/** Files that somebody made to break what reads them, and files that broke on their way. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeSafetensors, encodeSafetensors, Random, Tensor } from '../../../src/rnn/index.ts'
import { always, complaintOf, gaussian } from '../support.ts'

/** A file whose length fits its header, whatever that is. */
function fileOf(header: string | Uint8Array, dataLength = 0): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header
  const bytes = new Uint8Array(8 + text.length + dataLength)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  return bytes
}

/** `"W":{…}` of a header; fields are written as they are given. */
const entry = (name: string, offsets: string, shape = '[2]', dtype = '"F32"') =>
  `"${name}":{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`

const headerLength = (length: bigint, total = 16) => {
  const bytes = new Uint8Array(total)
  new DataView(bytes.buffer).setBigUint64(0, length, true)
  return bytes
}

const whole = 'expected a whole number from 0 to 2^53 - 1'

describe('decodeSafetensors refuses, with what it expected and what came:', () => {
  const files: [string, Uint8Array, string][] = [
    ['an empty file', new Uint8Array(), 'file has length 0, expected at least 8'],
    ['half a length', new Uint8Array(7), 'file has length 7, expected at least 8'],
    ['no header', headerLength(0n, 8), 'expected "{" at character 0 of the header, got its end'],
    [
      'a header longer than the file',
      headerLength(60n),
      'header has length 60, expected at most the 8 bytes that follow',
    ],
    [
      'a header just at the limit, in a file that is shorter',
      headerLength(100_000_000n),
      'header has length 100000000, expected at most the 8 bytes that follow',
    ],
    [
      'a header just above the limit',
      headerLength(100_000_001n),
      'header has length 100000001, expected at most 100000000',
    ],
    [
      'a header of 2^63 bytes',
      headerLength(2n ** 63n),
      'header has length 9223372036854775808, expected at most 100000000',
    ],
    [
      'a header of 2^64 - 1 bytes',
      headerLength(2n ** 64n - 1n),
      'header has length 18446744073709551615, expected at most 100000000',
    ],
    [
      'a header that is not UTF-8',
      fileOf(Uint8Array.of(0x7b, 0xff, 0x7d)),
      'expected a header of UTF-8 text, got bytes that are none',
    ],
    [
      'a header that is not JSON',
      fileOf('{"W'),
      'expected a string at character 1 of the header, got "\\"W"',
    ],
    ['a header cut short', fileOf('{'), 'expected a string at character 1 of the header, got its end'],
    ['a list', fileOf('[1, 2]'), 'expected "{" at character 0 of the header, got "[1, 2]"'],
    ['null', fileOf('null'), 'expected "{" at character 0 of the header, got "null"'],
    ['a byte order mark', fileOf('\ufeff{}'), 'expected "{" at character 0 of the header, got "\ufeff{}"'],
    ['white space first', fileOf(' {}'), 'expected "{" at character 0 of the header, got " {}"'],
    ['a second value', fileOf('{} {}'), 'expected its end at character 3 of the header, got "{}"'],
    ['zeros behind', fileOf('{}\0\0'), 'expected its end at character 2 of the header, got "\\u0000\\u0000"'],
    [
      'a comma too many',
      fileOf(`{${entry('W', '[0,8]')},}`, 8),
      'expected a string at character 54 of the header, got "}"',
    ],
    [
      'a tensor twice',
      fileOf(`{${entry('W', '[0,8]')},${entry('W', '[0,8]')}}`, 8),
      'header has "W" twice, expected each name once',
    ],
    [
      'a tensor twice, once in disguise',
      fileOf(`{${entry('W', '[0,8]')},${entry('\\u0057', '[8,16]')}}`, 16),
      'header has "W" twice, expected each name once',
    ],
    [
      'metadata twice',
      fileOf('{"__metadata__":{},"__metadata__":{}}'),
      'header has "__metadata__" twice, expected each name once',
    ],
    [
      'a key of metadata twice',
      fileOf('{"__metadata__":{"a":"","a":""}}'),
      '__metadata__ has "a" twice, expected each name once',
    ],
    [
      'a field twice',
      fileOf('{"W":{"dtype":"F32","dtype":"F64"}}'),
      'tensor "W" has "dtype" twice, expected each name once',
    ],
    [
      'a field missing',
      fileOf('{"W":{"dtype":"F32","data_offsets":[0,4]}}', 4),
      'tensor "W" has no shape, expected dtype, shape, data_offsets',
    ],
    [
      'all fields missing',
      fileOf('{"W":{}}'),
      'tensor "W" has no dtype, shape, data_offsets, expected dtype, shape, data_offsets',
    ],
    [
      'a field unknown',
      fileOf('{"W":{"dtype":"F32","offsets":[0,4]}}', 4),
      'tensor "W" has unknown field: "offsets", expected dtype, shape, data_offsets',
    ],
    [
      'a field called __proto__',
      fileOf('{"W":{"__proto__":{"dtype":"F32"}}}'),
      'tensor "W" has unknown field: "__proto__", expected dtype, shape, data_offsets',
    ],
    ['a tensor that is a number', fileOf('{"W":1}'), 'expected "{" at character 5 of the header, got "1}"'],
    [
      'a dtype that is a number',
      fileOf('{"W":{"dtype":32}}'),
      'expected a string at character 14 of the header, got "32}}"',
    ],
    [
      'a shape that is a number',
      fileOf('{"W":{"shape":2}}'),
      'expected "[" at character 14 of the header, got "2}}"',
    ],
    [
      'a shape in a shape',
      fileOf('{"W":{"shape":[[2]]}}'),
      `${whole} at character 15 of the header, got "[2]]}}"`,
    ],
    [
      'metadata that are a number',
      fileOf('{"__metadata__":{"epoch":3}}'),
      'expected a string at character 25 of the header, got "3}}"',
    ],
    [
      'metadata that are null',
      fileOf('{"__metadata__":null}'),
      'expected "{" at character 16 of the header, got "null}"',
    ],
    [
      'metadata that nest',
      fileOf('{"__metadata__":{"a":{"b":"c"}}}'),
      'expected a string at character 21 of the header, got "{\\"b\\":\\"c\\"}}}"',
    ],
    [
      'a line break in a name',
      fileOf('{"a\nb":{}}'),
      'expected a string at character 1 of the header, got "\\"a\\nb\\":{}}"',
    ],
    [
      'an escape that JSON has not',
      fileOf('{"\\x41":{}}'),
      'expected a string at character 1 of the header, got "\\"\\\\x41\\":{}}"',
    ],
    [
      'half a character in a name',
      fileOf('{"\\ud800":{}}'),
      'expected text without lone surrogates, got "\\ud800"',
    ],
    [
      'a negative size',
      fileOf('{"W":{"shape":[-1]}}'),
      `${whole} at character 15 of the header, got "-1]}}"`,
    ],
    ['minus zero', fileOf('{"W":{"shape":[-0]}}'), `${whole} at character 15 of the header, got "-0]}}"`],
    ['a fraction', fileOf('{"W":{"shape":[2.5]}}'), `${whole} at character 15 of the header, got "2.5]}}"`],
    [
      'a whole number written as a fraction',
      fileOf('{"W":{"shape":[2.0]}}'),
      `${whole} at character 15 of the header, got "2.0]}}"`,
    ],
    ['an exponent', fileOf('{"W":{"shape":[1e1]}}'), `${whole} at character 15 of the header, got "1e1]}}"`],
    ['octal', fileOf('{"W":{"shape":[02]}}'), `${whole} at character 15 of the header, got "02]}}"`],
    ['no number', fileOf('{"W":{"shape":[2,]}}'), `${whole} at character 17 of the header, got "]}}"`],
    [
      '2^53, which JSON.parse cannot tell from 2^53 + 1',
      fileOf('{"W":{"shape":[9007199254740993]}}'),
      `${whole} at character 15 of the header, got "9007199254740993]}}"`,
    ],
    [
      'a size of a thousand digits',
      fileOf(`{"W":{"shape":[${'9'.repeat(1000)}]}}`),
      `${whole} at character 15 of the header, got "99999999999999999999"`,
    ],
    [
      'a negative offset',
      fileOf(`{${entry('W', '[-8,0]')}}`),
      `${whole} at character 48 of the header, got "-8,0]}}"`,
    ],
    [
      'one offset',
      fileOf(`{${entry('W', '[8]')}}`, 8),
      'tensor "W" has 1 data_offsets, expected begin and end',
    ],
    [
      'three offsets',
      fileOf(`{${entry('W', '[0,8,16]')}}`, 8),
      'tensor "W" has 3 data_offsets, expected begin and end',
    ],
    [
      'integers',
      fileOf(`{${entry('W', '[0,16]', '[2]', '"I64"')}}`, 16),
      'tensor "W" has dtype "I64", expected one of F64, F32, F16, BF16',
    ],
    [
      'a dtype that objects have',
      fileOf(`{${entry('W', '[0,8]', '[2]', '"constructor"')}}`, 8),
      'tensor "W" has dtype "constructor", expected one of F64, F32, F16, BF16',
    ],
    [
      'a shape whose product is above 2^53',
      fileOf(`{${entry('W', '[0,8]', '[4294967296,4294967296]')}}`, 8),
      'tensor "W" has shape [4294967296, 4294967296], expected at most 2^53 - 1 bytes',
    ],
    [
      'a shape whose product wraps to 8 bytes in 64 bits',
      fileOf(`{${entry('W', '[0,8]', '[2147418113,2147549185,2]')}}`, 8),
      'tensor "W" has shape [2147418113, 2147549185, 2], expected at most 2^53 - 1 bytes',
    ],
    [
      'a product that overflows before a zero',
      fileOf(`{${entry('W', '[0,0]', '[9007199254740991,9007199254740991,0]')}}`),
      'tensor "W" has shape [9007199254740991, 9007199254740991, 0], expected at most 2^53 - 1 bytes',
    ],
    [
      'a petabyte in a file of 60 bytes',
      fileOf(`{${entry('W', '[0,1125899906842624]', '[281474976710656]')}}`),
      'data has length 0, expected 1125899906842624',
    ],
    [
      'a petabyte of nothing',
      fileOf(`{${entry('W', '[0,0]', '[281474976710656]')}}`),
      'tensor "W" has data_offsets [0, 0], expected 1125899906842624 bytes for F32 of shape [281474976710656]',
    ],
    [
      'offsets that do not match',
      fileOf(`{${entry('W', '[0,7]')}}`, 7),
      'tensor "W" has data_offsets [0, 7], expected 8 bytes for F32 of shape [2]',
    ],
    [
      'offsets reversed',
      fileOf(`{${entry('W', '[8,0]')}}`, 8),
      'tensor "W" has data_offsets [8, 0], expected 8 bytes for F32 of shape [2]',
    ],
    [
      'a hole at the start',
      fileOf(`{${entry('W', '[4,12]')}}`, 12),
      'tensor "W" begins at byte 4 of the data, expected 0',
    ],
    [
      'a hole between',
      fileOf(`{${entry('a', '[0,8]')},${entry('b', '[12,20]')}}`, 20),
      'tensor "b" begins at byte 12 of the data, expected 8',
    ],
    [
      'an overlap',
      fileOf(`{${entry('a', '[0,8]')},${entry('b', '[4,12]')}}`, 12),
      'tensor "b" begins at byte 4 of the data, expected 8',
    ],
    [
      'the same bytes twice',
      fileOf(`{${entry('a', '[0,8]')},${entry('b', '[0,8]')}}`, 8),
      'tensor "b" begins at byte 0 of the data, expected 8',
    ],
    [
      'an empty tensor inside another',
      fileOf(`{${entry('a', '[0,8]')},${entry('b', '[4,4]', '[0]')}}`, 8),
      'tensor "b" begins at byte 4 of the data, expected 8',
    ],
    ['an end past the end', fileOf(`{${entry('W', '[0,8]')}}`, 7), 'data has length 7, expected 8'],
    ['bytes behind the end', fileOf(`{${entry('W', '[0,8]')}}`, 9), 'data has length 9, expected 8'],
    ['data of no tensor', fileOf('{}', 1), 'data has length 1, expected 0'],
  ]
  it.each(files)('%s', (_, file, message) =>
    expect(complaintOf(() => decodeSafetensors(file))).toBe(`RangeError: ${message}`),
  )

  it('a name of a million characters, in a message that is short', () => {
    const file = fileOf(`{${entry('W'.repeat(1e6), '[0,8]', '[2]', '"U8"')}}`, 8)
    expect(complaintOf(() => decodeSafetensors(file))).toBe(
      `RangeError: tensor "${'W'.repeat(60)}…" has dtype "U8", expected one of F64, F32, F16, BF16`,
    )
  })

  it('brackets a million deep, without running out of stack', () => {
    for (const header of ['['.repeat(1e6), `{"W":${'{"W":'.repeat(1e6)}`, `{"W":{"shape":${'['.repeat(1e6)}`])
      expect(complaintOf(() => decodeSafetensors(fileOf(header)))).toContain('RangeError: ')
  })
})

describe('names that objects have of their own', () => {
  it('are names like any other, and no prototype changes', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
    const header = `{"__metadata__":{"__proto__":"x"},${names.map((n, i) => entry(n, `[${8 * i},${8 * i + 8}]`))}}`
    const { tensors, metadata } = decodeSafetensors(fileOf(header, 32))
    expect(Object.keys(tensors)).toEqual(names)
    expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype)
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype)
    expect(Object.entries(metadata)).toEqual([['__proto__', 'x']])
    expect(({} as Record<string, unknown>).dtype).toBeUndefined()
    expect(Object.entries(decodeSafetensors(encodeSafetensors(tensors)).tensors)).toHaveLength(4)
  })
})

/** One edit of a file: bytes at `at` are flipped, cut out, or others put in. */
type Bytes = Uint8Array<ArrayBuffer>
type Edit = (bytes: Bytes) => Bytes
const splice = (bytes: Bytes, at: number, cut: number, more: Iterable<number>) => {
  const start = at % (bytes.length + 1)
  return Uint8Array.from([...bytes.subarray(0, start), ...more, ...bytes.subarray(start + cut)])
}
const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(([at, mask]) => (bytes: Bytes) => {
    return bytes.map((byte, i) => (i === at % bytes.length ? byte ^ mask : byte))
  }),
  fc.tuple(fc.nat(), fc.nat(40)).map(
    ([at, n]) =>
      (bytes: Bytes) =>
        splice(bytes, at, n, []),
  ),
  fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 12 })).map(
    ([at, more]) =>
      (bytes: Bytes) =>
        splice(bytes, at, 0, more),
  ),
  // Bytes that mean something to JSON get further than random ones.
  fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\0129-e. \n', '"W":', '[0,8]', '"F64"', '1e', '\ud83d')).map(
    ([at, more]) =>
      (bytes: Bytes) =>
        splice(bytes, at, more.length, new TextEncoder().encode(more)),
  ),
)

/** True if it is read to something whole, false if it is refused by us; fails for anything else. */
function survives(bytes: Uint8Array): boolean {
  try {
    const { tensors, metadata } = decodeSafetensors(bytes)
    const all = Object.values(tensors)
    const fit = all.every(({ data, shape }) => data.length === shape.reduce((product, n) => product * n, 1))
    const total = all.reduce((sum, { data }) => sum + data.byteLength, 0)
    const texts = Object.values(metadata).every(value => typeof value === 'string')
    expect({ fit, texts, small: total <= 2 * bytes.length }).toEqual({ fit: true, texts: true, small: true })
    return true
  } catch (error) {
    // The engine's own RangeErrors (array length, stack, bounds of a view) do not say what was expected.
    const ours = /^RangeError: (expected .* got |.*, expected )/s
    if (!(error instanceof RangeError) || !ours.test(String(error))) throw error
    return false
  }
}

describe('a file that is edited at random', () => {
  const golden = (name: string): Bytes =>
    new Uint8Array(readFileSync(new URL(`../../golden/safetensors/${name}.safetensors`, import.meta.url)))
  const small = encodeSafetensors({ W: gaussian(new Random(1), [2]), b: Tensor.zeros([1], 'float32') })
  const seeds = [small, ...['order', 'half', 'rnn'].map(golden)]

  it('is read to something whole or refused by us; of 6,000 files at least 200 go either way', () => {
    const counts = { read: 0, refused: 0 }
    const cases = fc.tuple(fc.constantFrom(...seeds), fc.array(edits, { minLength: 1, maxLength: 4 }))
    always(
      fc.property(cases, ([seed, changes]) => {
        const bytes = changes.reduce((file, change) => (file.length === 0 ? file : change(file)), seed)
        counts[survives(bytes) ? 'read' : 'refused']++
      }),
      6000,
    )
    expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(200)
  })

  it('is refused wherever it is cut, and wherever a byte is doubled in its data', () => {
    for (const seed of seeds) {
      for (let n = 0; n < seed.length; n++)
        if (survives(seed.subarray(0, n))) throw new Error(`read ${n} bytes`)
      const start = 8 + Number(new DataView(seed.buffer).getBigUint64(0, true))
      for (let n = start; n < seed.length; n++)
        if (survives(splice(seed, n, 0, [seed[n]]))) throw new Error(`read byte ${n} twice`)
    }
  })

  it('is whole or refused after any one bit of it has turned, and whole if that was in its data', () => {
    for (const seed of seeds) {
      const start = 8 + Number(new DataView(seed.buffer).getBigUint64(0, true))
      for (let at = 0; at < seed.length; at++)
        for (let bit = 0; bit < 8; bit++) {
          const whole = survives(seed.with(at, seed[at] ^ (1 << bit)))
          if (at >= start && !whole) throw new Error(`refused byte ${at}`)
        }
    }
  })
})
