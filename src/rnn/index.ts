/** `unroll/rnn`: recurrent networks to learn from. Arrays in, arrays out; runs in Node and in the browser. */

export { type FlowPoint, gradientFlow } from './analysis/flow.ts'
export {
  type DifferenceOptions,
  gradientErrors,
  numericGradient,
  numericGradients,
  numericJacobian,
  relativeError,
} from './analysis/gradcheck.ts'
export { type InfluenceOptions, influenceMap, inputJacobian } from './analysis/influence.ts'
export { stateJacobian, stepJacobian, stepJacobians } from './analysis/jacobian.ts'
export { type LyapunovOptions, lyapunovExponents } from './analysis/lyapunov.ts'
export { type MemoryCurve, type MemoryOptions, memoryCapacity } from './analysis/memory.ts'
export {
  networkJacobians,
  type ReadOut,
  type Recurrent,
  type RecurrentState,
  type SequenceMap,
} from './analysis/recurrent.ts'
export { type Saturation, saturation } from './analysis/saturation.ts'
export {
  type Complex,
  eigenvalues,
  singularSpectra,
  singularValues,
  spectralRadius,
} from './analysis/spectrum.ts'
export { addOuter, addTo, largestSingularValue } from './array/linalg.ts'
export type { Nested } from './array/nested.ts'
export type { DType, Numbers } from './array/numbers.ts'
export { Random, type RandomState } from './array/random.ts'
export type { Shape } from './array/shape.ts'
export { sigmoid, sigmoidSlope } from './array/sigmoid.ts'
export { Tensor } from './array/tensor.ts'
export { type CellParams, type StepGradients, type StepTape, zerosLike } from './cell/cell.ts'
export { elmanBackward, elmanForward, type Nonlinearity, nonlinearities } from './cell/elman.ts'
export { type GruGradients, type GruTape, gruBackward, gruForward } from './cell/gru.ts'
export { type LstmGradients, type LstmTape, lstmBackward, lstmForward } from './cell/lstm.ts'
export { powerSpectrum } from './features/fourier.ts'
export { frames, type WindowName, windows } from './features/frames.ts'
export {
  hertzToMel,
  logMelSpectrogram,
  type MelOptions,
  melFilterBank,
  melSpectrogram,
  melToHertz,
} from './features/mel.ts'
export { dct, type MfccOptions, mfcc } from './features/mfcc.ts'
export {
  bucketByLength,
  oneHot,
  type PaddedSequences,
  padSequences,
} from './features/sequences.ts'
export { characters, words } from './features/tokens.ts'
export { Vocabulary, type VocabularyOptions } from './features/vocabulary.ts'
export {
  currentKernel,
  hasFusedMultiplyAdd,
  type KernelName,
  useKernel,
  useThreads,
} from './kernel/kernel.ts'
export { absoluteError } from './loss/absoluteError.ts'
export { binaryCrossEntropy } from './loss/binaryCrossEntropy.ts'
export { CRF, type CRFLossOptions, type CRFOptions } from './loss/crf.ts'
export { type CrossEntropyOptions, crossEntropy } from './loss/crossEntropy.ts'
export { type CtcOptions, ctc, ctcGreedyDecode } from './loss/ctc.ts'
export { huber, smoothL1 } from './loss/huber.ts'
export type { Loss, Reduction } from './loss/loss.ts'
export type { Labels } from './loss/sequences.ts'
export { squaredError } from './loss/squaredError.ts'
export { dropoutMask } from './net/dropout.ts'
export { Embedding, type EmbeddingOptions } from './net/embedding.ts'
export { GRU } from './net/gru.ts'
export { Linear, type LinearOptions } from './net/linear.ts'
export { LinearRNN } from './net/linearRnn.ts'
export { LSTM, type LSTMBackwardOptions, type LSTMForwardOptions } from './net/lstm.ts'
export { MinGRU } from './net/minGru.ts'
export { RecurrentNetwork, type Which } from './net/network.ts'
export type {
  BackwardOptions,
  FilledOptions,
  ForwardOptions,
  NetworkOptions,
  RNNConfig,
  RNNOptions,
} from './net/options.ts'
export { RNN } from './net/rnn.ts'
export {
  linearRecurrence,
  linearRecurrenceBackward,
  type RecurrenceGradients,
  type RecurrenceOptions,
  type RecurrenceStates,
  type ScanMode,
  type ScanOptions,
  scanDepth,
} from './net/scan.ts'
export type {
  ScanNetBackwardOptions,
  ScanNetConfig,
  ScanNetForwardOptions,
  ScanNetOptions,
} from './net/scanNet.ts'
export { type UntiedOptions, UntiedRNN } from './net/untied.ts'
export { slidingWindow } from './net/window.ts'
export { type AdagradOptions, adagrad } from './optim/adagrad.ts'
export { type AdamOptions, adam, adamW } from './optim/adam.ts'
export {
  type ClipNormOptions,
  clipByNorm,
  clipByValue,
  clipNorm,
  clipValue,
  gradientNorm,
} from './optim/clip.ts'
export { chain, type LearningRate, type Optimizer, type OptimizerState } from './optim/optimizer.ts'
export { type RmspropOptions, rmsprop } from './optim/rmsprop.ts'
export {
  cosineDecay,
  exponentialDecay,
  inTurn,
  linearWarmup,
  oneCycle,
  type Schedule,
  stepDecay,
} from './optim/schedule.ts'
export { type SgdOptions, sgd } from './optim/sgd.ts'
export {
  type GainName,
  gainOf,
  gaussianInit,
  identityInit,
  type KaimingOptions,
  kaimingNormalInit,
  kaimingUniformInit,
  orthogonalInit,
  perGate,
  uniformInit,
  type XavierOptions,
  xavierNormalInit,
  xavierUniformInit,
} from './params/init.ts'
export { Params, type StateDict } from './params/params.ts'
export { decodeSafetensors, encodeSafetensors, type SafetensorsContent } from './params/safetensors.ts'
export { addingBaseline, addingProblem } from './tasks/adding.ts'
export { type CopyOptions, copyMemory, copyMemoryBaseline } from './tasks/copyMemory.ts'
export { latch, latchBaseline } from './tasks/latch.ts'
export { majority, majorityBaseline } from './tasks/majority.ts'
export { parity } from './tasks/parity.ts'
export { type Recall, type RecallOptions, recall } from './tasks/recall.ts'
export { type Sentiment, type SentimentOptions, sentiment } from './tasks/sentiment.ts'
export {
  autoregressive,
  autoregressiveVariance,
  randomWalk,
  type Series,
  type SeriesOptions,
} from './tasks/series.ts'
export { Batches, type BatchesOptions, type BatchesState } from './train/batches.ts'
export { type TrainOptions, type TrainResult, train } from './train/loop.ts'
export type { TrainerOptions } from './train/options.ts'
export {
  type AverageOptions,
  averageGradients,
  type ReplicaMemory,
  type ReplicaMemoryOptions,
  replicaMemory,
} from './train/replicas.ts'
export type { TrainBest, TrainState } from './train/state.ts'
export { type Stopped, Trainer, type TrainProgress } from './train/trainer.ts'
