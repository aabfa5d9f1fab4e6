/** The order of chapters, with and without folders. */
import { expect, it } from 'vitest'
import type { Chapter } from '../../../../src/weave/source/chapter.ts'
import { orderChapters } from '../../../../src/weave/source/folder/order.ts'

/** Slugs, each with its `order` if it has one, in a book. */
const ordered = (slugs: Readonly<Record<string, number | undefined>>, book = 'zh', books = ['zh']) =>
  orderChapters(
    Object.entries(slugs).map(
      ([slug, order]) => ({ book, slug, frontMatter: { order } }) as unknown as Chapter,
    ),
    books,
  ).map(({ chapter, number }) => `${number} ${chapter.slug}`)

it('chapters come by their order, then by the number and the letters of their names', () => {
  expect(ordered({ '10-c': undefined, '2-b': undefined, z: undefined, y: 2, x: 1, a: undefined })).toEqual([
    '1 x',
    '2 y',
    '3 2-b',
    '4 10-c',
    '5 a',
    '6 z',
  ])
})

it('what lies in one folder stays together, at the place of the folder’s name', () => {
  expect(
    ordered({ '3-end': undefined, '2-part/10-b': undefined, '2-part/9-a': undefined, '1-begin': undefined }),
  ).toEqual(['1 1-begin', '2 2-part/9-a', '3 2-part/10-b', '4 3-end'])
})

it('a folder with orders in it stands at the least of them, or at that of its index, which is its first chapter', () => {
  expect(ordered({ 'b/x': 2, 'b/y': 3, 'a/z': 4, first: 1 })).toEqual(['1 first', '2 b/x', '3 b/y', '4 a/z'])
  expect(ordered({ 'b/x': 1, 'b/index': 9, 'a/z': 4 })).toEqual(['1 a/z', '2 b/index', '3 b/x'])
})

it('orders that begin anew in each folder leave the folders in the order of their names', () => {
  expect(ordered({ '2-b/x': 1, '2-b/y': 2, '1-a/x': 1, '1-a/y': 2 })).toEqual([
    '1 1-a/x',
    '2 1-a/y',
    '3 2-b/x',
    '4 2-b/y',
  ])
})

it('a start page has no number, and is there even if its book is not', () => {
  expect(ordered({ '01-a': undefined, index: undefined })).toEqual(['0 index', '1 01-a'])
  expect(ordered({ index: undefined }, '', ['zh'])).toEqual(['0 index'])
})
