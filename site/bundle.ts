/** Client code and style sheet, bundled and minified in one esbuild run. */
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { renderPalette } from './style/palette.ts'

/** Entry points by the name they have in the site. */
const entries = {
  site: 'style/site.css',
  main: 'client/main.ts',
  reload: 'client/reload.ts',
  early: 'client/early.ts',
}

export type Entry = keyof typeof entries

/** `@import "palette.css"` reads the table of colours. */
const palettePlugin: Plugin = {
  name: 'palette',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^palette\.css$/ }, () => ({ path: 'palette.css', namespace: 'palette' }))
    onLoad({ filter: /.*/, namespace: 'palette' }, () => ({ contents: renderPalette(), loader: 'css' }))
  },
}

/** The text of each bundle. Scripts are plain ones, not modules: a page opened from disk runs them too. */
export async function bundleClient(): Promise<Readonly<Record<Entry, string>>> {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
    entryPoints: Object.entries(entries).map(([out, path]) => ({ in: path, out })),
    outdir: 'out',
    bundle: true,
    write: false,
    minify: true,
    charset: 'utf8',
    format: 'iife',
    target: ['es2022', 'chrome111', 'firefox115', 'safari16.4'],
    plugins: [palettePlugin],
    logLevel: 'silent',
  })
  const textOf = (name: Entry): string => {
    const file = outputFiles.find(({ path }) => /([^/\\]+)\.\w+$/.exec(path)?.[1] === name)
    if (!file) throw new Error(`missing bundle: ${name}`)
    return file.text.trimEnd()
  }
  return { site: textOf('site'), main: textOf('main'), reload: textOf('reload'), early: textOf('early') }
}
