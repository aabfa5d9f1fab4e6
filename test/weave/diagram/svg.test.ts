import { describe, expect, it } from 'vitest'
import { cleanSvg } from '../../../src/weave/diagram/clean.ts'
import { withUniqueIds } from '../../../src/weave/diagram/svg.ts'

const svg = `<svg xmlns="http://www.w3.org/2000/svg" id="d" viewBox="0 0 9 9"><style>#d{--d0:#fff}
@media screen{[data-theme=dark] #d{--d0:#000}}
#d .fff,#d-1{fill:#fff;marker-end:url(#d-1)}</style><defs><marker id="d-1"/><path id="p"/></defs><path marker-end="url(#d-1)" fill="url(&quot;#p&quot;)"/><use href="#p" xlink:href="#p"/><a href="#elsewhere" aria-labelledby="p q"/><animate begin="p.click; d-1.end+1s"/></svg>`

describe('withUniqueIds', () => {
  it('puts every id and every reference to one under the prefix, and leaves colours and foreign names', () => {
    expect(withUniqueIds(svg, 'fig-a')).toBe(
      `<svg xmlns="http://www.w3.org/2000/svg" id="fig-a" viewBox="0 0 9 9" role="group"><style>#fig-a{--d0:#fff}
@media screen{[data-theme=dark] #fig-a{--d0:#000}}
#fig-a .fff,#fig-a-1{fill:#fff;marker-end:url(#fig-a-1)}</style><defs><marker id="fig-a-1"/><path id="fig-a-p"/></defs><path marker-end="url(#fig-a-1)" fill="url(#fig-a-p)"/><use href="#fig-a-p" xlink:href="#fig-a-p"/><a href="#elsewhere" aria-labelledby="fig-a-p q"/><animate begin="fig-a-p.click; fig-a-1.end+1s"/></svg>`,
    )
  })

  it('gives two equal diagrams in one page no id in common', () => {
    const ids = (text: string) => [...text.matchAll(/\bid="([^"]+)"/g)].map(match => match[1])
    const labels = { title: '同一张图' }
    const one = ids(withUniqueIds(svg, 'fig-1', labels))
    const two = ids(withUniqueIds(svg, 'fig-2', labels))
    expect(one).toHaveLength(4)
    expect(one.filter(id => two.includes(id))).toEqual([])
  })

  it('names the image by caption and alternative text, escaped', () => {
    const named = withUniqueIds('<svg id="d"><path/></svg>', 'f', { title: 'a < b & c', description: '文字' })
    expect(named).toBe(
      '<svg id="f" aria-labelledby="f-title f-desc" role="img"><title id="f-title">a &lt; b &amp; c</title><desc id="f-desc">文字</desc><path/></svg>',
    )
  })

  it('takes the alternative text as the name when there is no caption, and says a thing once', () => {
    expect(withUniqueIds('<svg/>', 'f', { description: '文字' })).toContain(
      '<title id="f-title">文字</title></svg>',
    )
    expect(withUniqueIds('<svg/>', 'f', { title: '同', description: '同' })).not.toContain('<desc')
  })

  it('refuses a prefix that is no id', () => {
    expect(() => withUniqueIds(svg, '1 2')).toThrow("expected prefix to be a plain id, got '1 2'")
  })
})

const hostile = `<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x" [<!ENTITY a "b">]>
<!-- <comment> --><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200px" height="100px" style="width:200px;background:#FFFFFF" class="title" onload="alert(1)">
<?plantuml-src abc?><script>alert(1)</script><style>p{color:red}</style>
<defs><marker id="used"><path d="M0 0"/></marker><marker id="unused"/></defs>
<g class="link" id="lnk1" data-x="1"><title>a-&gt;b</title><path d="M1.23456-0.001L2,3" style="stroke: #A80036; stroke-width: 1.0;" marker-end="url(#used)"/>
<a xlink:href="javascript:alert(1)" xlink:title="x"><text class="output" font-family="sans-serif" onclick="x()">两  格</text></a></g></svg>`

describe('cleanSvg', () => {
  const clean = cleanSvg(hostile, { family: "'F', sans-serif" })

  it('leaves nothing that runs, that embeds the source, or that the page could style or hit', () => {
    expect(clean).not.toMatch(
      /script|onload|onclick|javascript|plantuml-src|comment|DOCTYPE|<\?|class=|data-x|lnk1|unused/,
    )
    expect(clean).not.toContain('p{color:red}')
    expect(clean).not.toContain('<title>')
  })

  it('is as wide as its column, at most its own width', () => {
    expect(clean).toContain('viewBox="-2 -2 204 104"')
    expect(clean).toContain('#d{--diagram-width:204px;width:100%;max-width:204px;height:auto;')
    expect(clean).not.toMatch(/<svg[^>]* (?:width|height)=/)
  })

  it('keeps numbers apart when a minus is rounded away', () => {
    expect(clean).toContain('d="M1.23 0L2,3"')
  })

  it('reaches nothing outside itself: every rule begins at its own root', () => {
    const css = /<style>([\s\S]*?)<\/style>/.exec(clean)?.[1] ?? ''
    const selectors = [...css.matchAll(/(?:^|[{}\n])([^{}@]+)\{/g)].map(match => match[1].trim())
    expect(selectors.length).toBeGreaterThan(4)
    for (const selector of selectors)
      expect(selector).toMatch(/^(?:\[data-theme=dark\] |:root:not\(\[data-theme=light\]\) )?#d(?: |$)/)
  })

  it('keeps the background that an author chose, and drops the white one', () => {
    expect(clean).not.toContain('fill="#ffffff"')
    const tinted = cleanSvg(hostile.replace('background:#FFFFFF', 'background:#FFEEFF'), { family: 'F' })
    expect(tinted).toContain('<rect x="-2" y="-2" width="204" height="104" fill="#ffeeff"/>')
  })
})
