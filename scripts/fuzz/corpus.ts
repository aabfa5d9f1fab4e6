/** What is mutated: this book's chapters, the tests' documents, and the examples of CommonMark's specification. [edge: fs] */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export interface Sample {
  readonly name: string
  readonly text: string
}

/** @param root absolute path of the project */
export function readCorpus(root: string): readonly Sample[] {
  const chapters = ['content', 'test/fixtures'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map(name => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter(name => name.endsWith('.md'))
      .sort()
      .map(name => ({ name, text: readFileSync(join(root, name), 'utf8') })),
  )
  const { tests } = createRequire(import.meta.url)('commonmark-spec') as {
    readonly tests: readonly { readonly markdown: string; readonly section: string }[]
  }
  // One by one they are too small for two constructs to meet: a section's examples make a document.
  const sections = new Map<string, string[]>()
  for (const { markdown, section } of tests)
    sections.set(section, [...(sections.get(section) ?? []), markdown.replaceAll('→', '\t')])
  const examples = [...sections].map(([section, parts]) => ({
    name: `CommonMark, ${section}`,
    text: parts.join('\n'),
  }))
  return [...chapters, ...examples]
}
