import { expect, it } from 'vitest'
import { errorAt, formatDiagnostic, sortDiagnostics } from '../../../src/weave/base/diagnostic.ts'

const text = '# 一\n\n\t值 `{ts} 状态 +` 完\n后文\n'
const at = text.indexOf('状态')
const problem = { rule: 'syntax', message: 'expected an operand', help: 'Write one.', detail: '- 1\n+ 2' }
const error = errorAt('zh/a.md', text, { start: at, end: at + 4 }, problem)

it('a diagnostic shows its place, the line with a mark under it, the detail and the way out', () => {
  expect(formatDiagnostic(error, { textOf: () => text })).toBe(
    [
      'zh/a.md:3:10 error syntax: expected an operand',
      '> 3 | \t值 `{ts} 状态 +` 完',
      // A tab stays a tab, a Chinese character is two columns wide.
      '    | \t         ^^^^^^',
      '  4 | 后文',
      '  - 1',
      '  + 2',
      '  help: Write one.',
    ].join('\n'),
  )
})

it('a mark is never empty, at the end of a line or of the text', () => {
  const end = errorAt('a.md', 'ab', { start: 2, end: 2 }, { rule: 'r', message: 'm' })
  expect(formatDiagnostic(end, { textOf: () => 'ab' })).toBe('a.md:1:3 error r: m\n> 1 | ab\n    |   ^')
})

it('a file without a text still has its place', () => {
  expect(formatDiagnostic(error, { textOf: () => undefined }).split('\n')[0]).toBe(
    'zh/a.md:3:10 error syntax: expected an operand',
  )
})

it('diagnostics come by file and place, each once, errors before warnings', () => {
  const warning = { ...error, severity: 'warning' as const, rule: 'other' }
  const elsewhere = { ...error, file: 'en/a.md' }
  expect(sortDiagnostics([warning, error, elsewhere, { ...error }])).toEqual([elsewhere, error, warning])
})
