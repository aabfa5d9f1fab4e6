/**
 * The fonts that diagrams are measured in: those that the site serves, so that labels fit their boxes in the
 * reader's browser. A Chinese web font is a hundred files by Unicode range; only those that a text needs are read.
 * [edge: fs]
 */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Page } from 'puppeteer'
import { hashOf } from '../base/hash.ts'

/** Which font the site shows diagrams in: plain data. */
export interface DiagramFonts {
  /** The family's name in the stylesheets: `Noto Sans SC Variable`. */
  readonly family: string
  /** Paths of CSS files with the family's `@font-face` rules (relative `url()`s to woff2 files). */
  readonly stylesheets: readonly string[]
}

interface Face {
  readonly path: string
  readonly ranges: readonly (readonly [number, number])[]
  readonly descriptors: Readonly<Record<string, string>>
}

export interface FontSet {
  /** A CSS value: `'Noto Sans SC Variable', sans-serif`. */
  readonly family: string
  /** Changes when the fonts do: part of the cache key. */
  readonly signature: string
  /** Declares the files that `text` needs in a page, and loads them. A page keeps what it has. */
  install(page: Page, text: string): Promise<void>
  /** The same as a script for a page that is yet to be opened (its opener has to await `document.fonts`). */
  script(text: string): Promise<string>
}

/** Reads the stylesheets; font files are read when a text needs them. */
export async function readFonts({ family, stylesheets }: DiagramFonts): Promise<FontSet> {
  const sheets = await Promise.all(
    stylesheets.map(async path => ({ path, css: await readFile(path, 'utf8') })),
  )
  const faces = sheets.flatMap(({ path, css }) => facesOf(css, dirname(path), family))
  const versions = await Promise.all(stylesheets.map(packageVersion))
  const loaded = new Map<string, Promise<string>>()
  const bytesOf = (path: string): Promise<string> => {
    const known = loaded.get(path) ?? readFile(path, 'base64')
    loaded.set(path, known)
    return known
  }
  /** One character per range is enough to choose files: ASCII is always there (engines add their own words). */
  const needed = async (text: string) => {
    const points = new Set([...text, ...ascii].map(c => c.codePointAt(0) as number))
    const chosen = faces.filter(face => [...points].some(point => covers(face, point)))
    return Promise.all(chosen.map(async face => ({ ...face, data: await bytesOf(face.path) })))
  }
  return {
    family: `'${family}', sans-serif`,
    signature: hashOf(family, ...sheets.map(s => s.css), ...versions),
    async install(page, text) {
      for (const { path, descriptors, data } of await needed(text))
        await page.evaluate(
          async (family, path, descriptors, data) => {
            const page = globalThis as typeof globalThis & { unrollFonts?: Set<string> }
            page.unrollFonts ??= new Set()
            if (page.unrollFonts.has(path)) return
            page.unrollFonts.add(path)
            const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0))
            const face = new FontFace(family, bytes, descriptors)
            document.fonts.add(await face.load())
          },
          family,
          path,
          descriptors,
          data,
        )
    },
    async script(text) {
      const added = (await needed(text)).map(
        ({ descriptors, data }) =>
          `document.fonts.add(new FontFace(${JSON.stringify(family)}, bytes('${data}'), ${JSON.stringify(descriptors)}))`,
      )
      return `{ const bytes = data => Uint8Array.from(atob(data), c => c.charCodeAt(0))\n${added.join('\n')} }`
    },
  }
}

const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))

/** The `@font-face` rules of one family. */
function facesOf(css: string, folder: string, family: string): Face[] {
  const faces: Face[] = []
  for (const [, body] of css.matchAll(/@font-face\s*\{([^}]*)\}/g)) {
    const value = (name: string) => new RegExp(`(?:^|[;\\s])${name}\\s*:\\s*([^;]+)`).exec(body)?.[1].trim()
    const url = /url\(\s*["']?([^"')]+)["']?\s*\)/.exec(value('src') ?? '')?.[1]
    if (!url || value('font-family')?.replace(/["']/g, '') !== family) continue
    const range = value('unicode-range') ?? 'U+0-10FFFF'
    faces.push({
      path: join(folder, url),
      ranges: rangesOf(range),
      descriptors: {
        weight: value('font-weight') ?? '400',
        style: value('font-style') ?? 'normal',
        unicodeRange: range,
      },
    })
  }
  return faces
}

/** `U+4E00-4FFF, U+20, U+4??` as pairs of code points. */
function rangesOf(list: string): [number, number][] {
  return list.split(',').map(item => {
    const [from, to = from] = item.trim().replace(/^U\+/i, '').split('-')
    return [Number.parseInt(from.replaceAll('?', '0'), 16), Number.parseInt(to.replaceAll('?', 'F'), 16)]
  })
}

function covers(face: Face, point: number): boolean {
  return face.ranges.some(([from, to]) => point >= from && point <= to)
}

/** The version in the nearest package.json above a file, '' if there is none. */
async function packageVersion(path: string): Promise<string> {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
    if (text !== undefined) return String((JSON.parse(text) as { version?: unknown }).version ?? '')
  }
  return ''
}
