// biome-ignore-all lint/suspicious/noTemplateCurlyInString: forms hold braces of all kinds
/** Whatever looks like a construct and is none is said: one line each. And what is plain text stays without a word. */
import { describe, expect, it } from 'vitest'
import { pageOf } from '../../../support/pageOf.ts'

/** Diagnostics of a text below front matter, each as `line:column severity rule: message`. */
function saidOf(text: string): readonly string[] {
  const { diagnostics } = pageOf(`---\ntitle: T\n---\n${text}\n`)
  return diagnostics.map(({ range, severity, rule, message }) => {
    const place = range ? `${range.start.line - 3}:${range.start.column}` : ''
    return `${place} ${severity} ${rule}: ${message}`
  })
}

const almost: readonly (readonly [form: string, ...said: string[]])[] = [
  ['::: nte\nx\n:::', '1:5 error container-unknown: unknown container: nte'],
  ['::: note\nx', '1:1 error container-unclosed: this note is not closed: expected a line with :::'],
  [':::', '1:1 error container-stray: this ::: closes nothing'],
  ['::: {.callout-nite}\nx\n:::', '1:7 error container-unknown: unknown container: callout-nite'],
  [':::{warnign}\nx\n:::', '1:5 error container-unknown: unknown container: warnign'],
  ['::: {.column-margin}\nx\n:::', '1:7 error container-unknown: unknown container: column-margin'],
  ['::: 提示\nx\n:::', '1:5 error container-unknown: unknown container: 提示'],
  ['> [!WARNIGN]\n> x', '1:5 error container-unknown: unknown container: WARNIGN'],
  ['a[^1]', '1:2 error note-missing: there is no note 1'],
  [
    'a[^1]\n\n[^2]: x',
    '1:2 error note-missing: there is no note 1',
    '3:1 error note-unused: nothing refers to the note 2: it would not be shown',
  ],
  ['[^1]: x', '1:1 error note-unused: nothing refers to the note 1: it would not be shown'],
  ['a[^my note]', '1:2 error note-missing: the label of a note has no spaces'],
  ['[a][b]', '1:1 error link-undefined: there is no definition of [b]'],
  ['[a][]', '1:1 error link-undefined: there is no definition of [a]'],
  ['见[文档][doc]', '1:2 error link-undefined: there is no definition of [doc]'],
  ['[a](b c.md)', '1:1 error link-unread: this is not read as a link'],
  [
    '[a] (https://x.org)',
    '1:1 error link-unread: this is not read as a link: there is a space between the brackets',
  ],
  ['![a](b c.png)', '1:2 error link-unread: this is not read as a link'],
  ['@fgi-x', '1:1 error reference-unread: @fgi-x is not read as a reference'],
  ['@thm-x', '1:1 error reference-unread: @thm-x: things of this kind have no numbers'],
  ['@Fig-a', '1:1 error reference-unread: @Fig-a is not read as a reference'],
  ['@fig:a', '1:1 error reference-unread: @fig:a is not read as a reference'],
  ['@fig_a', '1:1 error reference-unread: @fig_a is not read as a reference'],
  ['@tab-a', '1:1 error reference-unread: @tab-a is not read as a reference'],
  ['@eqn-a', '1:1 error reference-unread: @eqn-a is not read as a reference'],
  ['@sce-a', '1:1 error reference-unread: @sce-a is not read as a reference'],
  ['[@key]', '1:1 error citation: citations by key are not read'],
  ['[@smith2004, p. 3]', '1:1 error citation: citations by key are not read'],
  ['[@fig-a; @fig-b]', '1:1 error citation: [@fig-a; @fig-b] is not read as a reference'],
  ['[-@fig-a]', '1:1 error citation: [-@fig-a] is not read as a reference'],
  [
    '{{< include a.qmd >}}',
    '1:1 warning foreign-mark: {{< include a.qmd >}} is a mark of Hugo and Quarto (a shortcode), and would be shown as it is',
  ],
  ['{{ x }}', '1:1 warning foreign-mark: {{ x }} is a mark of templates, and would be shown as it is'],
  [
    '{{% note %}}',
    '1:1 warning foreign-mark: {{% note %}} is a mark of Hugo and Quarto (a shortcode), and would be shown as it is',
  ],
  [
    '{% raw %}',
    '1:1 warning foreign-mark: {% raw %} is a mark of Jekyll and Hexo (a tag), and would be shown as it is',
  ],
  ['{ts} n', '1:1 error inline-unread: this is not read as an inline value'],
  ['{ts=3} n', '1:1 error inline-unread: this is not read as an inline value'],
  ['{ref}`x`', '1:1 warning foreign-mark: {ref}`x` is a mark of MyST (a role), and would be shown as it is'],
  [
    '{math}`x`',
    '1:1 warning foreign-mark: {math}`x` is a mark of MyST (a role), and would be shown as it is',
  ],
  ['{#fig a}', '1:1 error attributes-unread: this is not read as attributes'],
  ['{#fig-a, .b}', '1:1 error attributes-unread: this is not read as attributes'],
  ['{.a .b, c}', '1:1 error attributes-unread: this is not read as attributes'],
  ['x {onclick=1}', '1:4 error attribute-unknown: unknown attribute: onclick'],
  ['x {widht=3}', '1:4 error attribute-unknown: unknown attribute: widht'],
  ['x {#sec-a}', '1:4 error label-place: nothing here can be numbered as sec-a'],
  ['## T {#fig-a}', '1:7 error label-place: nothing here can be numbered as fig-a'],
  ['![a](b.png) x {#fig-a}', '1:16 error label-place: nothing here can be numbered as fig-a'],
  [
    '![a](b.png){#fig-a} x',
    '1:13 error label-place: an image that is numbered as fig-a stands alone in its paragraph',
  ],
  ['[[wiki]]', '1:1 warning foreign-mark: [[wiki]] is a mark of wikis, and would be shown as it is'],
  ['![[a.png]]', '1:2 warning foreign-mark: [[a.png]] is a mark of wikis, and would be shown as it is'],
  ['[TOC]', '1:1 warning foreign-mark: [TOC] is a mark of other tools, and would be shown as it is'],
  ['[[toc]]', '1:1 warning foreign-mark: [[toc]] is a mark of other tools, and would be shown as it is'],
  [
    ':label:`fig_x`',
    '1:1 warning foreign-mark: :label:`fig_x` is a mark of Sphinx and d2l (a role), and would be shown as it is',
  ],
  [
    ':numref:`fig_x`',
    '1:1 warning foreign-mark: :numref:`fig_x` is a mark of Sphinx and d2l (a role), and would be shown as it is',
  ],
  [
    ':smile:',
    '1:1 warning foreign-mark: :smile: is a mark of GitHub (an emoji), and would be shown as it is',
  ],
  [
    '<<< @/a.ts',
    '1:1 warning foreign-mark: <<< @/a.ts is a mark of VitePress (code from a file), and would be shown as it is',
  ],
  [
    '==x==',
    '1:1 warning foreign-mark: ==x== is a mark of other tools (marked text), and would be shown as it is',
  ],
  [
    '++x++',
    '1:1 warning foreign-mark: ++x++ is a mark of other tools (inserted text), and would be shown as it is',
  ],
  [
    '!!! note',
    '1:1 warning foreign-mark: !!! note is a mark of MkDocs (an admonition), and would be shown as it is',
  ],
  [
    '??? note',
    '1:1 warning foreign-mark: ??? note is a mark of MkDocs (a folded admonition), and would be shown as it is',
  ],
  [
    '=== "Tab"',
    '1:1 warning foreign-mark: === "Tab" is a mark of MkDocs (tabs), and would be shown as it is',
  ],
  [
    '.. note:: x',
    '1:1 warning foreign-mark: .. note:: x is a mark of reStructuredText, and would be shown as it is',
  ],
  ['##标题', '1:1 warning heading-unread: this is not read as a heading: there is no space behind the #'],
  ['#标题', '1:1 warning heading-unread: this is not read as a heading: there is no space behind the #'],
  [
    '** 粗 **',
    '1:1 warning emphasis-unread: this is not read as strong text: there is a space inside the stars',
  ],
  [
    'a ** b ** c',
    '1:3 warning emphasis-unread: this is not read as strong text: there is a space inside the stars',
  ],
  ['\\cite{x}', '1:1 warning latex-command: this is shown as it stands: \\cite is LaTeX, not Markdown'],
  ['\\textbf{x}', '1:1 warning latex-command: this is shown as it stands: \\textbf is LaTeX, not Markdown'],
  ['\\section{x}', '1:1 warning latex-command: this is shown as it stands: \\section is LaTeX, not Markdown'],
  ['Promise<string>', '1:8 error html-unknown: <string> is no HTML element: a browser would not show it'],
  ['<T>', '1:1 error html-unknown: <T> is no HTML element: a browser would not show it'],
  ['<div>', '1:1 error html-unbalanced: <div> is not closed here'],
  ['</div>', '1:1 error html-unbalanced: </div> closes nothing here'],
  ['<b>x', '1:1 error html-unbalanced: <b> is not closed here'],
  ['<title>x</title>', '1:1 error html-unknown: <title> may not stand in a chapter'],
  ['<style>p{}</style>', '1:1 error html-unknown: <style> may not stand in a chapter'],
  ['<script>1</script>', '1:1 error html-unknown: <script> may not stand in a chapter'],
  ['<iframe src="x"></iframe>', '1:1 error html-unknown: <iframe src="x"> may not stand in a chapter'],
  ['<a onclick="x">y</a>', '1:4 error html-attribute: onclick would run a script'],
  ['<div/>', '1:1 error html-unbalanced: <div> is not closed here'],
  ['<img src="a.png">', '1:1 warning alt-missing: this image has no text'],
  ['<?php ?>', '1:1 error html-unknown: a browser would not show this instruction'],
  [
    '<div>\n$x$\n</div>',
    '2:1 error html-markdown: inside HTML this is not read as Markdown, and would be shown as it is written',
  ],
  ['<div style="background:url(x)">a</div>', '1:6 error html-attribute: a style that loads something'],
  ['<b foo="1">x</b>', '1:4 error html-attribute: unknown attribute of <b>: foo'],
  [
    '<p>a<p>b',
    '1:1 error html-unbalanced: <p> is not closed here',
    '1:5 error html-unbalanced: <p> is not closed here',
  ],
  [
    '| a | b |\n|---|---|\n| 1 | 2 | 3 |',
    '3:11 error table-cells: this row has 3 cells, its table has 2 columns',
  ],
  [
    '| a | b |\n|---|\n| 1 | 2 |',
    '2:1 error table-columns: this is no table: its header has 2 cells, this row has 1',
  ],
  ['[a]: b.md', '1:6 warning definition-unused: nothing refers to the link [a]'],
  [
    '[a]: b.md\n[a]: c.md\n\n[a]',
    '2:1 warning definition-doubled: the link [a] is defined twice; the first definition counts',
  ],
  ['{#tbl-a}', '1:1 error label-place: there is nothing before tbl-a that it could name'],
  ['| a |\n|---|\n{#tbl-a}', '3:2 error label-place: nothing here can be numbered as tbl-a'],
  [
    '#\u3000标题',
    '1:1 warning heading-unread: this is not read as a heading: there is no space behind the #',
  ],
  [
    '-\u00a0item',
    '1:1 warning space-unread: behind - stands a no-break space, which makes no heading and no list',
  ],
  [
    'a\u202eb',
    '1:2 error hidden-character: U+202E turns the order of what is read: it is not what it looks like',
  ],
  ['a\u200bb', '1:2 warning hidden-character: U+200B cannot be seen'],
  ['a\u0007b', '1:2 error hidden-character: the control character U+0007 may not stand in a page'],
  ['1. ::: note\n   x', '1:4 error container-unclosed: this note is not closed: expected a line with :::'],
]

const plain: readonly string[] = [
  ':::tip[A title]\nx\n:::',
  '::::note\n:::tip\nx\n:::\n::::',
  '::: note\n::: tip\nx\n:::\n:::',
  '> [!Note] My title\n> x',
  '> [!NOTE]x',
  'x[0][1]',
  '[a](<b c.md>)',
  '@someone',
  '@types/node',
  'me@fig-x.org',
  '\\@fgi-x',
  '`@fgi-x`',
  '@mermaid-js/cli',
  'npm i @foo-bar/x',
  '{{1, 2}}',
  'The set {1, 2}',
  'use ${a}',
  '{a: 1}',
  '10:30:45',
  'a:b:c',
  '#1',
  '#tag',
  'Map<K, V>',
  'a < b',
  '<br/>',
  '<img src="a.png" alt="">',
  '<!-- x -->',
  '<https://x.org>',
  '[//]: # (comment)',
  '> [!note]- Folded\n> x',
  '::: note\n```\n:::\n```\n:::',
  '[text](<my file.md>)',
  '![alt](a.png "title")',
  '$x$ {.a}',
  '`code`{.a}',
  '[text]{.mark}',
  '*em*{.a}',
  '\\{#fig-a}',
  '\\:::',
  '\\[^1]',
]

describe('a form that is almost a construct', () => {
  it.each(almost)('%j', (form, ...said) => {
    expect(saidOf(form)).toEqual(said)
  })

  it.each(almost)('%j comes with advice', form => {
    const { diagnostics } = pageOf(`---\ntitle: T\n---\n${form}\n`)
    for (const { help } of diagnostics) expect(help).toMatch(/\w.{8}/)
  })
})

describe('what is a construct, or plain text, passes', () => {
  it.each(plain)('%j', form => {
    expect(saidOf(form)).toEqual([])
  })
})
