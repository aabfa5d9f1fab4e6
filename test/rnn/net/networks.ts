/** RNN with either nonlinearity, LSTM and GRU behind one interface, for tests of what holds for all of them. */
import {
  type FilledOptions,
  GRU,
  LSTM,
  type LSTMBackwardOptions,
  type LSTMForwardOptions,
  type NetworkOptions,
  Random,
  type RecurrentNetwork,
  RNN,
  Tensor,
} from '../../../src/rnn/index.ts'
import { gaussian } from '../support.ts'

export const kinds = ['tanh', 'relu', 'LSTM', 'GRU'] as const

export type Kind = (typeof kinds)[number]

export interface Network extends RecurrentNetwork {
  readonly config: FilledOptions
  forward(x: Tensor, options?: LSTMForwardOptions): { output: Tensor; hN: Tensor; cN?: Tensor }
  backward(options?: LSTMBackwardOptions): { dx: Tensor; dh0: Tensor; dc0?: Tensor }
  tape(t: number, b?: number): object
}

export function networkOf(kind: Kind, options: NetworkOptions): Network {
  if (kind === 'LSTM') return new LSTM(options)
  if (kind === 'GRU') return new GRU(options)
  return new RNN({ ...options, nonlinearity: kind })
}

/** What a forward and a backward may be given; all in the network's dtype. */
export interface Given {
  readonly x: Tensor
  readonly h0: Tensor
  readonly c0?: Tensor
  readonly dOutput: Tensor
  readonly dHN: Tensor
  readonly dCN?: Tensor
}

/** Gaussian numbers for B sequences of T steps, batch first. */
export function givenFor(net: Network, { B, T, seed }: { B: number; T: number; seed: number }): Given {
  const { inputSize, hiddenSize: H, numLayers, bidirectional, dtype } = net.config
  const D = bidirectional ? 2 : 1
  const random = new Random(seed)
  const draw = (...shape: number[]) => gaussian(random, shape).astype(dtype)
  const given = {
    x: draw(B, T, inputSize),
    h0: draw(D * numLayers, B, H),
    dOutput: draw(B, T, D * H),
    dHN: draw(D * numLayers, B, H),
  }
  if (!(net instanceof LSTM)) return given
  return { ...given, c0: draw(D * numLayers, B, H), dCN: draw(D * numLayers, B, H) }
}

/** All that one forward and one backward give, the parameters' gradients by name among them. */
export function runOf(
  net: Network,
  { x, h0, c0, dOutput, dHN, dCN }: Given,
  { lengths, truncate }: { lengths?: readonly number[]; truncate?: number } = {},
): Record<string, Tensor> {
  const forward = net.forward(x, { h0, c0, lengths })
  const backward = net.backward({ dOutput, dHN, dCN, truncate })
  return { ...forward, ...backward, ...net.gradients() }
}

/** The entries of one axis in another order. */
export function reorder(t: Tensor, axis: number, order: readonly number[]): Tensor {
  const axes = t.shape.map((_, i) => i)
  const swapped = [axis, ...axes.filter(i => i !== axis)]
  const back = axes.map(i => swapped.indexOf(i))
  return Tensor.stack(order.map(i => t.permute(swapped).row(i))).permute(back)
}
