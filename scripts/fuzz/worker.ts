/** A process that examines documents: it may be killed when one takes too long, and may die of one. [edge: processes] */
import { createTypeChecker } from '../../src/weave/program/types.ts'
import { examine, type Finding } from './examine.ts'

export interface Task {
  readonly text: string
  readonly types: boolean
}

export interface Examined {
  readonly finding: Finding | undefined
  readonly milliseconds: number
}

const root = process.cwd()
const checker = createTypeChecker({ root, content: `${root}/content` })

process.on('message', async ({ text, types }: Task) => {
  const began = performance.now()
  const finding = await examine(text, root, types ? checker : undefined)
  process.send?.({ finding, milliseconds: performance.now() - began } satisfies Examined)
})
process.on('disconnect', () => process.exit())
// The first check of types starts the compiler: that is no document's doing.
await examine('```ts exec\nconst a = 1\na\n```\n\n$x$\n', root, checker)
process.send?.('ready')
