/** All K^T sequences of T numbers from 0 to K-1: what the sums over paths are held to. */
export function allPaths(T: number, K: number): number[][] {
  if (T === 0) return [[]]
  return allPaths(T - 1, K).flatMap(path => Array.from({ length: K }, (_, k) => [...path, k]))
}
