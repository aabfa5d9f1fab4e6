import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeSafetensors,
  encodeSafetensors,
  Params,
  RNN,
  type SafetensorsContent,
  Tensor,
} from '../../../src/rnn/index.ts'
import { tensor as toTensor } from '../golden.ts'
import { always, complaintOf } from '../support.ts'

const folder = new URL('../../golden/safetensors/', import.meta.url)

/** A buffer of Node's: a view somewhere into a larger one, as `readFileSync` may give it. */
const readFile = (name: string): Uint8Array => readFileSync(new URL(`${name}.safetensors`, folder))

/** What PyTorch wrote down of its tensors; numbers that JSON has not are strings. */
interface Described {
  readonly dtype: string
  readonly shape: number[]
  readonly data: (number | string)[]
}

type Golden = Record<
  'rnn' | 'lstm' | 'order' | 'half',
  { readonly metadata: Record<string, string>; readonly tensors: Record<string, Described> }
>

const golden = JSON.parse(readFileSync(new URL('content.json', folder), 'utf8'))
const files = Object.entries(golden.files as Golden)

/** Numbers as `Object.is` compares them: -0 is not 0, NaN is NaN, whatever its payload. */
const describeTensors = (tensors: SafetensorsContent['tensors']) =>
  Object.entries(tensors)
    .map(([name, { dtype, shape, data }]) => [name, dtype, [...shape], [...data]] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const littleEndian = (...values: number[]) => new Uint8Array(new Float32Array(values).buffer)

/** A file in the words of the reference's own tests: length, header, data. */
const fileOf = (length: number, header: string, data = new Uint8Array()) => [
  ...[length, 0, 0, 0, 0, 0, 0, 0],
  ...new TextEncoder().encode(header),
  ...data,
]

describe('a file that the reference implementation wrote of tensors of PyTorch', () => {
  it.each(files)('%s: holds the names, dtypes, shapes and every number that PyTorch had', (name, content) => {
    const { tensors, metadata } = decodeSafetensors(readFile(name))
    expect(metadata).toEqual(content.metadata)
    const expected = Object.entries(content.tensors)
      .map(([name, { dtype, shape, data }]) => [name, dtype, shape, data.map(Number)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    expect(describeTensors(tensors)).toEqual(expected)
  })

  it.each(files.filter(([name]) => name !== 'half'))(
    '%s: is written again byte for byte, from names in any order',
    name => {
      const bytes = readFile(name)
      const { tensors, metadata } = decodeSafetensors(bytes)
      const names = Object.keys(tensors)
      for (const order of [names, names.toReversed(), names.toSorted()]) {
        const shuffled = Object.fromEntries(order.map(name => [name, tensors[name]]))
        expect(text(encodeSafetensors(shuffled, metadata))).toBe(text(bytes))
        expect([...encodeSafetensors(shuffled, metadata)]).toEqual([...bytes])
      }
    },
  )

  it("gives a network PyTorch's weights, and with them PyTorch's outputs to 1e-12", () => {
    const net = new RNN({ inputSize: 2, hiddenSize: 3, seed: 1 })
    net.loadStateDict(decodeSafetensors(readFile('rnn')).tensors)
    const { output } = net.forward(toTensor(golden.rnn.x))
    expect(output.maxAbsDifference(toTensor(golden.rnn.y))).toBeLessThan(1e-12)
  })
})

describe("the reference implementation's own unit tests (safetensors/src/tensor.rs, Apache-2.0)", () => {
  const ramp = [0, 1, 2, 3, 4, 5]
  it.each([
    ['no tensor', {}, undefined, fileOf(8, '{}      ')],
    ['only metadata', {}, { framework: 'pt' }, fileOf(40, '{"__metadata__":{"framework":"pt"}}     ')],
    [
      'a header that needs no padding',
      { 'attn.0': new Tensor(ramp, [1, 2, 3], 'float32') },
      undefined,
      fileOf(64, '{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}', littleEndian(...ramp)),
    ],
    [
      'a header that needs padding',
      { attn0: new Tensor(ramp, [1, 1, 2, 3], 'float32') },
      undefined,
      fileOf(
        72,
        '{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       ',
        littleEndian(...ramp),
      ),
    ],
  ])('%s: the same bytes', (_, tensors, metadata, bytes) => {
    expect([...encodeSafetensors(tensors, metadata)]).toEqual(bytes)
    expect(describeTensors(decodeSafetensors(Uint8Array.from(bytes)).tensors)).toEqual(
      describeTensors(tensors),
    )
  })

  it('white space of every kind may follow the header', () => {
    const empty = { tensors: {}, metadata: {} }
    expect(decodeSafetensors(Uint8Array.from(fileOf(6, '{}\r \t\n')))).toEqual(empty)
  })
})

const special = fc.constantFrom(0, -0, Infinity, -Infinity, Number.NaN, 5e-324, 1e-45)
const numbers = fc.oneof(fc.double(), special)
const tensors = fc
  .tuple(fc.array(fc.nat(3), { maxLength: 4 }), fc.constantFrom('float64' as const, 'float32' as const))
  .chain(([shape, dtype]) => {
    const n = shape.reduce((product, size) => product * size, 1)
    return fc.array(numbers, { minLength: n, maxLength: n }).map(data => new Tensor(data, shape, dtype))
  })
const names = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '', '0', '10', '\ue000', '\u{1f600}', 'weight_ih_l0'),
)
const dictionaries = <T>(values: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(fc.tuple(names, values), { selector: ([name]) => name, maxLength: 6 })
    .map(entries => Object.fromEntries(entries) as Record<string, T>)

describe('encode and decode', () => {
  it('undo each other: every number (-0, NaN, infinite), scalars, empty tensors, any name, any metadata', () => {
    always(
      fc.property(dictionaries(tensors), dictionaries(names), (state, metadata) => {
        const decoded = decodeSafetensors(encodeSafetensors(state, metadata))
        expect(describeTensors(decoded.tensors)).toEqual(describeTensors(state))
        expect(Object.entries(decoded.metadata).toSorted()).toEqual(Object.entries(metadata).toSorted())
      }),
      300,
    )
  })

  it('give the same bytes whatever the order of names, in tensors and in metadata', () => {
    always(
      fc.property(dictionaries(tensors), dictionaries(names), (state, metadata) => {
        const reversed = <T>(record: Record<string, T>): Record<string, T> =>
          Object.fromEntries(Object.entries(record).toReversed())
        const bytes = encodeSafetensors(state, metadata)
        expect(encodeSafetensors(reversed(state), reversed(metadata))).toEqual(bytes)
      }),
    )
  })

  it('data begin at a multiple of 8, each tensor at a multiple of its numbers', () => {
    always(
      fc.property(dictionaries(tensors), state => {
        const bytes = encodeSafetensors(state)
        const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
        expect(length % 8).toBe(0)
        const header = JSON.parse(text(bytes.subarray(8, 8 + length)))
        for (const name of Object.keys(header)) {
          const [begin] = header[name].data_offsets
          expect(begin % (header[name].dtype === 'F64' ? 8 : 4)).toBe(0)
        }
      }),
    )
  })

  it('share no memory, and do not mind where in a buffer the bytes lie', () => {
    const bytes = encodeSafetensors({ W: Tensor.from([1, 2]) })
    for (const start of [0, 1, 3, 8]) {
      const larger = new Uint8Array(bytes.length + 20).fill(255)
      larger.set(bytes, start)
      const { W } = decodeSafetensors(larger.subarray(start, start + bytes.length)).tensors
      larger.fill(0)
      expect(W.toArray()).toEqual([1, 2])
    }
  })

  it('read fields and tensors in any order, spread over lines, and data that are not aligned', () => {
    const header = `{
      "b": { "data_offsets": [4, 8], "shape": [ ], "dtype": "F32" },
      "\\u0061": { "shape": [1, 1], "dtype": "F32", "data_offsets": [0, 4] } }`
    const { tensors } = decodeSafetensors(Uint8Array.from(fileOf(header.length, header, littleEndian(1, 2))))
    expect(Object.keys(tensors)).toEqual(['b', 'a'])
    expect([tensors.a.toArray(), tensors.b.toArray()]).toEqual([[[1]], 2])
  })

  it('widen every one of the 65,536 numbers of either 16-bit kind exactly', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, k) => k)
    const read = (dtype: string) => {
      const header = `{"x":{"dtype":"${dtype}","shape":[65536],"data_offsets":[0,131072]}}`
      const bytes = fileOf(header.length, header, new Uint8Array(bits.buffer))
      return [...decodeSafetensors(Uint8Array.from(bytes)).tensors.x.data]
    }
    const float = (word: number) => new Float32Array(Uint32Array.of(word).buffer)[0]
    expect(read('BF16')).toEqual(Array.from(bits, b => float(b << 16)))
    // 3 more bits of exponent and 13 of fraction make a float32 that is 2^112 times too small, also without exponent.
    const half = (b: number) => {
      const size =
        (b & 0x7c00) === 0x7c00 ? float(((b & 0x7fff) << 13) | 0x7f800000) : float((b & 0x7fff) << 13)
      return (b & 0x8000 ? -1 : 1) * size * 2 ** 112
    }
    expect(read('F16')).toEqual(Array.from(bits, half))
  })

  it.each<[string, () => unknown, string]>([
    [
      "the metadata's name",
      () => encodeSafetensors({ __metadata__: Tensor.from([1]) }),
      "RangeError: a tensor is called __metadata__, expected another name: that one is the metadata's",
    ],
    [
      'metadata that are no text',
      () => encodeSafetensors({}, { epoch: 3 } as unknown as Record<string, string>),
      'TypeError: metadata "epoch" is 3, expected a string',
    ],
    [
      'half a character in a name',
      () => encodeSafetensors({ 'a\ud800': Tensor.from([1]) }),
      'RangeError: expected text without lone surrogates, got "a\\ud800"',
    ],
    [
      'half a character in metadata',
      () => encodeSafetensors({}, { a: '\udc00' }),
      'RangeError: expected text without lone surrogates, got "\\udc00"',
    ],
    [
      'what is no bytes',
      () => decodeSafetensors(new ArrayBuffer(8) as unknown as Uint8Array),
      'TypeError: bytes is ArrayBuffer, expected Uint8Array',
    ],
  ])('refuse %s', (_, misuse, message) => expect(complaintOf(misuse)).toBe(message))
})

describe('loadStateDict from a file', () => {
  const shapes = { weight_ih_l0: [12, 2], weight_hh_l0: [12, 3], bias_ih_l0: [12], bias_hh_l0: [12] }
  const second = { weight_ih_l1: [12, 3], weight_hh_l1: [12, 3], bias_ih_l1: [12], bias_hh_l1: [12] }

  it("fills the parameters of PyTorch's two layers of LSTM with its numbers", () => {
    const params = new Params({ ...shapes, ...second }, 'float32')
    params.loadStateDict(decodeSafetensors(readFile('lstm')).tensors)
    const expected = golden.files.lstm.tensors.weight_hh_l1.data
    expect([...params.value('weight_hh_l1').data]).toEqual(expected)
  })

  it('takes nothing over if names are missing or too many, or a shape differs', () => {
    const { tensors } = decodeSafetensors(readFile('lstm'))
    const one = new Params(shapes)
    expect(complaintOf(() => one.loadStateDict(tensors))).toBe(
      'RangeError: unknown parameter: bias_hh_l1, unknown parameter: bias_ih_l1, ' +
        'unknown parameter: weight_hh_l1, unknown parameter: weight_ih_l1; ' +
        'expected weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0',
    )
    const three = new Params({ ...shapes, ...second, weight_ih_l2: [12, 3] })
    expect(complaintOf(() => three.loadStateDict(tensors))).toContain(
      'RangeError: missing parameter weight_ih_l2; expected ',
    )
    const other = new Params({ ...shapes, ...second, bias_hh_l1: [9] })
    expect(complaintOf(() => other.loadStateDict(tensors))).toBe(
      'RangeError: bias_hh_l1 has shape [12], expected [9]',
    )
    for (const params of [one, three, other]) expect(params.values.every(v => v === 0)).toBe(true)
  })

  it('gives a network saved and loaded the very outputs that it had', () => {
    const [net, copy] = [1, 2].map(seed => new RNN({ inputSize: 2, hiddenSize: 3, dtype: 'float32', seed }))
    copy.loadStateDict(decodeSafetensors(encodeSafetensors(net.stateDict())).tensors)
    const x = new Tensor([1, -1, 0.5, 2], [1, 2, 2], 'float32')
    expect(copy.forward(x).output.equals(net.forward(x).output)).toBe(true)
  })
})
