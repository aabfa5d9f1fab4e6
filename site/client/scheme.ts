/** The button for the colours: as the system, light, dark, and round again. The choice is kept. */
import type { ClientWords } from './words.ts'

const schemes = ['system', 'light', 'dark'] as const
type Scheme = (typeof schemes)[number]

const key = 'unroll-scheme'

const drawings: Readonly<Record<Scheme, string>> = {
  system: '<circle cx="8" cy="8" r="6"/><path d="M8 2v12a6 6 0 0 0 0-12" fill="currentColor"/>',
  light:
    '<circle cx="8" cy="8" r="3"/><path d="M8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.500 1.500M11.500 11.500 13 13M3 13l1.500-1.500M11.500 4.500 13 3"/>',
  dark: '<path d="M13.500 9.800A6 6 0 0 1 6.200 2.500a6 6 0 1 0 7.300 7.300"/>',
}

export function showSchemeButton(words: ClientWords): void {
  const button = document.querySelector<HTMLButtonElement>('.scheme')
  if (!button) return
  let scheme = readScheme()
  const show = () => {
    const attributes =
      'viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.4" aria-hidden="true"'
    button.innerHTML = `<svg ${attributes}>${drawings[scheme]}</svg><span>${words[scheme]}</span>`
    button.setAttribute('aria-label', `${words.scheme}: ${words[scheme]}`)
    button.title = `${words.scheme}: ${words[scheme]}`
  }
  button.addEventListener('click', () => {
    scheme = schemes[(schemes.indexOf(scheme) + 1) % schemes.length]
    apply(scheme)
    show()
  })
  show()
  button.hidden = false
}

function readScheme(): Scheme {
  const theme = document.documentElement.dataset.theme
  return schemes.find(scheme => scheme === theme) ?? 'system'
}

function apply(scheme: Scheme): void {
  if (scheme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = scheme
  try {
    if (scheme === 'system') localStorage.removeItem(key)
    else localStorage.setItem(key, scheme)
  } catch {
    // Storage may be forbidden: then the choice holds for this page.
  }
}
