/** The tutorial that the book grew from, unmodified: what other blogs' Markdown looks like. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { parseChapter } from '../../src/weave/source/parse.ts'
import { testBook } from '../support/book.ts'

const path = resolve(import.meta.dirname, '../fixtures/seed/rnn-tutorial.md')

it('the seed builds as it is: three diagrams drawn, every formula typeset, nothing to complain about', async () => {
  const text = await readFile(path, 'utf8')
  const book = await testBook({ 'rnn-tutorial.md': text })
  const { lines, value } = await book.build()
  expect(lines).toEqual([])
  expect(value.written).toBe(true)
  const html = await book.read('rnn-tutorial.html')
  expect(html.match(/<figure class="figure diagram"><svg/g)).toHaveLength(3)
  for (const words of ['传递记忆', '就像俄罗斯套娃', '学到的模式可应用于任意位置'])
    expect(html).toContain(words)
  const { frontMatter, formulas } = parseChapter({ file: 'a.md', path, book: '', slug: 'a', text }).value
  expect(html.match(/<span class="katex">/g)).toHaveLength(formulas.length)
  // Written by hand from the file: 5 display formulas, 40 inline ones.
  expect(formulas.filter(f => f.display).map(f => f.latex.slice(0, 14))).toEqual([
    'h_t = \\tanh(W_',
    'y_t = W_{hy} \\',
    '\\frac{\\partial',
    '\\frac{\\partial',
    "\\tanh'(x) = 1 ",
  ])
  expect(html).not.toContain('math-error')
  expect(frontMatter).toEqual({
    title: 'RNN（循环神经网络）',
    date: '2026-02-05',
    order: 3,
    categories: [['大模型', '神经网络基础']],
    tags: ['RNN', '神经网络', '深度学习'],
  })
  await book.close()
})
