/** Numbers that are typed in prose beside the value they speak of: `` `{ts=0.25} ratio` ``. */
import { type Diagnostic, errorAt } from '../base/diagnostic.ts'
import { LineIndex } from '../base/position.ts'
import type { Outputs } from '../run/output.ts'
import type { Chapter, InlineExpression } from '../source/chapter.ts'

/** Typed numbers that are not the value, rounded to the digits that are typed. */
export function compareTyped({ file, text, inlines }: Chapter, outputs: Outputs): readonly Diagnostic[] {
  const index = new LineIndex(text)
  return inlines.flatMap(inline => {
    const value = outputs.inlines[inline.index]
    const problem =
      inline.typed === undefined || value === undefined ? undefined : differs(inline, inline.typed, value)
    return problem ? [errorAt(file, index, inline.outer, { rule: 'typed-differs', ...problem })] : []
  })
}

function differs(
  { code }: InlineExpression,
  typed: string,
  value: string,
): { message: string; help: string } | undefined {
  const got = numberOf(value)
  if (Number.isNaN(got.value))
    return {
      message: `${typed} is typed, but \`${code}\` is ${JSON.stringify(value)}, which is no number`,
      help: 'Write an expression that is a number, or leave the typed one out.',
    }
  const said = numberOf(typed)
  if (Math.abs(got.value - said.value) <= (said.unit / 2) * (1 + 1e-9)) return undefined
  const decimals = /\.(\d+)/.exec(typed)?.[1].length ?? 0
  const shown = typed.endsWith('%') ? `${(got.value * 100).toFixed(decimals)}%` : got.value.toFixed(decimals)
  const help = /e/i.test(typed)
    ? `It is ${got.value.toExponential(decimals)}.`
    : `To as many digits it is ${shown}.`
  return { message: `${typed} is typed, but \`${code}\` is ${value}`, help }
}

/** A number, and what one step of its last digit is worth. */
function numberOf(text: string): { readonly value: number; readonly unit: number } {
  const plain = text
    .trim()
    .replace(/^[−–]/, '-')
    .replace(/[,_ ](?=\d{3})/g, '')
  const scale = plain.endsWith('%') ? 0.01 : 1
  const digits = plain.replace(/%$/, '')
  const [, fraction = ''] = /\.(\d+)/.exec(digits) ?? []
  const [, exponent = '0'] = /e([-+]?\d+)$/i.exec(digits) ?? []
  const value = digits === '' ? Number.NaN : Number(digits)
  return { value: value * scale, unit: 10 ** (Number(exponent) - fraction.length) * scale }
}
