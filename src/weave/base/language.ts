/** Language tags (BCP 47): which are well-formed, which name a language that people know. */

/** `zh-CN`, `en`. Not `zh_CN`, not `English (UK)`. */
export function isLanguageTag(tag: string): boolean {
  try {
    return /^[A-Za-z]{2,3}(-|$)/.test(tag) && Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })

/** Whether a folder of this name is that of a language: `en`, `zh-CN`; not `img`, not `api`. */
export function isLanguageName(name: string): boolean {
  return (
    /^[a-z]{2,3}(-[A-Za-z]{2,4})?$/.test(name) &&
    isLanguageTag(name) &&
    names.of(name.split('-')[0]) !== undefined
  )
}
