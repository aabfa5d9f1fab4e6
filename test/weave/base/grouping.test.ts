/** A wall of diagnostics can be read. */
import { expect, it } from 'vitest'
import type { Diagnostic } from '../../../src/weave/base/diagnostic.ts'
import { formatDiagnostics, kindsOf } from '../../../src/weave/base/grouping.ts'

const found = (count: number, message: (n: number) => string, more: Partial<Diagnostic> = {}): Diagnostic[] =>
  Array.from({ length: count }, (_, n) => ({
    severity: 'warning',
    file: `zh/${n}.md`,
    range: { start: { line: 2, column: 1 }, end: { line: 2, column: 7 } },
    rule: 'key-foreign',
    message: message(n),
    ...more,
  }))

const shown = (diagnostics: readonly Diagnostic[], all = false) =>
  formatDiagnostics(diagnostics, { textOf: () => undefined, all }).map(d => d.text)

it('of a message that comes 347 times three are shown, and one line says the rest', () => {
  expect(shown(found(347, () => '`layout` has no effect here'))).toEqual([
    'zh/0.md:2:1 warning key-foreign: `layout` has no effect here',
    'zh/1.md:2:1 warning key-foreign: `layout` has no effect here',
    'zh/2.md:2:1 warning key-foreign: `layout` has no effect here',
    '347 times warning key-foreign: `layout` has no effect here, first at zh/0.md:2:1, in 347 files (344 not shown)',
  ])
})

it('five are shown in full, and so is everything with `all`', () => {
  expect(shown(found(5, () => 'a'))).toHaveLength(5)
  expect(shown(found(6, () => 'a'))).toHaveLength(4)
  expect(
    shown(
      found(347, () => 'a'),
      true,
    ),
  ).toHaveLength(347)
})

it('messages that differ in a name, a number or a path are of one kind', () => {
  expect(
    shown(found(20, n => `this link leads nowhere: ${n}.md`, { rule: 'link-broken', file: 'a.md' })).at(-1),
  ).toBe('20 times warning link-broken: this link leads nowhere: …, first at a.md:2:1 (17 not shown)')
  expect(
    shown(found(20, n => `Type 'x${n}' is not assignable to type 'y${n}'.`, { severity: 'error' })).at(-1),
  ).toBe(
    '20 times error key-foreign: Type … is not assignable to type …, first at zh/0.md:2:1, in 20 files (17 not shown)',
  )
})

it('a key that comes often is a kind of its own; those that come seldom are one together', () => {
  const often = found(10, () => 'unknown key: layout')
  const seldom = found(6, n => `unknown key: k${n}`)
  expect(kindsOf([...often, ...seldom]).map(k => `${k.diagnostics.length} ${k.message}`)).toEqual([
    '10 unknown key: layout',
    '6 unknown key: …',
  ])
})

it('errors and warnings, and different rules, are never one kind', () => {
  const diagnostics = [
    ...found(4, () => 'a'),
    ...found(4, () => 'a', { severity: 'error' }),
    ...found(4, () => 'a', { rule: 'other' }),
  ]
  expect(shown(diagnostics)).toHaveLength(12)
})

it('nothing is lost: what is shown and what is counted add up, whatever there is', () => {
  const diagnostics = [3, 7, 12, 6].flatMap((count, kind) =>
    found(count, n => `message ${'abcd'[kind]}: ${n}`),
  )
  const texts = shown(diagnostics)
  const counted = texts.flatMap(t => /\((\d+) not shown\)$/.exec(t)?.[1] ?? []).map(Number)
  const full = texts.filter(t => !t.includes('not shown'))
  expect(full.length + counted.reduce((a, b) => a + b, 0)).toBe(diagnostics.length)
})
