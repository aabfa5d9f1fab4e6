import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { loadTheme } from '../../site/theme.ts'

const theme = await loadTheme()
const texts = theme.assets.filter(asset => 'text' in asset)

test('every file of the theme exists and no two go to the same place', () => {
  const paths = theme.assets.map(asset => asset.path)
  expect(new Set(paths).size).toBe(paths.length)
  for (const asset of theme.assets) if ('from' in asset) expect(existsSync(asset.from), asset.from).toBe(true)
})

test('style sheets, scripts and the icon have a hash in their names', () => {
  expect(texts.length).toBeGreaterThanOrEqual(6)
  for (const { path } of texts)
    expect(path).toMatch(/^assets\/(?:katex\/)?[a-z]+\.[0-9a-f]{10}\.(?:css|js|svg)$/)
})

test('style sheets name only files of the theme, relative to themselves', () => {
  const known = new Set(theme.assets.map(asset => asset.path))
  const urls = texts
    .filter(({ path }) => path.endsWith('.css'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/url\(["']?([^"')]+)/g)].map(([, url]) => posix.join(posix.dirname(path), url)),
    )
  expect(urls.length).toBeGreaterThan(200)
  for (const url of urls) expect(known).toContain(url)
})

test('nothing in scripts and style sheets names another origin', () => {
  for (const { path, text } of texts)
    expect(text.replaceAll('http://www.w3.org/', ''), path).not.toMatch(/https?:\/\/|url\(["']?\/\/|@import/)
})

test('fonts are published as woff2 only and never keep the text hidden', () => {
  for (const { path } of theme.assets) expect(path).not.toMatch(/\.(?:woff|ttf)$/)
  const faces = texts.flatMap(({ text }) => text.match(/@font-face\s*\{[^}]*\}/g) ?? [])
  expect(faces.length).toBeGreaterThan(200)
  for (const face of faces) expect(face).toMatch(/font-display:\s*swap/)
})

test('loading twice gives the same version and the same files', async () => {
  expect(await loadTheme()).toMatchObject({ version: theme.version, assets: theme.assets })
})
