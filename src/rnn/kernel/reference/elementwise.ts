/** Functions of single numbers over whole arrays. */
import * as activation from '../activation.ts'
import { numbersOf, type Operand } from '../workspace.ts'

export function tanh(to: Operand, from: Operand, n: number): void {
  apply(activation.tanh, to, from, n)
}

export function sigmoid(to: Operand, from: Operand, n: number): void {
  apply(activation.sigmoid, to, from, n)
}

function apply(f: (x: number) => number, to: Operand, from: Operand, n: number): void {
  const [y, x] = [numbersOf(to), numbersOf(from)]
  for (let i = 0; i < n; i++) y[i] = f(x[i])
}
