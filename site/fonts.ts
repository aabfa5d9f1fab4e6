/** Fonts from their npm packages: style sheets with local paths, and the files that these name. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { ThemeAsset } from '../src/weave/book/theme.ts'

const require = createRequire(import.meta.url)

/** A style sheet of `@font-face` rules, its urls relative to the folder that it will lie in. */
export interface FontSheet {
  readonly css: string
  readonly files: readonly ThemeAsset[]
}

interface Source {
  /** Style sheet inside its package. */
  readonly sheet: string
  /** Folder of the files, relative to the style sheet in the site. */
  readonly folder: string
}

/** Noto families come in slices by `unicode-range`: a reader loads only those with the characters on the page. */
export const noto: readonly Source[] = [
  { sheet: '@fontsource-variable/noto-serif-sc/index.css', folder: 'fonts' },
  { sheet: '@fontsource-variable/noto-sans-sc/index.css', folder: 'fonts' },
]

export const katex: Source = { sheet: 'katex/dist/katex-swap.min.css', folder: 'fonts' }

/** @param base folder of the style sheet in the site, with a slash at its end */
export function readFontSheet({ sheet, folder }: Source, base: string): FontSheet {
  const path = require.resolve(sheet)
  const text = keepWoff2(readFileSync(path, 'utf8'))
  const files = new Map<string, ThemeAsset>()
  const css = text.replace(/url\(["']?([^"')]+)["']?\)/g, (_url, file: string) => {
    const name = file.slice(file.lastIndexOf('/') + 1)
    files.set(name, { path: `${base}${folder}/${name}`, from: join(dirname(path), file) })
    return `url(${folder}/${name})`
  })
  return { css, files: [...files.values()] }
}

/** Every browser that the theme is for reads woff2: the older formats need not be published. */
function keepWoff2(css: string): string {
  return css
    .replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g, '')
    .replace(/\/\*[\s\S]*?\*\/\s*/g, '')
}
