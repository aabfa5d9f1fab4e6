/** Whatever meets in a chapter: the places of what is found in it hold exactly what was written there. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Span } from '../../../../src/weave/base/position.ts'
import { randomChapter } from '../../../support/chapters.ts'
import { pageOf } from '../../../support/pageOf.ts'

it('references, values, formulas, targets and labels stand where their places say', () => {
  let seen = 0
  fc.assert(
    fc.property(randomChapter, text => {
      const { chapter } = pageOf(text)
      const at = ({ start, end }: Span) => text.slice(start, end)
      const { references, inlines, formulas, targets, labels } = chapter
      for (const { label, span } of references) expect(at(span)).toBe(`@${label}`)
      for (const { code, span } of inlines) expect(at(span)).toBe(code)
      for (const { latex, lines } of formulas) expect(lines.map(at).join('\n')).toBe(latex)
      for (const { href, span } of targets) expect([at(span), encodeURI(at(span))]).toContain(href)
      for (const { label, span } of labels)
        if (!formulas.some(f => f.label === label)) expect(at(span)).toContain(label)
      seen += references.length + inlines.length + formulas.length + targets.length + labels.length
    }),
    { numRuns: 400, seed: 17 },
  )
  expect(seen).toBeGreaterThan(500)
})
