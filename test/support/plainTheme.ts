/** The least theme there is: tests of the pipeline need no look. */
import { createRequire } from 'node:module'
import type { Theme } from '../../src/weave/index.ts'

const require = createRequire(import.meta.url)

export const plainTheme: Theme = {
  version: 'plain',
  assets: [],
  diagramFonts: {
    family: 'Noto Sans SC Variable',
    stylesheets: [require.resolve('@fontsource-variable/noto-sans-sc/index.css')],
  },
  layout: view =>
    `<!doctype html><html lang="${view.book.lang}"><head><meta charset="utf-8"><title>${
      view.kind === 'chapter' ? view.page.title : view.book.title
    }</title></head><body>${view.kind === 'chapter' ? `<h1>${view.page.title}</h1>${view.html}` : (view.text?.html ?? '')}</body></html>\n`,
}
