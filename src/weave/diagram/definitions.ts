/** What an SVG defines and refers to by id: markers, gradients, filters. Both functions mutate the tree. */
import { elementsOf, type SvgElement } from './markup.ts'
import { referencesIn } from './svg.ts'

/** Drops markers, gradients and filters that nothing refers to, and groups with nothing inside. */
export function removeUnused(root: SvgElement): void {
  const used = referencedIds(root)
  const prune = (element: SvgElement) => {
    element.children = element.children.filter(child => {
      if (typeof child === 'string') return true
      if (definitions.has(child.name) && !used.has(child.attributes.get('id') ?? '')) return false
      prune(child)
      return child.children.length > 0 || !/^(?:g|defs|text|switch)$/.test(child.name)
    })
  }
  prune(root)
}

const definitions = new Set([
  'marker',
  'filter',
  'linearGradient',
  'radialGradient',
  'pattern',
  'clipPath',
  'mask',
  'symbol',
])

function referencedIds(root: SvgElement): Set<string> {
  return new Set(
    [...elementsOf(root)].flatMap(({ attributes }) =>
      [...attributes].flatMap(([key, value]) => referencesIn(key, value)),
    ),
  )
}

/** Ids that are referred to become d-1, d-2, …; others go. So equal sources give equal SVGs. */
export function renumberIds(root: SvgElement): void {
  const used = referencedIds(root)
  const names = new Map<string, string>()
  for (const { attributes } of elementsOf(root)) {
    const id = attributes.get('id')
    if (id !== undefined && used.has(id)) names.set(id, `d-${names.size + 1}`)
    attributes.delete('id')
    if (id !== undefined && names.has(id)) attributes.set('id', names.get(id) as string)
  }
  for (const { attributes } of elementsOf(root))
    for (const [key, value] of attributes)
      for (const id of key === 'id' ? [] : referencesIn(key, value))
        attributes.set(key, (attributes.get(key) as string).replaceAll(`#${id}`, `#${names.get(id) ?? id}`))
}
