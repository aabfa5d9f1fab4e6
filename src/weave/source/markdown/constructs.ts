/**
 * Forms that look like a construct of ours, or of another tool, and are none: each would be shown as it is written,
 * and nobody would know. A form that becomes a feature leaves this table.
 */
import type { Diagnostic } from '../../base/diagnostic.ts'
import { nearest } from '../../base/nearest.ts'
import type { Env } from './env.ts'

export interface Almost {
  /** Matched at its first character; group 1, if there is one, is what the message is about. */
  readonly pattern: RegExp
  readonly rule: string
  readonly severity: Diagnostic['severity']
  /** What must not stand right before it. */
  readonly notAfter?: RegExp
  /** Only at the beginning of a line. */
  readonly lineStart?: boolean
  /** Undefined: it is what it looks like after all. */
  readonly say: (
    match: RegExpMatchArray,
    env: Env,
  ) => { readonly message: string; readonly help: string } | undefined
}

/** Kinds of labels that references name. */
const kinds = ['fig', 'tbl', 'eq', 'sec']
/** What other tools number. */
const otherKinds = 'thm lem cor prp cnj def exm exr rem sol alg lst tab tip nte wrn imp cau'.split(' ')

const mark = (tool: string, ours: string) => (match: RegExpMatchArray) => ({
  message: `${match[0].split('\n')[0]} is a mark of ${tool}, and would be shown as it is`,
  help: ours,
})

/** `{ts}` outside of back-quotes. */
export function inlineUnread(text: string): {
  readonly rule: string
  readonly message: string
  readonly help: string
} {
  return {
    rule: 'inline-unread',
    message: 'this is not read as an inline value',
    help: `It stands in back-quotes, on one line: \`\` \`${text} expression\` \`\`.`,
  }
}

/** Tried at these characters before markdown-it reads them, for it takes them one by one. */
export const early: Readonly<Record<string, readonly Almost[]>> = {
  '*': [
    {
      pattern: /\*\*[ \t]+[^*\n]*[^*\s][ \t]*\*\*(?!\*)/y,
      notAfter: /[\w*]/,
      rule: 'emphasis-unread',
      severity: 'warning',
      say: match => ({
        message: 'this is not read as strong text: there is a space inside the stars',
        help: `Write \`**${match[0].slice(2, -2).trim()}**\`; for plain stars write \`\\*\`.`,
      }),
    },
  ],
  '\\': [
    {
      pattern: /\\@ref\([^)\n]*\)/y,
      rule: 'foreign-mark',
      severity: 'warning',
      say: mark('bookdown', 'Refer to a label by `@fig-name`, `@tbl-name`, `@eq-name` or `@sec-name`.'),
    },
  ],
}

/** Tried at these characters when nothing else has taken them. */
export const late: Readonly<Record<string, readonly Almost[]>> = {
  '[': [
    {
      pattern: /\[\^([^\]\s]+)\](?!:)/y,
      rule: 'note-missing',
      severity: 'error',
      say: ([, label], { notes }) => {
        const guess = nearest(label, [...notes.keys()])
        return {
          message: `there is no note ${label}`,
          help: guess
            ? `Did you mean \`[^${guess}]\`?`
            : `Write it in a paragraph of its own: \`[^${label}]: …\`.`,
        }
      },
    },
    {
      pattern: /\[\^[^\]\n]*\s[^\]\n]*\](?!\()/y,
      rule: 'note-missing',
      severity: 'error',
      say: () => ({
        message: 'the label of a note has no spaces',
        help: 'Write `[^1]` and below `[^1]: the note`; or the note itself: `^[the note]`.',
      }),
    },
    {
      pattern: /\[-?@[\w:.#$%&+?<>~/-]+[^\]\n]*\]/y,
      rule: 'citation',
      severity: 'error',
      say: ([text]) => {
        const label = /@(?:fig|tbl|eq|sec)-[\w-]+/.exec(text)?.[0]
        return {
          message: label ? `${text} is not read as a reference` : 'citations by key are not read',
          help: label
            ? `Write \`${label}\` or \`[${label}]\`, one for each label.`
            : 'Name the source in a footnote, `[^1]`, or by a link.',
        }
      },
    },
    {
      pattern: /\[\[(?:toc|_toc_)\]\]|\[toc\]/iy,
      rule: 'foreign-mark',
      severity: 'warning',
      say: mark('other tools', 'Every page has its contents; remove it.'),
    },
    {
      pattern: /!?\[\[[^[\]\n]+\]\]/y,
      rule: 'foreign-mark',
      severity: 'warning',
      say: mark('wikis', 'Link to a chapter by its file: `[text](02-forward.md)`.'),
    },
    {
      pattern: /\[([^[\]\n]+)\]\[([^[\]\n]*)\]/y,
      notAfter: /[\w\]]/,
      rule: 'link-undefined',
      severity: 'error',
      say: ([, text, label], { definitions }) => {
        const name = label === '' ? text : label
        const guess = nearest(
          name,
          [...definitions.keys()].map(d => d.toLowerCase()),
        )
        return {
          message: `there is no definition of [${name}]`,
          help: guess
            ? `Did you mean [${guess}]?`
            : `Write \`[${name}]: address\` on a line of its own; for plain brackets \`\\[\`.`,
        }
      },
    },
    {
      pattern: /\[[^[\]\n]*\]\([^()\n]*\)/y,
      rule: 'link-unread',
      severity: 'error',
      say: ([text]) => ({
        message: 'this is not read as a link',
        help: /\]\(<?[^"']*\s/.test(text)
          ? 'Put a destination with spaces between `<` and `>`: `[text](<my file.md>)`; a title behind it in quotes.'
          : 'Write `[text](destination "title")`; for plain brackets `\\[`.',
      }),
    },
    {
      pattern: /\[[^[\]\n]+\][ \t]+\((?:https?:\/\/[^()\s]+|[^()\s]+\.(?:md|html|png|jpe?g|svg|pdf))\)/y,
      rule: 'link-unread',
      severity: 'error',
      say: ([text]) => ({
        message: 'this is not read as a link: there is a space between the brackets',
        help: `Write \`${text.replace(/\][ \t]+\(/, '](')}\`.`,
      }),
    },
  ],
  '@': [
    {
      pattern: /@([A-Za-z]{2,4})([-:_])([A-Za-z0-9][\w:-]*)(?![\w/.]*[/@])/y,
      notAfter: /[\w.+@/-]/,
      rule: 'reference-unread',
      severity: 'error',
      say: ([text, kind, separator, name]) => {
        const lower = kind.toLowerCase()
        const guess = kinds.includes(lower) ? lower : nearest(lower, kinds)
        const known = kinds.includes(kind)
        if (known && separator === '-') return undefined
        if (otherKinds.includes(lower) && lower !== 'tab')
          return {
            message: `${text}: things of this kind have no numbers`,
            help: 'References name figures, tables, equations and sections: `@fig-…`, `@tbl-…`, `@eq-…`, `@sec-…`; for a plain @ write `\\@`.',
          }
        const meant = lower === 'tab' ? 'tbl' : guess
        if (!meant || (separator !== '-' && !kinds.includes(lower) && lower !== 'tab')) return undefined
        return {
          message: `${text} is not read as a reference`,
          help: `Did you mean \`@${meant}-${name}\`? For a plain @ write \`\\@\`.`,
        }
      },
    },
  ],
  '{': [
    {
      pattern: /\{\{[<%][^\n]*?[>%]\}\}/y,
      rule: 'foreign-mark',
      severity: 'warning',
      say: mark(
        'Hugo and Quarto (a shortcode)',
        'Write what it stands for; code and data come from cells that import them.',
      ),
    },
    {
      pattern: /\{%[^\n]*?%\}/y,
      rule: 'foreign-mark',
      severity: 'warning',
      say: mark(
        'Jekyll and Hexo (a tag)',
        'Write what it stands for: code in a fence, pictures as `![…](…)`.',
      ),
    },
    {
      pattern: /\{\{-?\s*[$A-Za-z_.|][^{}\n]*\}\}/y,
      rule: 'foreign-mark',
      severity: 'warning',
      say: mark(
        'templates',
        'The value of an expression is written `` `{ts} expression` ``; plain braces `\\{`.',
      ),
    },
    {
      pattern: /\{(?:ts|typescript)(?:=[^}\n]*)?\}/iy,
      rule: 'inline-unread',
      severity: 'error',
      say: ([text]) => inlineUnread(text),
    },
    {
      pattern: /\{[a-z][\w:-]*\}`[^`\n]*`/y,
      rule: 'foreign-mark',
      severity: 'warning',
      say: mark(
        'MyST (a role)',
        'Refer by `@fig-name`; write formulas as `$…$`, values as `` `{ts} expression` ``.',
      ),
    },
    {
      pattern: /\{[#.][A-Za-z][^{}\n]*\}/y,
      notAfter: /[$\w]/,
      rule: 'attributes-unread',
      severity: 'error',
      say: ([text]) =>
        // What reads as attributes is text only where it belongs to nothing, which is said elsewhere.
        /^\{(?:[#.][\w-]+|[\w-]+=\S+)(?:\s+(?:[#.][\w-]+|[\w-]+=\S+))*\}$/.test(text)
          ? undefined
          : {
              message: 'this is not read as attributes',
              help: 'They are `{#id .class key="value"}`, with spaces between them and nothing else; for plain braces write `\\{`.',
            },
    },
  ],
  ':': [
    {
      pattern: /:[a-z][\w-]*:`[^`\n]*`/y,
      rule: 'foreign-mark',
      severity: 'warning',
      notAfter: /[\w:]/,
      say: mark(
        'Sphinx and d2l (a role)',
        'Labels are `{#sec-name}` or `label: fig-name`, references `@fig-name`, formulas `$…$`.',
      ),
    },
    {
      pattern: /:[a-z][a-z_]*[a-z]:(?!\w)/y,
      notAfter: /[\w:`]/,
      rule: 'foreign-mark',
      severity: 'warning',
      say: mark('GitHub (an emoji)', 'Write the character itself.'),
    },
  ],
  '<': [
    {
      pattern: /<<<[ \t]*(?:@\/|\.{0,2}\/)?[\w.-][^\s<]*/y,
      lineStart: true,
      rule: 'foreign-mark',
      severity: 'warning',
      say: mark(
        'VitePress (code from a file)',
        'Import it in a cell: ```ts exec, `import { f } from "../file.ts"`.',
      ),
    },
  ],
  '=': [
    {
      pattern: /==[^=\s](?:[^=\n]*[^=\s])?==(?!=)/y,
      notAfter: /[=\w]/,
      rule: 'foreign-mark',
      severity: 'warning',
      say: mark('other tools (marked text)', 'Write `<mark>…</mark>`, or `**strong**`.'),
    },
  ],
  '+': [
    {
      pattern: /\+\+[^+\s](?:[^+\n]*[^+\s])?\+\+(?!\+)/y,
      notAfter: /[+\w]/,
      rule: 'foreign-mark',
      severity: 'warning',
      say: mark('other tools (inserted text)', 'Write `<ins>…</ins>`.'),
    },
  ],
  '!': [
    {
      pattern: /!!![+]?[ \t]+[A-Za-z]+/y,
      lineStart: true,
      rule: 'foreign-mark',
      severity: 'warning',
      say: mark('MkDocs (an admonition)', 'Write `::: note Title`, the text, and `:::`.'),
    },
  ],
}

/** At the beginning of a paragraph's line, whatever the character. */
export const lines: readonly Almost[] = [
  {
    pattern: /^\?\?\?[+]?[ \t]+[A-Za-z]+.*/,
    rule: 'foreign-mark',
    severity: 'warning',
    say: mark('MkDocs (a folded admonition)', 'Write `::: details Title`, the text, and `:::`.'),
  },
  {
    pattern: /^===[ \t]+"[^"]*".*/,
    rule: 'foreign-mark',
    severity: 'warning',
    say: mark('MkDocs (tabs)', 'Write the parts one after the other.'),
  },
  {
    pattern: /^\.\.[ \t]+[a-z-]+::.*/,
    rule: 'foreign-mark',
    severity: 'warning',
    say: mark('reStructuredText', 'Write `::: note`, a fence, or an image in Markdown.'),
  },
  {
    pattern: /^(#{2,6})(?=[^\s#])|^(#)(?=[\u2e80-\u9fff])/,
    rule: 'heading-unread',
    severity: 'warning',
    say: ([marks]) => ({
      message: 'this is not read as a heading: there is no space behind the #',
      help: `Write \`${marks} …\`; for a plain # write \`\\#\`.`,
    }),
  },
  {
    pattern: /^(?:#{1,6}|[-*+]|\d{1,9}[.)])[\u00a0\u3000]/,
    rule: 'space-unread',
    severity: 'warning',
    say: ([text]) => ({
      message: `behind ${text.slice(0, -1)} stands a ${text.endsWith('\u3000') ? 'full-width' : 'no-break'} space, which makes no heading and no list`,
      help: 'Put a plain space there.',
    }),
  },
]
