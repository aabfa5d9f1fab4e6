/** The book's theme, as the pipeline gets it: layouts and assets as one object. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Theme, ThemeAsset } from '../src/weave/book/theme.ts'
import { bundleClient } from './bundle.ts'
import { katex, noto, readFontSheet } from './fonts.ts'
import type { ThemeFiles } from './layout/document.tsx'
import { renderView } from './layout/layout.tsx'

const layoutFolder = fileURLToPath(new URL('layout/', import.meta.url))
const iconPath = fileURLToPath(new URL('static/favicon.svg', import.meta.url))

/** Bundles client code and styles and collects the fonts. Names carry a hash of the content: cache them for ever. */
export async function loadTheme(): Promise<Theme> {
  const bundle = await bundleClient()
  const notoSheets = noto.map(source => readFontSheet(source, 'assets/'))
  const katexSheet = readFontSheet(katex, 'assets/katex/')
  const texts = {
    style: named('assets/site', bundle.site, 'css'),
    noto: named('assets/fonts', notoSheets.map(sheet => sheet.css).join('\n'), 'css'),
    katex: named('assets/katex/katex', katexSheet.css, 'css'),
    main: named('assets/main', bundle.main, 'js'),
    reload: named('assets/reload', bundle.reload, 'js'),
    icon: named('assets/icon', readFileSync(iconPath, 'utf8'), 'svg'),
  }
  const files: ThemeFiles = {
    style: texts.style.path,
    fonts: [texts.noto.path],
    katex: texts.katex.path,
    main: texts.main.path,
    reload: texts.reload.path,
    icon: texts.icon.path,
    early: bundle.early,
  }
  const fonts = [...notoSheets, katexSheet].flatMap(sheet => sheet.files)
  return {
    layout: view => renderView(view, files),
    assets: [...Object.values(texts), ...fonts],
    diagramFonts: {
      family: 'Noto Sans SC Variable',
      stylesheets: [createRequire(import.meta.url).resolve('@fontsource-variable/noto-sans-sc/index.css')],
    },
    version: hash([JSON.stringify(files), ...fonts.map(font => font.path), ...readLayouts()].join('\0')),
  }
}

function named(stem: string, text: string, extension: string): Extract<ThemeAsset, { text: string }> {
  return { path: `${stem}.${hash(text).slice(0, 10)}.${extension}`, text }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/** The text of the layouts: their code is part of the version. */
function readLayouts(): readonly string[] {
  return readdirSync(layoutFolder)
    .sort()
    .map(name => readFileSync(layoutFolder + name, 'utf8'))
}
