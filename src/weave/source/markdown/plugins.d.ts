/** Plugins that ship no types. */

declare module 'markdown-it-deflist' {
  import type MarkdownIt from 'markdown-it'
  export default function definitionList(md: MarkdownIt): void
}
declare module 'markdown-it-sub' {
  import type MarkdownIt from 'markdown-it'
  export default function subscript(md: MarkdownIt): void
}
declare module 'markdown-it-sup' {
  import type MarkdownIt from 'markdown-it'
  export default function superscript(md: MarkdownIt): void
}
declare module 'markdown-it-footnote' {
  import type MarkdownIt from 'markdown-it'
  export default function footnote(md: MarkdownIt): void
}
declare module 'markdown-it-task-lists' {
  import type MarkdownIt from 'markdown-it'
  export default function taskLists(md: MarkdownIt, options?: { label?: boolean }): void
}
