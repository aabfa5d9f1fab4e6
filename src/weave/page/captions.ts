/** Formulas in captions and titles: they have to be typeset before the page is rendered. */
import type { Span } from '../base/position.ts'
import type { Chapter } from '../source/chapter.ts'

/** An inline formula in a caption. */
export const captionFormula = /\$([^$\s](?:[^$]*[^$\s])?)\$/g

export interface CaptionFormula {
  readonly latex: string
  readonly display: false
  readonly lines: readonly Span[]
}

/** The formulas in the captions of cells and diagrams, and in the titles of callouts. */
export function captionFormulas({ cells, diagrams, tokens }: Chapter): CaptionFormula[] {
  const captions: { text: string; span: Span }[] = [
    ...cells.flatMap(({ options, optionSpans, open }) =>
      (['fig-cap', 'tbl-cap'] as const).flatMap(key =>
        options[key] ? [{ text: options[key], span: optionSpans[key] ?? open }] : [],
      ),
    ),
    ...diagrams.flatMap(d => (d.caption ? [{ text: d.caption, span: d.open }] : [])),
    ...tokens
      .filter(t => t.type.startsWith('container_') && t.info.includes('$'))
      .map(t => ({ text: t.info, span: { start: 0, end: 0 } })),
  ]
  return captions.flatMap(({ text, span }) =>
    [...text.matchAll(captionFormula)].map(([, latex]) => ({
      latex,
      display: false as const,
      lines: [span],
    })),
  )
}
