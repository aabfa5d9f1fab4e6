/**
 * Names that cannot carry anything from one cell to another: functions, classes without static fields, and plain
 * numbers and texts, as long as nobody writes to them. Two cells that both mention such a name do not depend on each
 * other for it. (What a function's body mentions still counts for those who mention the function.)
 */
import type { Item } from './flat.ts'
import type { Tree } from './scan.ts'

/** @param isStateless whether an item's module is declared to hold no state that outlives a call */
export function inertNames(
  items: readonly Item[],
  isStateless: (item: Item) => boolean,
): ReadonlySet<string> {
  const written = new Set(items.flatMap(i => [...i.writes]))
  const escaped = new Set(items.flatMap(i => [...i.escapes]))
  return new Set(
    items.flatMap(item => {
      if (isStateless(item)) return [...item.declares]
      return inertIn(item.tree)
        .filter(({ name, primitive }) => !written.has(name) && (primitive || !escaped.has(name)))
        .map(({ name }) => name)
    }),
  )
}

interface Candidate {
  readonly name: string
  /** Copied, never shared: it may go anywhere. */
  readonly primitive: boolean
}

function inertIn(statement: Tree): readonly Candidate[] {
  const named = (node: Tree | null, primitive: boolean): Candidate[] =>
    node?.type === 'Identifier' ? [{ name: String(node.name), primitive }] : []
  switch (statement.type) {
    case 'FunctionDeclaration':
      return named(statement.id as Tree, false)
    case 'ClassDeclaration':
      return hasStatics(statement) ? [] : named(statement.id as Tree, false)
    case 'VariableDeclaration':
      return (statement.declarations as Tree[]).flatMap(({ id, init }) => {
        const [pattern, value] = [id as Tree, init as Tree | null]
        if (!value) return []
        if (isPrimitive(value)) return named(pattern, true)
        if (isFunction(value)) return named(pattern, false)
        if (pattern.type === 'ArrayPattern' && value.type === 'ArrayExpression')
          return (value.elements as (Tree | null)[]).every(e => e && isPrimitive(e))
            ? (pattern.elements as (Tree | null)[]).flatMap(e => named(e, true))
            : []
        return []
      })
    default:
      return []
  }
}

function isFunction(node: Tree): boolean {
  return (
    node.type === 'ArrowFunctionExpression' ||
    node.type === 'FunctionExpression' ||
    (node.type === 'ClassExpression' && !hasStatics(node))
  )
}

function hasStatics({ body }: Tree): boolean {
  return ((body as Tree).body as Tree[]).some(
    member => member.type === 'StaticBlock' || (member.type !== 'MethodDefinition' && member.static === true),
  )
}

/** Operators and standard mathematics give numbers, texts and truth values. */
function isPrimitive(node: Tree): boolean {
  switch (node.type) {
    case 'Literal':
      return !('regex' in node && node.regex)
    case 'TemplateLiteral':
    case 'BinaryExpression':
      return true
    case 'UnaryExpression':
      return true
    case 'LogicalExpression':
      return isPrimitive(node.left as Tree) && isPrimitive(node.right as Tree)
    case 'ConditionalExpression':
      return isPrimitive(node.consequent as Tree) && isPrimitive(node.alternate as Tree)
    case 'CallExpression': {
      const callee = node.callee as Tree
      return callee.type === 'MemberExpression' && (callee.object as Tree).name === 'Math' && !callee.computed
    }
    default:
      return false
  }
}
