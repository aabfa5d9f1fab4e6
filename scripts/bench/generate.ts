/** A book of as many chapters as one likes, each with its own text: what the pipeline is timed on. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Six sections, 12 inline and 6 display formulas, 5 cells and a table, like a real chapter's. */
export function generatedChapter(n: number, info = 'ts exec'): string {
  const sections = Array.from({ length: 6 }, (_, s) => {
    const k = n * 6 + s
    const cell =
      s < 5
        ? [
            `\`\`\`${info}`,
            `const scale${s} = ${(1 + k / 7).toFixed(4)}`,
            `const states${s}: number[] = [0]`,
            `for (let t = 1; t <= 20; t++) states${s}.push(Math.tanh(0.9 * states${s}[t - 1] + scale${s} / t))`,
            `console.log('chapter ${n}, section ${s}:', states${s}.at(-1)!.toFixed(6))`,
            '```',
          ]
        : [
            '| step | weight | state |',
            '|---|---|---|',
            ...[1, 2, 3, 4].map(t => `| ${t} | ${k + t} | ${k * t} |`),
          ]
    return [
      `## 第 ${s + 1} 节：状态 ${k}`,
      '',
      `循环网络在时刻 $t_{${k}}$ 读入 $x_{${k}}$，把它与上一时刻的状态合在一起。这一段是第 ${n} 章的第 ${s + 1} 节，它和别的段落都不相同。`,
      '',
      `$$h_{${k}} = \\tanh\\left(W_{${k}} h_{${k}-1} + U_{${k}} x_{${k}} + b_{${k}}\\right)$$`,
      '',
      ...cell,
      '',
      '状态的范数随时间变化，梯度沿着同一条链往回走，经过的步数越多，相乘的因子越多。',
      '',
    ].join('\n')
  })
  return `---\ntitle: 第 ${n} 篇\norder: ${n}\n---\n\n${sections.join('\n')}`
}

/** One chapter of many cells, each of which uses what the first one has made. */
export function wideChapter(cells: number): string {
  const blocks = Array.from({ length: cells }, (_, i) =>
    [
      `## 第 ${i + 1} 格`,
      '',
      '```ts exec',
      i === 0
        ? 'const data = Array.from({ length: 100 }, (_, i) => Math.sin(i))'
        : `const part${i} = data.map(v => v * ${i})`,
      i === 0 ? 'data.length' : `part${i}.reduce((a, b) => a + b, 0).toFixed(9)`,
      '```',
      '',
    ].join('\n'),
  )
  return `---\ntitle: 许多格\n---\n\n${blocks.join('\n')}`
}

export function chapterName(n: number): string {
  return `${String(n).padStart(4, '0')}-chapter.md`
}

/** Writes chapters 1 to `count` into `folder`. */
export async function writeChapters(folder: string, count: number, info?: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (let n = 1; n <= count; n++) await writeFile(join(folder, chapterName(n)), generatedChapter(n, info))
}
