/** One cell, step by step through PyTorch's sequences: one layer, one direction. */
import { expect } from 'vitest'
import { type CellParams, relativeError, Tensor, zerosLike } from '../../../src/rnn/index.ts'
import { type Numbers, readGolden, type SequenceCase, tensor } from '../golden.ts'

/** A cell whose state is any number of vectors: [h] or [h, c]. */
export interface Stepper<Tape extends { readonly h: Tensor }> {
  readonly forward: (p: CellParams, x: Tensor, state: readonly Tensor[]) => Tape
  readonly stateOf: (tape: Tape) => readonly Tensor[]
  readonly backward: (
    p: CellParams,
    tape: Tape,
    dState: readonly Tensor[],
    grad: CellParams,
  ) => { readonly dx: Tensor; readonly dState: readonly Tensor[] }
}

/** The cases within reach of one cell; none where no file has any. */
export function pytorchCases(kind: string): SequenceCase[] {
  const isInReach = (c: SequenceCase) => c.kind === kind && c.num_layers === 1 && !c.bidirectional
  return readGolden<{ rnn: SequenceCase[] }>('rnn.json').flatMap(([source, { rnn }]) =>
    rnn.filter(isInReach).map(c => ({ ...c, name: `${source} ${c.name}` })),
  )
}

/** Values to 1e-12, gradients to 1e-10: of the weights, of x and of each part of the first state. */
export function holdToPyTorch<Tape extends { readonly h: Tensor }>(
  c: SequenceCase,
  cell: Stepper<Tape>,
): void {
  const p = toCellParams(c.weights)
  const grad = zerosLike(p)
  const [start, end, dEnd, dStart] = [
    [c.h0, c.c0],
    [c.hn, c.cn],
    [c.wh, c.wc],
    [c.grad.h0, c.grad.c0],
  ].map(parts => parts.filter(part => part !== undefined).map(part => tensor(part).row(0)))
  for (const [b, x] of tensor(c.x).rows().entries()) {
    const T = c.lengths?.[b] ?? x.shape[0]
    const ofSequence = (parts: Tensor[]) => parts.map(part => part.row(b))
    const run = throughTime(cell, p, x.slice(0, T), ofSequence(start))
    expect(run.h.maxAbsDifference(tensor(c.y).row(b).slice(0, T)), 'h').toBeLessThan(1e-12)
    for (const [k, part] of run.end.entries())
      expect(part.maxAbsDifference(end[k].row(b)), `end ${k}`).toBeLessThan(1e-12)

    const dh = tensor(c.wy).row(b).slice(0, T).add(run.h)
    const back = backThroughTime(cell, p, run.tapes, dh, ofSequence(dEnd), grad)
    expect(relativeError(back.dx, tensor(c.grad.x).row(b).slice(0, T)), 'dx').toBeLessThan(1e-10)
    for (const [k, part] of back.dStart.entries())
      expect(relativeError(part, dStart[k].row(b)), `dStart ${k}`).toBeLessThan(1e-10)
  }
  const expected = toCellParams(c.grad.weights)
  for (const name of ['W_ih', 'W_hh', ...(c.bias ? (['b_ih', 'b_hh'] as const) : [])] as const)
    expect(relativeError(grad[name], expected[name]), name).toBeLessThan(1e-10)
}

function throughTime<Tape extends { readonly h: Tensor }>(
  cell: Stepper<Tape>,
  p: CellParams,
  x: Tensor,
  start: readonly Tensor[],
) {
  let end = start
  const tapes = x.rows().map(step => {
    const tape = cell.forward(p, step, end)
    end = cell.stateOf(tape)
    return tape
  })
  return { tapes, end, h: Tensor.stack(tapes.map(tape => tape.h)) }
}

/** dh (T, H): from the loss at each step alone. */
function backThroughTime<Tape extends { readonly h: Tensor }>(
  cell: Stepper<Tape>,
  p: CellParams,
  tapes: readonly Tape[],
  dh: Tensor,
  dEnd: readonly Tensor[],
  grad: CellParams,
) {
  let dStart = dEnd
  const dx: Tensor[] = []
  for (let t = tapes.length - 1; t >= 0; t--) {
    const [dhNext, ...rest] = dStart
    const step = cell.backward(p, tapes[t], [dhNext.add(dh.row(t)), ...rest], grad)
    dx.unshift(step.dx)
    dStart = step.dState
  }
  return { dx: Tensor.stack(dx), dStart }
}

/** Without biases they are 0. */
function toCellParams(named: Readonly<Record<string, Numbers>>): CellParams {
  const [W_ih, W_hh] = [tensor(named.weight_ih_l0), tensor(named.weight_hh_l0)]
  const bias = (numbers?: Numbers) => (numbers ? tensor(numbers) : Tensor.zeros([W_ih.shape[0]]))
  return { W_ih, W_hh, b_ih: bias(named.bias_ih_l0), b_hh: bias(named.bias_hh_l0) }
}
