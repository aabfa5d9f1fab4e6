/** Footnotes by markdown-it's plugin: notes without a text, notes that nobody refers to, and notes given twice. */
import type { MarkdownIt } from 'markdown-it'
import { errorAt } from '../../base/diagnostic.ts'
import { consume, type Env, envOf, locate } from './env.ts'
import { footnotePlugin } from './footnotes.ts'
import { nestedPlugin } from './origins.ts'
import { wrapRule } from './rules.ts'

/** What the plugin keeps in the `Env`. */
interface Notes {
  /** By `:label`: the number of the note, -1 while nothing refers to it. */
  readonly refs?: Readonly<Record<string, number>>
}

export function notePlugin(md: MarkdownIt): void {
  md.use(footnotePlugin)
  nestedPlugin(md, 'footnote_inline', 2)
  wrapRule(md.block.ruler, 'footnote_def', rule => (state, startLine, endLine, silent) => {
    const start = state.bMarks[startLine] + state.tShift[startLine]
    const found = rule(state, startLine, endLine, silent)
    if (found && !silent) define(envOf(state), start, state.eMarks[state.line - 1])
    return found
  })
  wrapRule(md.inline.ruler, 'footnote_ref', rule => (state, silent) => {
    const { pos } = state
    const found = rule(state, silent)
    const env = envOf(state)
    if (found && !silent)
      consume(env, 'note', locate(env, state.src, pos), locate(env, state.src, state.pos - 1) + 1)
    return found
  })
  md.core.ruler.after('inline', 'unroll_notes', state => reportUnused(envOf(state)))
}

function define(env: Env, start: number, end: number): void {
  const label = /^\[\^([^\]]+)\]:/.exec(env.index.text.slice(start, end))
  if (!label) return
  const span = { start, end }
  consume(env, 'note', start, start + label[0].length)
  const first = env.notes.get(label[1])
  env.notes.set(label[1], span)
  if (!first) return
  const { line } = env.index.position(start)
  env.diagnostics.push(
    errorAt(env.file, env.index, first, {
      rule: 'note-doubled',
      message: `the note ${label[1]} is given again in line ${line}: this one would not be shown`,
      help: 'Give one of them another label.',
    }),
  )
}

function reportUnused(env: Env): void {
  const { refs = {} } = (env.footnotes ?? {}) as Notes
  for (const [label, span] of env.notes)
    if (refs[`:${label}`] === -1)
      env.diagnostics.push(
        errorAt(env.file, env.index, span, {
          rule: 'note-unused',
          message: `nothing refers to the note ${label}: it would not be shown`,
          help: `Write \`[^${label}]\` where it belongs, or remove it.`,
        }),
      )
}
