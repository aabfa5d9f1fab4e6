/** What the layout itself says, in the languages it knows. Others read English. */

export interface Words {
  readonly skip: string
  readonly menu: string
  readonly chapters: string
  readonly contents: string
  readonly onThisPage: string
  readonly otherBooks: string
  readonly languages: string
  readonly previous: string
  readonly next: string
  readonly pager: string
  readonly begin: string
  readonly source: string
  readonly updated: string
  readonly chapter: (number: number) => string
  /** Leads from a part of a long list to the whole. */
  readonly allChapters: (count: number) => string
  /** For the client: what the buttons it makes are called. */
  readonly client: ClientWords
}

export interface ClientWords {
  readonly copy: string
  readonly copied: string
  readonly scheme: string
  readonly system: string
  readonly light: string
  readonly dark: string
  readonly problems: string
  readonly close: string
}

const chinese: Words = {
  skip: '跳到正文',
  menu: '全书目录',
  chapters: '章节',
  contents: '目录',
  onThisPage: '本章内容',
  otherBooks: '其他书',
  languages: '语言',
  previous: '上一章',
  next: '下一章',
  pager: '前后章节',
  begin: '从第一章读起',
  source: '源代码',
  updated: '更新于',
  chapter: number => `第 ${number} 章`,
  allChapters: count => `全部 ${count} 章`,
  client: {
    copy: '复制',
    copied: '已复制',
    scheme: '配色',
    system: '跟随系统',
    light: '浅色',
    dark: '深色',
    problems: '待修正的问题',
    close: '关闭',
  },
}

const english: Words = {
  skip: 'Skip to the text',
  menu: 'Contents of the book',
  chapters: 'Chapters',
  contents: 'Contents',
  onThisPage: 'In this chapter',
  otherBooks: 'Other books',
  languages: 'Language',
  previous: 'Previous chapter',
  next: 'Next chapter',
  pager: 'Neighbouring chapters',
  begin: 'Begin with chapter 1',
  source: 'Source code',
  updated: 'updated',
  chapter: number => `Chapter ${number}`,
  allChapters: count => `All ${count} chapters`,
  client: {
    copy: 'Copy',
    copied: 'Copied',
    scheme: 'Colours',
    system: 'as the system',
    light: 'light',
    dark: 'dark',
    problems: 'Problems to solve',
    close: 'Close',
  },
}

const byLanguage: Readonly<Record<string, Words>> = { zh: chinese, en: english }

/** The words for a BCP 47 tag, by its first part. */
export function toWords(lang: string): Words {
  return byLanguage[lang.split('-')[0].toLowerCase()] ?? english
}

/** A language's name in itself: `中文`, `English`. */
export function toLanguageName(lang: string): string {
  const language = lang.split('-')[0]
  return new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? lang
}
