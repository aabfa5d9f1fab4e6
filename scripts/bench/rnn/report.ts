/** Times → tables for people to read. */
import { type CaseTimes, type MeasureTimes, nameOf, type SetupTimes, type Times } from './cases.ts'
import { type DenormalTimes, size } from './denormals.ts'
import { modelTime, type Rates, trainFlops } from './model.ts'
import { type Bound, boundsOf, denormalBound, isMet, type Quantity, quantities, ratiosOf } from './targets.ts'
import type { TorchEnvironment } from './torch.ts'

/** Best times, and medians in brackets. */
export function caseTables(cases: readonly CaseTimes[], rates: Rates): string[] {
  const rows = (cells: (times: CaseTimes) => readonly string[]) =>
    cases.map(t => [nameOf(t.case), ...cells(t)])
  const judged = (times: CaseTimes, ...names: Quantity[]) =>
    names.map(name => verdict(ratiosOf(times, rates)[name], boundsOf(times.case)[name]))
  const tables = [
    table(
      ['one thread, ms', 'forward', 'train', 'GFLOP/s', 'of peak', 'model', 'train / model', 'of a core'],
      rows(times => {
        const speed = trainFlops(times.case) / times.ours.plain1!.train.best / 1e6
        const model = milliseconds(modelTime(times.case, rates))
        return [
          ...[...pair(times.ours.plain1), speed.toFixed(1), percent(speed / rates.gflops)],
          ...[model, ...judged(times, 'model'), share(times.ours.plain1)],
        ]
      }),
    ),
    table(
      ['two threads, ms', 'forward', 'train', 'speed-up', 'FMA: forward', 'FMA: train', 'of each core'],
      rows(t => [
        ...pair(t.ours.plain2),
        verdict(over(t.ours.plain1?.train, t.ours.plain2?.train)),
        ...pair(t.ours.fused2),
        share(t.ours.plain2),
      ]),
    ),
    table(
      ['two replicas, ms', 'train', 'speed-up', 'better of both'],
      rows(t => [
        t.replicas ? text(t.replicas) : '–',
        verdict(over(t.ours.plain1?.train, t.replicas)),
        ...judged(t, 'speedUp'),
      ]),
    ),
  ]
  if (!cases.some(times => times.torch)) return tables
  return [
    ...tables,
    table(
      ['PyTorch, ms', 'forward, 1 thread', 'train, 1 thread', 'forward, 2 threads', 'train, 2 threads'],
      rows(times => [...pair(times.torch?.[1]), ...pair(times.torch?.[2])]),
    ),
    table(
      ['ours / PyTorch', 'forward 1', 'forward 2', 'train 1', 'train 2', 'train 2, FMA'],
      rows(times => {
        const { plain1, plain2 } = times.ours
        return [
          verdict(over(plain1?.forward, times.torch?.[1].forward)),
          verdict(over(plain2?.forward, times.torch?.[2].forward)),
          ...judged(times, 'torch1', 'torch2', 'torchFused2'),
        ]
      }),
    ),
  ]
}

/** A warning, or nothing. */
export function noiseLine(cases: readonly CaseTimes[]): string {
  // A single sequence leaves the second thread without work.
  const disturbed = cases.filter(({ case: { B }, ours: { plain1, plain2 } }) =>
    [plain1, B > 1 ? plain2 : undefined].some(times => times && times.coreShare < 0.95),
  ).length
  if (disturbed === 0) return ''
  return `others were at work during ${disturbed} of ${cases.length} cases: where we had less than 95 % of a core, times are too long`
}

export function denormalLine({ vanishing, steady }: DenormalTimes): string {
  const { H, B, T } = size
  const ratio = verdict(vanishing.best / steady.best, denormalBound).trim()
  return `RNN ${[H, B, T].join()}, train: ${text(vanishing)} ms where gradients vanish, ${text(steady)} ms where not: ${ratio}`
}

/** A line for each target that is missed. */
export function missedTargets(cases: readonly CaseTimes[], rates: Rates, denormals: DenormalTimes): string[] {
  const missed = cases.flatMap(times => {
    const ratios = ratiosOf(times, rates)
    const bounds = Object.entries(boundsOf(times.case)) as [Quantity, Bound][]
    return bounds.flatMap(([name, bound]) =>
      missLine(nameOf(times.case), quantities[name], ratios[name], bound),
    )
  })
  const { vanishing, steady } = denormals
  const names = ['RNN', 'vanishing gradients / others'] as const
  return [...missed, ...missLine(...names, vanishing.best / steady.best, denormalBound)]
}

export function ratesLine({ gflops, tanh, sigmoid, adam }: Rates, fusedPeak: number | undefined): string {
  const fused = fusedPeak === undefined ? 'no FMA here' : `${fusedPeak.toFixed(1)} with FMA`
  return `kernel, one thread: ${gflops.toFixed(1)} GFLOP/s (${fused}); an element's tanh ${tanh.toFixed(2)} ns, sigmoid ${sigmoid.toFixed(2)} ns; a parameter's Adam ${adam.toFixed(2)} ns`
}

export function torchLine(environment: TorchEnvironment): string {
  const { torch, python, blas, cpuCapability, flushDenormal, setting, warning } = environment
  const variables = Object.entries(setting).flatMap(([name, value]) =>
    value === null ? [] : `${name}=${value}`,
  )
  return [
    `PyTorch ${torch}, Python ${python}, ${blas}, ${cpuCapability}`,
    flushDenormal ? 'flushes denormals' : 'does not flush denormals',
    variables.join(' ') || 'no variables set',
    ...(warning ? [warning] : []),
  ].join('; ')
}

/** Columns under their heads: the first to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows]
  const widths = head.map((_, i) => Math.max(...lines.map(cells => cells[i].length)))
  const pad = (cell: string, i: number) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))
  return lines.map(cells => cells.map(pad).join('   ').trimEnd()).join('\n')
}

function missLine(who: string, what: string, value: number | undefined, bound: Bound): string[] {
  if (value === undefined || isMet(value, bound)) return []
  return [`${who}: ${what} is ${value.toFixed(2)}, expected ${bound.join(' ')}`]
}

function pair(times: MeasureTimes | undefined): [string, string] {
  return times ? [text(times.forward), text(times.train)] : ['–', '–']
}

function over(a?: Times, b?: Times): number | undefined {
  return a && b ? a.best / b.best : undefined
}

/** `1.22 ✗`, or the number alone where nothing is expected of it. */
function verdict(value: number | undefined, bound?: Bound): string {
  if (value === undefined) return '–  '
  return `${value.toFixed(2)} ${bound ? (isMet(value, bound) ? '✓' : '✗') : ' '}`
}

/** `1.23 (1.30)` */
function text({ best, median }: Times): string {
  return `${milliseconds(best)} (${milliseconds(median)})`
}

function share(times: SetupTimes | undefined): string {
  return times ? percent(times.coreShare) : '–'
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}

function milliseconds(n: number): string {
  return n < 100 ? n.toPrecision(3) : n.toFixed(0)
}
