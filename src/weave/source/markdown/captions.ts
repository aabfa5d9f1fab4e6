/**
 * Captions, alt texts and titles: Markdown that does not stand in a paragraph of its own. While a chapter is parsed
 * each is an inline token in the stream, so that every rule sees it; at the end it goes to its owner.
 */
import type { MarkdownIt, StateBlock, StateCore, Token } from 'markdown-it'
import type { Span } from '../../base/position.ts'
import type { CaptionOwner, Cell, Diagram } from '../chapter.ts'
import { envOf, type Origin } from './env.ts'

interface CaptionMeta {
  readonly origin?: Origin
  readonly caption?: { readonly owner: CaptionOwner; readonly key: string }
}

/** An inline token for the stream. `locate` gives the place in the chapter of an offset in `text`. */
export function captionToken(
  { Token }: Pick<StateBlock | StateCore, 'Token'>,
  { owner, key, text, locate }: { owner: CaptionOwner; key: string; text: string; locate: Origin['locate'] },
): Token {
  const token = new Token('inline', '', 0)
  token.content = text
  token.children = []
  token.meta = { origin: { locate }, caption: { owner, key } } satisfies CaptionMeta
  return token
}

/** Whether an inline token is a caption. */
export function isCaption(token: Token): boolean {
  return (token.meta as CaptionMeta | null)?.caption !== undefined
}

/** What a cell or a diagram says about itself: the text, and the part of the chapter that it stands in. */
interface Caption {
  readonly key: string
  readonly text: string | undefined
  readonly within: Span
}

/** Options of cells that are Markdown. */
const captionKeys = ['fig-cap', 'fig-alt', 'tbl-cap', 'code-summary'] as const

export function captionPlugin(md: MarkdownIt): void {
  md.core.ruler.after('unroll_fences', 'unroll_fence_captions', state => {
    const { text } = envOf(state).index
    state.tokens = state.tokens.flatMap(token => {
      const { cell, diagram } = (token.meta ?? {}) as { readonly cell?: Cell; readonly diagram?: Diagram }
      if (!cell && !diagram) return [token]
      const owner: CaptionOwner = { captions: {} }
      token.meta = { ...(token.meta as object), ...owner }
      const captions = cell ? captionsOfCell(cell) : diagram ? captionsOfDiagram(diagram) : []
      return [
        token,
        ...captions.flatMap(({ key, text: caption, within }) =>
          caption
            ? [captionToken(state, { owner, key, text: caption, locate: placeOf(caption, text, within) })]
            : [],
        ),
      ]
    })
  })
  md.core.ruler.after('block', 'unroll_matter_captions', state => {
    const { matter, index } = envOf(state)
    const tokens = (['title', 'description'] as const).flatMap(key => {
      const text = matter.texts[key]
      if (text === undefined) return []
      const locate = placeOf(text, index.text, entryOf(key, index.text))
      return [captionToken(state, { owner: matter, key, text, locate })]
    })
    state.tokens.unshift(...tokens)
  })
  md.core.ruler.push('unroll_captions', state => {
    state.tokens = state.tokens.filter(token => {
      const { caption } = (token.meta ?? {}) as CaptionMeta
      if (token.type !== 'inline' || !caption) return true
      caption.owner.captions[caption.key] = token.children ?? []
      return false
    })
  })
}

function captionsOfCell({ options, optionSpans, open }: Cell): Caption[] {
  return captionKeys.map(key => ({ key, text: options[key], within: optionSpans[key] ?? open }))
}

function captionsOfDiagram({ caption, alt, open, close, lines }: Diagram): Caption[] {
  const within = { start: open.start, end: Math.max(open.end, lines[0]?.start ?? close.start) }
  return [
    { key: 'fig-cap', text: caption, within },
    { key: 'fig-alt', text: alt, within },
  ]
}

/** The part of the front matter that gives a key its value. */
function entryOf(key: string, text: string): Span {
  const found = new RegExp(`^[ \\t{]*["']?${key}["']?[ \\t]*[:=].*(?:\\n[ \\t]+.*)*`, 'm').exec(text)
  return found ? { start: found.index, end: found.index + found[0].length } : { start: 0, end: 1 }
}

/**
 * Where the characters of a value lie in the YAML (or the attribute) that it was read from: there it may have quotes,
 * escapes and line breaks that it has not itself.
 */
function placeOf(value: string, text: string, { start, end }: Span): Origin['locate'] {
  const source = text.slice(start, end)
  const whole = source.lastIndexOf(value)
  if (whole !== -1) return at => start + whole + at
  const places: number[] = []
  let from = Math.max(0, source.search(/[:=]/) + 1)
  for (const character of value) {
    const wanted = character === ' ' ? /\s/ : undefined
    let at = from
    // An escape, or a folded line with the mark of its option, is this long at most.
    while (
      at < from + 12 &&
      at < source.length &&
      !(wanted ? wanted.test(source[at]) : source.startsWith(character, at))
    )
      at++
    const found = at < from + 12 && at < source.length ? at : from
    for (let i = 0; i < character.length; i++) places.push(start + Math.min(found + i, source.length))
    from = Math.min(found + character.length, source.length)
  }
  return at => places[at] ?? (at < value.length ? start : (places.at(-1) ?? start) + 1)
}
