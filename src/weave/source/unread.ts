/** What stands for a chapter that could not be taken apart, so that it keeps its place among the others. */
import type { Chapter, SourceFile } from './chapter.ts'

export function unreadChapter(source: SourceFile): Chapter {
  return {
    ...source,
    frontMatter: {},
    title: source.slug,
    bodyStart: 0,
    tokens: [],
    cells: [],
    inlines: [],
    diagrams: [],
    formulas: [],
    references: [],
    targets: [],
    labels: [],
    consumed: [],
  }
}
