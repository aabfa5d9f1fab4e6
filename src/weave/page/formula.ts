/** A formula on its page: KaTeX's HTML with the numbers in it, its own number and verdict beside it. */
import { numberPlace, referencePlace } from '../math/places.ts'
import { formulaKey } from '../math/typeset.ts'
import type { Formula } from '../source/chapter.ts'
import { cellId, isShown } from './cell.ts'
import { hole } from './holes.ts'
import { attributes, escapeHtml } from './html.ts'
import type { Numbering } from './number.ts'
import type { Rendered } from './types.ts'
import type { Words } from './words.ts'

export interface FormulaContext {
  readonly rendered: Rendered
  readonly numbering: Numbering
  readonly words: Words
}

/** The formula itself. What it refers to is a hole that the book fills. */
export function formulaHtml(formula: Formula, { rendered, numbering }: FormulaContext): string {
  const { rows = [], references = [] } = formula
  let html = rendered.formulas.get(formulaKey(formula)) ?? `<code>${escapeHtml(formula.latex)}</code>`
  for (const row of rows)
    html = html.replaceAll(numberPlace(row.label), () => numbering.get(row)?.number ?? '')
  for (const reference of references) {
    html = html.replaceAll(referencePlace(reference.label), () => hole('reference', reference.index))
  }
  const anchors = rows.map(row => `<span${attributes({ id: row.label })}></span>`).join('')
  return html.replace(/^<[^>]*>/, opening => opening + anchors)
}

/** A display formula, with its number at the side unless a `\tag` shows it. */
export function equation(formula: Formula, context: FormulaContext, tag: 'div' | 'span'): string {
  const numbered = context.numbering.get(formula)
  const number =
    numbered && formula.tag === undefined ? `<span class="number">(${numbered.number})</span>` : ''
  const id = attributes({ id: numbered?.label })
  const side = number + proofMark(formula, context)
  return `<${tag} class="equation"${id}>${formulaHtml(formula, context)}${side}</${tag}>`
}

/** ✓ or ✗ beside a formula that a cell has computed, leading to that cell. */
function proofMark({ label }: Formula, { rendered, words }: FormulaContext): string {
  const proof = rendered.proofs.get(label ?? '')
  if (!proof) return ''
  const { cell, holds, bindings, deviation } = proof
  const text = holds ? words.verified(bindings, deviationText(deviation)) : words.refuted
  const shown = holds ? `✓ ${bindings}` : '✗'
  const name = `proof ${holds ? 'holds' : 'refuted'}`
  const href = isShown(cell) ? `#${cellId(cell)}` : undefined
  const tag = href ? 'a' : 'span'
  return `<${tag}${attributes({ class: name, href, title: text })}><span aria-hidden="true">${shown}</span><span class="spoken">${escapeHtml(text)}</span></${tag}>`
}

function deviationText(deviation: number): string {
  return deviation === 0 ? '0' : deviation.toExponential(0)
}
