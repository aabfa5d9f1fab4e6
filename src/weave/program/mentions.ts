/** Where code mentions a name, as far as names show it. */
import { isOnlyAName, namesBoundIn, nodesIn, type Tree } from './scan.ts'

/** The first mention of a name that the statement does not bind itself. */
export function firstMention(statement: Tree, name: string): Tree | undefined {
  return namesBoundIn(statement).has(name) ? undefined : firstNamed(statement, name)
}

/** The first identifier of a name, whatever it stands for; not the name of a member. */
export function firstNamed(statement: Tree, name: string): Tree | undefined {
  return firstNode(statement, node => node.type === 'Identifier' && node.name === name)
}

/** The first node of a kind, names of members left out. */
export function firstNode(node: Tree, accepts: (node: Tree) => boolean): Tree | undefined {
  for (const inner of nodesIn(node, isOnlyAName)) if (accepts(inner)) return inner
  return undefined
}
