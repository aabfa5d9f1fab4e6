/** The menu of narrow screens works by itself; with JavaScript it also closes when the reader goes elsewhere. */
export function closeMenuOnLeave(): void {
  const menu = document.querySelector<HTMLDetailsElement>('.menu')
  const masthead = menu?.closest('.masthead')
  if (!menu || !masthead) return
  document.addEventListener('click', event => {
    if (menu.open && event.target instanceof Node && !masthead.contains(event.target)) menu.open = false
  })
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !menu.open) return
    menu.open = false
    menu.querySelector('summary')?.focus()
  })
  const current = masthead.querySelector('.chapters [aria-current]')
  if (current && current.getBoundingClientRect().bottom > innerHeight)
    current.scrollIntoView({ block: 'center' })
}
