/** A button on every block of code that copies it. */
import type { ClientWords } from './words.ts'

export function addCopyButtons({ copy, copied }: Pick<ClientWords, 'copy' | 'copied'>): void {
  if (!navigator.clipboard) return
  for (const block of document.querySelectorAll('.code:not(:has(> .copy))')) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.textContent = copy
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(block.querySelector('pre')?.textContent ?? '')
      button.textContent = copied
      button.classList.add('done')
      setTimeout(() => {
        button.textContent = copy
        button.classList.remove('done')
      }, 1600)
    })
    block.append(button)
  }
}
