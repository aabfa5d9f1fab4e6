/** Chapters and diagnostics → JUnit's XML: a suite for each chapter, a case for each cell and one for the text. */
import type { Diagnostic } from '../base/diagnostic.ts'
import { LineIndex } from '../base/position.ts'
import type { Chapter } from '../source/chapter.ts'
import { runningCells } from '../source/running.ts'

export interface JunitOptions {
  readonly seconds: number
}

export function toJunit(
  chapters: readonly Chapter[],
  diagnostics: readonly Diagnostic[],
  { seconds }: JunitOptions,
): string {
  const files = new Set(chapters.map(c => c.file))
  const others = diagnostics.filter(d => !files.has(d.file))
  const suites = [
    ...chapters.map(chapter =>
      suiteOf(
        chapter,
        diagnostics.filter(d => d.file === chapter.file),
      ),
    ),
    ...(others.length > 0
      ? [suite('the book', [{ name: 'everything else', line: 1, problems: others }])]
      : []),
  ]
  const total = (of: 'tests' | 'failures') => suites.reduce((sum, s) => sum + s[of], 0)
  const counts = `tests="${total('tests')}" failures="${total('failures')}" errors="0" time="${seconds.toFixed(3)}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="unroll" ${counts}>\n${suites.map(s => s.xml).join('')}</testsuites>\n`
}

interface Case {
  readonly name: string
  readonly line: number
  readonly problems: readonly Diagnostic[]
}

interface Suite {
  readonly xml: string
  readonly tests: number
  readonly failures: number
}

function suiteOf(chapter: Chapter, diagnostics: readonly Diagnostic[]): Suite {
  const index = new LineIndex(chapter.text)
  const rest = new Set(diagnostics)
  const cells = runningCells(chapter).map((cell): Case => {
    const [first, last] = [cell.open.start, cell.close.end].map(at => index.position(at).line)
    const problems = diagnostics.filter(
      d => d.range && d.range.start.line >= first && d.range.start.line <= last,
    )
    for (const problem of problems) rest.delete(problem)
    return { name: cell.options.label ?? `cell ${cell.index + 1}, line ${first}`, line: first, problems }
  })
  return suite(chapter.file, [...cells, { name: 'text', line: 1, problems: [...rest] }])
}

function suite(file: string, cases: readonly Case[]): Suite {
  const isFailure = ({ problems }: Case) => problems.some(p => p.severity === 'error')
  const failures = cases.filter(isFailure).length
  const body = cases.map(({ name, line, problems }) => {
    const open = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(file)}" file="${escapeXml(file)}" line="${line}"`
    const errors = problems.filter(p => p.severity === 'error').map(failureOf)
    const warnings = problems.filter(p => p.severity === 'warning').map(textOf)
    const said =
      warnings.length > 0 ? `      <system-err>${escapeXml(warnings.join('\n'))}</system-err>\n` : ''
    return errors.length + warnings.length === 0
      ? `${open}/>\n`
      : `${open}>\n${errors.join('')}${said}    </testcase>\n`
  })
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0"`
  const xml = `  <testsuite name="${escapeXml(file)}" ${counts}>\n${body.join('')}  </testsuite>\n`
  return { xml, tests: cases.length, failures }
}

function failureOf(problem: Diagnostic): string {
  const { rule, message } = problem
  return `      <failure type="${escapeXml(rule)}" message="${escapeXml(message)}">${escapeXml(textOf(problem))}</failure>\n`
}

function textOf({ file, range, rule, message, detail, help }: Diagnostic): string {
  const place = range ? `${file}:${range.start.line}:${range.start.column}` : file
  return [`${place} ${rule}: ${message}`, detail, help].filter(Boolean).join('\n')
}

/** XML 1.0 has no way to write control characters: they become U+FFFD. */
function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`)
      .replace(/\n/g, '&#10;')
  )
}
