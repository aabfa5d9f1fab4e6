/** Sums of probabilities that are kept as logarithms: a product of a thousand of them is below the smallest number. */

/** ln Σ e^aᵢ, without overflow: the largest goes before the sum. -∞ for no summand, or for all -∞. */
export function logSumExp(a: ArrayLike<number>, start = 0, end = a.length): number {
  let max = -Infinity
  for (let i = start; i < end; i++) max = Math.max(max, a[i])
  if (max === -Infinity) return -Infinity
  let sum = 0
  for (let i = start; i < end; i++) sum += Math.exp(a[i] - max)
  return max + Math.log(sum)
}
