/** Where code mentions a name, as far as names show it. */
import { isOnlyAName, isTree, namesBoundIn, type Tree } from './scan.ts'

/** The first mention of a name that the statement does not bind itself. */
export function firstMention(statement: Tree, name: string): Tree | undefined {
  return namesBoundIn(statement).has(name) ? undefined : mentionIn(statement, name)
}

function mentionIn(node: Tree, name: string): Tree | undefined {
  if (node.type === 'Identifier') return node.name === name ? node : undefined
  for (const [key, value] of Object.entries(node)) {
    if (typeof value !== 'object' || value === null || isOnlyAName(node, key)) continue
    for (const child of Array.isArray(value) ? value : [value]) {
      const found = isTree(child) ? mentionIn(child, name) : undefined
      if (found) return found
    }
  }
  return undefined
}

/** The first identifier of a name, whatever it stands for; not the name of a member. */
export function firstNamed(statement: Tree, name: string): Tree | undefined {
  return mentionIn(statement, name)
}
