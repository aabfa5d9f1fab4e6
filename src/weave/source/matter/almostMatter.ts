/** Heads that look like front matter and are none: in a comment, in a code block, between other signs, of other tools. */
import { type Form, type FoundMatter, fault } from './matterForm.ts'
import {
  findLine,
  isAlmostFence,
  isKeyLine,
  isMatterRun,
  isTelling,
  type Line,
  lineAt,
  linesOf,
} from './matterLines.ts'

/** Front matter in an HTML comment is read by nobody. */
function comment(mark: string, open: Line, text: string): FoundMatter | undefined {
  const end = mark.startsWith('<!--') ? text.indexOf('-->', open.start) : -1
  if (end === -1) return undefined
  const inside = text.slice(text.indexOf('<!--', open.start) + 4, end).split('\n')
  const lines = inside.filter(l => l.trim() !== '' && !/^(-{3,}|\+{3,}|;{3,}|\.{3})$/.test(l.trim()))
  if (!isMatterRun(lines)) return undefined
  const problem = fault(
    open,
    'front-matter-commented',
    'this comment looks like front matter, and is not read',
    'Take it out of `<!-- -->`, between two lines `---`; or remove it.',
  )
  return { bodyStart: 0, problems: [{ ...problem, severity: 'warning' }] }
}

/** Front matter in a code block is shown, not read. */
function fenced(mark: string, open: Line, text: string): FoundMatter | undefined {
  if (!/^(`{3,}|~{3,})\s*(ya?ml|toml|markdown|md|frontmatter)?$/i.test(mark)) return undefined
  const first = lineAt(text, open.next)
  if (!first || !/^(-{3}|\+{3})\s*$/.test(first.text)) return undefined
  const close = findLine(text, first.next, line => line.trim() === first.text.trim())
  if (!close || !isMatterRun(linesOf(text, first.next, close.start).map(l => l.text))) return undefined
  const message = 'this code block looks like front matter, and is not read'
  const help =
    'Take it out of the code block. If the chapter shows it, let the chapter begin with a sentence.'
  return {
    bodyStart: 0,
    problems: [{ ...fault(open, 'front-matter-fenced', message, help), severity: 'warning' }],
  }
}

/** A fence of other signs: `--`, `***`, `———` of an editor that improves dashes. */
function otherFence(mark: string, open: Line, text: string): FoundMatter | undefined {
  if (!isAlmostFence(mark)) return undefined
  const first = lineAt(text, open.next)
  if (!first || !isKeyLine(first.text) || !isTelling(first.text)) return undefined
  const fence = /=/.test(first.text.split(':')[0]) ? '+++' : '---'
  return {
    bodyStart: 0,
    problems: [
      fault(
        open,
        'front-matter-fence',
        `front matter begins with \`${fence}\`, got \`${mark}\``,
        `Write \`${fence}\` on the line above and on the line below \`${first.text.trim()}\` and what belongs to it.`,
      ),
    ],
  }
}

/** Titles as Pandoc and Org write them. */
function otherTools(mark: string, open: Line): FoundMatter | undefined {
  const tool = /^%\s+\S/.test(mark)
    ? 'a title block of Pandoc'
    : /^#\+[A-Za-z_]+:/.test(mark)
      ? 'a keyword of Org'
      : undefined
  if (!tool) return undefined
  const help = 'Write front matter: `---`, `title: …`, `---` on lines of their own.'
  return { bodyStart: 0, problems: [fault(open, 'front-matter-fence', `${tool} is not read here`, help)] }
}

export const almostForms: readonly Form[] = [comment, fenced, otherFence, otherTools]
