/** Chapters whose formulas are bound to values: what the build says, and what the page shows. */
import { afterEach, describe, expect, it } from 'vitest'
import { type TestBook, testBook } from '../support/book.ts'

let book: TestBook | undefined
afterEach(() => book?.close())

const chapter = (formula: string, cell: string, options = '') =>
  `# 一\n\n$$${formula}$$ {#eq-a}\n\n\`\`\`ts exec\n//| verify: eq-a\n${options}${cell}\n\`\`\`\n`

async function said(text: string): Promise<readonly string[]> {
  book = await testBook({ 'zh/a.md': text })
  return (await book.build()).lines
}

describe('a formula that holds', () => {
  it('shows how many bindings and the largest deviation, and leads to the cell', async () => {
    book = await testBook({
      'zh/a.md': chapter('y = 2 x^2', '[1, 2, 3].map(x => ({ x, y: 2 * x * x * (1 + 1e-12) }))'),
    })
    expect((await book.build()).lines).toEqual([])
    const html = await book.read('zh/a.html')
    expect(html).toContain(
      '<a class="proof holds" href="#cell-1" title="已用 3 组数值验证，最大相对偏差 1e-12">',
    )
    expect(html).toContain('<summary>验证 (1.1)</summary>')
    expect(html).not.toContain('class="outputs"')
  })

  it('takes macros from the configuration', async () => {
    book = await testBook({
      'book.config.ts': "export default { title: '书', macros: { '\\\\R': '\\\\operatorname{relu}' } }\n",
      'zh/a.md': chapter('y = \\R(x)', '({ x: -3, y: 0 })'),
    })
    expect((await book.build()).lines).toEqual([])
  })

  it('verifies several formulas with one cell', async () => {
    const text =
      '$$a = b$$ {#eq-a}\n\n$$b = a$$ {#eq-b}\n\n```ts exec\n//| verify: [eq-a, eq-b]\n({ a: 1, b: 1 })\n```\n'
    expect(await said(text)).toEqual([])
    const html = await book?.read('zh/a.html')
    expect(html?.match(/class="proof holds"/g)).toHaveLength(2)
  })
})

describe('a formula that does not hold', () => {
  it('fails the build at its relation, with both sides and where they first differ', async () => {
    book = await testBook({
      'zh/a.md': chapter('h = \\tanh(W^T x)', '({ h: [0.1, 0.2], W: [[1, 2], [3, 4]], x: [0.5, -0.5] })'),
    })
    expect((await book.build()).text).toMatchInlineSnapshot(`
      "zh/a.md:3:5 error formula-refuted: h = \\tanh(W^T x) does not hold (eq-a, bound by the cell at line 5)
      > 3 | $$h = \\tanh(W^T x)$$ {#eq-a}
          |     ^
        left: h, 2: [0.1, 0.2]
        right: \\tanh(W^T x), 2: [-0.761594, -0.761594]
        first difference at [0]: 0.1 and -0.7615941559557649; largest relative difference 1.26, allowed 1e-9
        help: Correct the formula or the code. If the chapter shows that it is wrong, say so: \`//| expect: refuted\`."
    `)
  })

  it('says when shapes differ', async () => {
    book = await testBook({
      'zh/a.md': chapter(
        'W_{hh}^T = h',
        "({ h: [1, 2, 3], 'W_{hh}': [[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]] })",
      ),
    })
    expect((await book.build()).text).toMatchInlineSnapshot(`
      "zh/a.md:3:12 error formula-refuted: W_{hh}^T = h does not hold: the shapes differ (eq-a, bound by the cell at line 5)
      > 3 | $$W_{hh}^T = h$$ {#eq-a}
          |            ^
        left: W_{hh}^T, 4x4
          [1, 1, 1, 1]
          [2, 2, 2, 2]
          [3, 3, 3, 3]
          [4, 4, 4, 4]
        right: h, 3: [1, 2, 3]
        W_{hh}^T is 4x4, the right side 3
        help: Correct the formula or the code. If the chapter shows that it is wrong, say so: \`//| expect: refuted\`."
    `)
  })

  it('points into the second line of a formula of several lines', async () => {
    const text = chapter(
      '\n\\begin{aligned}\na &= b \\\\\nb &= 2 c\n\\end{aligned}\n',
      '({ a: 1, b: 1, c: 1 })',
    )
    expect(await said(text)).toEqual([
      'zh/a.md:6:4 error formula-refuted: b = 2 c does not hold (eq-a, bound by the cell at line 10)',
    ])
  })

  it('passes where the chapter expects it, and is marked on the page', async () => {
    expect(await said(chapter('1 = 2', '({})', '//| expect: refuted\n'))).toEqual([])
    expect(await book?.read('zh/a.html')).toContain(
      '<a class="proof refuted" href="#cell-1" title="已被数值否定">',
    )
  })

  it('fails where the chapter expects it and it holds', async () => {
    expect(await said(chapter('1 = 1', '({})', '//| expect: refuted\n'))).toEqual([
      'zh/a.md:7:5 error formula-holds: expected eq-a to be refuted, but it holds',
    ])
  })
})

describe('what cannot be verified is an error, never a silent pass', () => {
  const wrong: Readonly<Record<string, readonly [formula: string, cell: string]>> = {
    'a symbol that is not bound': ['a = b + c', '({ a: 1, b: 1 })'],
    'a relation': ['a \\in b', '({ a: 1, b: 1 })'],
    'a sign': ['a = b \\boxplus a', '({ a: 1, b: 1 })'],
    'a formula without a relation': ['a + b', '({ a: 1, b: 1 })'],
    'an approximation without a tolerance': ['a \\approx b', '({ a: 1, b: 1 })'],
    'a binding that the formula does not have': ['a = b', '({ a: 1, b: 1, c: 2 })'],
    'a binding of words': ['a = b', "({ a: 1, b: 'eins' })"],
    'a binding of NaN': ['a = b', '({ a: 1, b: [0, Number.NaN] })'],
    'a binding that is no object': ['a = b', '17'],
    'no binding': ['a = b', '[]'],
    'a cell without a value': ['a = b', 'const c = 1'],
    'shapes without a product': ['a = W x', '({ a: 1, W: [[1, 2]], x: [1, 2, 3] })'],
    'an index outside': ['a = x_t', '({ a: 1, x: [1, 2], t: 2 })'],
  }
  it.each(Object.keys(wrong))('%s', async what => {
    const [formula, cell] = wrong[what]
    const lines = await said(chapter(formula, cell))
    expect(lines).toMatchSnapshot()
    expect(lines).toHaveLength(1)
  })

  it('a label that no formula has, and an expectation without a formula', async () => {
    const text =
      '# 一\n\n$$a = 1$$ {#eq-alpha}\n\n```ts exec\n//| verify: eq-alhpa\n({ a: 1 })\n```\n\n```ts exec\n//| expect: refuted\n1\n```\n'
    expect(await said(text)).toEqual([
      'zh/a.md:6:5 error verify-unknown: no formula of this chapter has the label eq-alhpa',
      'zh/a.md:11:5 error expect-alone: `expect: refuted` needs a formula',
    ])
  })

  it('an option that says something else', async () => {
    expect(await said(chapter('a = 1', '({ a: 1 })', '//| expect: wrong\n'))).toEqual([
      'zh/a.md:7:5 error option-type: expect: expected refuted, got "wrong"',
    ])
  })
})
