/** Math.random with a seed: rerunning a chapter gives the same numbers. */

/** The same in every chapter, so that a chapter and its translation draw the same numbers. */
export const chapterSeed = 0x5eed

/** sfc32, by Chris Doty-Humphrey (PractRand), 32 bits of resolution; `seed` fills its state. */
export function seededRandom(seed: number): () => number {
  let a = 0x9e3779b9
  let b = 0x243f6a88
  let c = seed | 0
  let counter = 1
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + t) | 0
    return (t >>> 0) / 4294967296
  }
  for (let i = 0; i < 15; i++) next()
  return next
}
