/** All islands of a published page. Each finds its own place in the page and does nothing without it. */
import { addCopyButtons } from './copy.ts'
import { closeMenuOnLeave } from './menu.ts'
import { showSchemeButton } from './scheme.ts'
import { followSections } from './toc.ts'
import { readWords } from './words.ts'

const words = readWords()
showSchemeButton(words)
closeMenuOnLeave()
followSections()
addCopyButtons(words)
document.addEventListener('unroll:content', () => addCopyButtons(words))
