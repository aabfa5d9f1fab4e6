/**
 * The colours, light and dark, by what they are for. A table and not a style sheet, so that a test can compute the
 * contrast of every pair; `renderPalette` makes the style sheet's custom properties of it.
 */

const light = {
  paper: '#fbf9f4',
  raised: '#f4f1e9',
  ink: '#26231f',
  soft: '#625b51',
  line: '#ddd7ca',
  accent: '#9c3322',
  link: '#1c5a7e',
  codePaper: '#f6f3ec',
  codeInk: '#2b2925',
  errorPaper: '#fbe9e4',
  errorInk: '#97261a',
  flash: '#ffefb5',
  heatPositive: '#eda58f',
  heatNegative: '#95bddf',
  note: '#1c5a7e',
  tip: '#2c6639',
  warning: '#7d5200',
  important: '#67409c',
  caution: '#9f2b1e',
  exercise: '#0d6466',
  proof: '#625b51',
} as const

export type Color = keyof typeof light

const dark: Readonly<Record<Color, string>> = {
  paper: '#1a1917',
  raised: '#211f1c',
  ink: '#e3ded4',
  soft: '#aca499',
  line: '#3b3833',
  accent: '#e8937e',
  link: '#8bbce0',
  codePaper: '#22201d',
  codeInk: '#e0dbd1',
  errorPaper: '#3a211c',
  errorInk: '#f4a897',
  flash: '#4d431c',
  heatPositive: '#843d2b',
  heatNegative: '#28577f',
  note: '#8bbce0',
  tip: '#93c79a',
  warning: '#dfb45f',
  important: '#c3a6ea',
  caution: '#f09a88',
  exercise: '#79c6c4',
  proof: '#aca499',
}

export const palette: Readonly<Record<'light' | 'dark', Readonly<Record<Color, string>>>> = { light, dark }

/** What the dark colours bring besides themselves. */
const scheme = {
  light: 'color-scheme:light;--is-dark:0;',
  dark: 'color-scheme:dark;--is-dark:1;',
}

/** Shiki's spans carry both colours; which one shows is the page's choice. */
function shikiRule(root: string, name: 'light' | 'dark'): string {
  const style = `font-style:var(--shiki-${name}-font-style);font-weight:var(--shiki-${name}-font-weight)`
  return `${root} .shiki,${root} .shiki span{color:var(--shiki-${name});${style}}`
}

/** Custom properties for both schemes: the reader's choice (`data-theme`) before the system's. Paper is light. */
export function renderPalette(): string {
  const rules = (root: string, name: 'light' | 'dark') =>
    `${root}{${scheme[name]}${toProperties(palette[name])}}${shikiRule(root, name)}`
  const system = `@media (prefers-color-scheme:dark){${rules(':root:not([data-theme=light])', 'dark')}}`
  return `${rules(':root', 'light')}@media screen{${system}${rules(':root[data-theme=dark]', 'dark')}}`
}

function toProperties(colors: Readonly<Record<Color, string>>): string {
  return Object.entries(colors)
    .map(([name, value]) => `--${name.replace(/[A-Z]/g, c => '-' + c.toLowerCase())}:${value};`)
    .join('')
}
