/** `npm run dev` without a browser: whatever is wrong with one chapter, the others are shown. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type DevServer, dev, type Rebuilt, silent } from '../../src/weave/index.ts'
import { type TestBook, testBook } from '../support/book.ts'
import { plainTheme } from '../support/plainTheme.ts'

const root = resolve(import.meta.dirname, '../..')
let book: TestBook | undefined
let server: DevServer | undefined
const rebuilt: Rebuilt[] = []
afterEach(async () => {
  await server?.close()
  await book?.close()
  rebuilt.length = 0
})

async function serve(
  files: Readonly<Record<string, string | Uint8Array>>,
  links: Readonly<Record<string, string>> = {},
  name = 'content',
): Promise<TestBook> {
  book = await testBook(files)
  await mkdir(join(book.folder, 'else'))
  await writeFile(join(book.folder, 'else/02-b.md'), '# 乙\n\n旧\n')
  for (const [name, target] of Object.entries(links)) await symlink(target, join(book.content, name))
  const content = join(book.folder, name)
  if (content !== book.content) await symlink(book.content, content)
  server = await dev({
    root,
    content,
    jobs: 2,
    theme: plainTheme,
    progress: silent,
    port: 0,
    host: '127.0.0.1',
    onRebuilt: r => rebuilt.push(r),
  })
  return book
}

const get = async (url: string) => (await fetch(`${server?.url}${url}`)).text()

/** `zh/01-a.md rule` for everything that is wrong now. */
const said = () =>
  (rebuilt.at(-1)?.diagnostics ?? []).map(
    d => `${relative(book?.content ?? '', join(root, d.file))} ${d.rule}`,
  )

async function shows(url: string, text: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if ((await get(url)).includes(text)) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  expect(await get(url)).toContain(text)
}

const good = (value: string) =>
  `# 好\n\n\`\`\`ts exec\n//| echo: false\n${value}\n\`\`\`\n\n值是 \`{ts} ${value}\`。\n`

/** One mistake of each stage. */
const bad: Readonly<Record<string, string | Uint8Array>> = {
  'zh/02-matter.md': '---\ntitle: [一\n---\n\n甲乙\n',
  'zh/03-unclosed.md': '---\ntitle: 一\n\n甲乙\n',
  'zh/04-fence.md': '# 一\n\n甲乙\n\n```ts exec\n1\n',
  'zh/05-parse.md': '# 一\n\n甲乙\n\n```ts exec\nconst = 1\n```\n',
  'zh/06-types.md': '# 一\n\n甲乙\n\n```ts exec\nconst a: string = 1\n```\n',
  'zh/07-import.md': "# 一\n\n甲乙\n\n```ts exec\nimport a from './none.csv'\na\n```\n",
  'zh/08-throws.md': '# 一\n\n甲乙\n\n```ts exec\nthrow new Error("x")\n```\n',
  'zh/09-math.md': '# 一\n\n甲乙 $\\frac$\n',
  'zh/10-link.md': '# 一\n\n甲乙 [x](none.md) @fig-none\n',
}
const unreadable: Readonly<Record<string, string | Uint8Array>> = {
  'zh/11-bytes.md': Buffer.from([0x23, 0x20, 0xb0, 0xa1]),
  'zh/12-empty.md': '',
  'zh/X.MD': '# X\n',
}

describe('a book in which every other chapter has an error', () => {
  it('is served, each chapter with what can be shown of it, and goes on showing what is saved', async () => {
    const { write } = await serve({ 'zh/01-good.md': good('6 * 7'), ...bad, ...unreadable })
    expect(await get('zh/01-good.html')).toContain('42')
    for (const name of Object.keys(bad)) expect(await get(name.replace('.md', '.html'))).toContain('甲乙')
    const files = new Set(said().map(line => line.split(' ')[0]))
    expect([...files].sort()).toEqual(Object.keys({ ...bad, ...unreadable }).sort())
    await write({ 'zh/01-good.md': good('6 * 8') })
    await shows('zh/01-good.html', '48')
    await write({ 'zh/13-new.md': '# 新\n\n刚写的\n' })
    await shows('zh/13-new.html', '刚写的')
    await write({ 'zh/08-throws.md': good('6 * 9') })
    await shows('zh/08-throws.html', '54')
  }, 60_000)

  it('is served when its configuration does not load', async () => {
    const { write } = await serve({ 'book.config.ts': 'export default {', 'zh/01-good.md': good('6 * 7') })
    expect(await get('zh/01-good.html')).toContain('42')
    expect(said()).toEqual(['book.config.ts config'])
    await write({ 'book.config.ts': "export default { title: '修好了' }" })
    await shows('index.html', '修好了')
    expect(said()).toEqual([])
  }, 60_000)

  it('is served when there is nothing in it yet', async () => {
    const { write } = await serve({})
    expect(await get('index.html')).toContain('There is no index.html')
    await write({ 'zh/01-good.md': good('6 * 7') })
    await shows('zh/01-good.html', '42')
  }, 60_000)
})

describe('links of the file system', () => {
  it('that lead round do not keep the book from being served', async () => {
    const { write } = await serve({ 'zh/01-a.md': '# 甲\n\n旧\n' }, { 'zh/up': '..', self: '.' })
    expect(said()).toEqual(['self link-round', 'zh/up link-round'])
    await write({ 'zh/01-a.md': '# 甲\n\n改过\n' })
    await shows('zh/01-a.html', '改过')
  }, 60_000)

  it('to a folder elsewhere are watched there', async () => {
    const { folder } = await serve({ 'zh/01-a.md': '# 甲\n\n旧\n' }, { 'zh/else': '../../else' })
    await writeFile(join(folder, 'else/02-b.md'), '# 乙\n\n改过\n')
    await shows('zh/else/02-b.html', '改过')
  }, 60_000)

  it('may be the content folder itself', async () => {
    const { folder, write } = await serve({ 'zh/01-a.md': '# 甲\n\n旧\n' }, {}, 'linked')
    await write({ 'zh/01-a.md': '# 甲\n\n改过\n' })
    await shows('zh/01-a.html', '改过')
    expect(rebuilt.at(-1)?.files.map(file => relative(folder, join(root, file)))).toEqual([
      'linked/zh/01-a.md',
    ])
  }, 60_000)
})
