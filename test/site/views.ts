/** A small site of two books, as the pipeline would hand it to a theme. */
import type { BookView, ChapterView, IndexView, SiteView } from '../../src/weave/book/theme.ts'
import type { Page } from '../../src/weave/page/page.ts'

const article = `
<p>状态更新见<a class="ref" href="#eq-update">式 (2.1)</a>,只剩 <span class="value">2.3e-4</span>。<sup
  class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup></p>
<h2 id="状态">状态<a class="anchor" href="#%E7%8A%B6%E6%80%81" aria-label="本节的链接">#</a></h2>
<div class="equation" id="eq-update"><span class="katex-display">h</span><span class="number">(2.1)</span></div>
<div class="cell" id="cell-1" data-cell="0">
<div class="code" data-lang="ts"><pre class="shiki" tabindex="0"><code>1 + 1</code></pre></div>
<div class="outputs"><div class="output result"><pre>2</pre></div></div>
</div>
<h3 id="heat">热图<a class="anchor" href="#heat" aria-label="本节的链接">#</a></h3>
<div class="table-scroll"><table class="tensor"><tbody><tr><td class="positive" style="--v:0.5">1</td></tr></tbody></table></div>
<div class="callout callout-note" role="note"><p class="callout-title">约定</p><p>向量是列向量。</p></div>
<section class="footnotes"><ol><li id="fn1"><p>见原文。<a href="#fnref1" aria-label="回到正文">↩</a></p></li></ol></section>`

const zh: BookView = {
  id: 'zh',
  lang: 'zh-CN',
  title: '循环神经网络',
  subtitle: '一本可以运行的书',
  description: '从一个神经元到能写字的网络。',
  url: 'zh/index.html',
  chapters: [
    { title: '从前馈到循环', url: 'zh/01-start.html', number: 1, description: '为什么需要记忆。' },
    { title: '梯度 <传播> & 链', url: 'zh/02-%E6%A2%AF%E5%BA%A6.html', number: 2 },
    { title: '截断', url: 'zh/03-truncated.html', number: 3 },
  ],
}

const en: BookView = {
  id: 'en',
  lang: 'en',
  title: 'Recurrent Networks',
  url: 'en/index.html',
  chapters: [{ title: 'The chain', url: 'en/02-chain.html', number: 1 }],
}

export const site: SiteView = { title: 'unroll', books: [zh, en], repository: 'https://example.org/unroll' }

const page: Page = {
  file: 'content/zh/02-梯度.md',
  path: 'zh/02-梯度.md',
  book: 'zh',
  slug: '02-梯度',
  source: '',
  title: '梯度 <传播> & 链',
  titleHtml: '梯度 &lt;传播&gt; &amp; 链',
  frontMatter: { author: '林木', updated: '2026-02-05' },
  number: 2,
  html: article,
  toc: [
    { level: 2, id: '状态', html: '状态', text: '状态' },
    { level: 3, id: 'heat', html: '热图', text: '热图' },
  ],
  labels: [],
  anchors: [],
  references: [],
  targets: [],
  text: '状态更新\n '.repeat(60),
  hasMath: true,
}

export const chapter: ChapterView = {
  kind: 'chapter',
  site,
  book: zh,
  root: '../',
  url: zh.chapters[1].url,
  translations: [{ lang: 'en', url: 'en/02-chain.html' }],
  live: false,
  page,
  html: article,
  previous: zh.chapters[0],
  next: zh.chapters[2],
}

export const englishChapter: ChapterView = {
  ...chapter,
  book: en,
  url: 'en/02-chain.html',
  translations: [{ lang: 'zh-CN', url: zh.chapters[1].url }],
  page: { ...page, title: 'The chain', book: 'en', frontMatter: {}, hasMath: false, toc: [] },
  html: '<p>What stays of an early input?</p>',
  live: true,
  previous: undefined,
  next: undefined,
}

export const index: IndexView = {
  kind: 'index',
  site,
  book: zh,
  root: '../',
  url: zh.url,
  translations: [{ lang: 'en', url: en.url }],
  live: false,
}

export const englishIndex: IndexView = {
  ...index,
  book: en,
  url: en.url,
  translations: [{ lang: 'zh-CN', url: zh.url }],
}

/** A book without folder: its documents lie in the site's root. */
const rootBook: BookView = { ...zh, id: '', url: 'index.html', chapters: [] }

export const emptyRootIndex: IndexView = {
  ...index,
  site: { title: 'unroll', books: [rootBook] },
  book: rootBook,
  root: '',
  url: 'index.html',
  translations: [],
}

/** With the text of an `index.md`. */
export const textIndex: IndexView = {
  ...index,
  text: {
    page: {
      ...page,
      number: 0,
      title: '欢迎',
      slug: 'index',
      frontMatter: { description: '先读这里。' },
      description: { html: '先读这里。', text: '先读这里。' },
    },
    title: '欢迎',
    html: article,
  },
}

export const views = { chapter, englishChapter, index, englishIndex, emptyRootIndex, textIndex }
