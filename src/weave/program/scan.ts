/**
 * What one top-level statement of a bundle says about names: which it declares, mentions, writes to, lets go of, and
 * whether it reaches for something that no analysis of names can follow. Bundles are flat: every module's statements
 * stand side by side, and esbuild has given each top-level thing a name of its own. Where a nested name is the same,
 * the answer errs on the side of too many mentions.
 */
import { isReachingGlobal, isReachingProperty, passesOnlyCalls } from './globals.ts'

/** An ESTree node, as oxc gives it. */
export interface Tree {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export interface Facts {
  /** Names that the statement binds at the top level. */
  readonly declares: Set<string>
  /** Names that it binds anywhere inside. */
  readonly binds: Set<string>
  readonly mentions: Set<string>
  /** Names that are assigned, or whose members are. */
  readonly writes: Set<string>
  /** Names that are handed on as values, so that someone else may write to them. */
  readonly escapes: Set<string>
  /** `Math.random` */
  random: boolean
  /** Why names do not tell everything: `eval`, `globalThis`, a prototype. */
  wild: string | undefined
}

export function scan(statement: Tree): Facts {
  const facts: Facts = {
    declares: new Set(),
    binds: new Set(),
    mentions: new Set(),
    writes: new Set(),
    escapes: new Set(),
    random: false,
    wild: undefined,
  }
  for (const name of declaredBy(statement)) facts.declares.add(name)
  visit(statement, facts)
  return facts
}

/** Names that a statement binds, at the top level or anywhere inside. */
export function namesBoundIn(statement: Tree): ReadonlySet<string> {
  const { declares, binds } = scan(statement)
  return new Set([...declares, ...binds])
}

/** Names that a statement binds in its own scope. */
function declaredBy(statement: Tree): string[] {
  if (statement.type === 'VariableDeclaration')
    return (statement.declarations as Tree[]).flatMap(d => namesIn(d.id as Tree))
  if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration')
    return namesIn(statement.id as Tree)
  if (statement.type === 'ImportDeclaration')
    return (statement.specifiers as Tree[]).flatMap(s => namesIn(s.local as Tree))
  return []
}

/** Names that a pattern binds. */
export function namesIn(pattern: Tree | null | undefined): string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [String(pattern.name)]
    case 'ObjectPattern':
      return (pattern.properties as Tree[]).flatMap(p => namesIn((p.value ?? p.argument) as Tree))
    case 'ArrayPattern':
      return (pattern.elements as (Tree | null)[]).flatMap(namesIn)
    case 'AssignmentPattern':
      return namesIn(pattern.left as Tree)
    case 'RestElement':
      return namesIn(pattern.argument as Tree)
    default:
      return []
  }
}

interface Place {
  readonly node: Tree
  readonly key: string
  readonly above: Place | undefined
}

/** Parents first, in the order of the code. Without recursion: a sum of thousands of terms is thousands of levels. */
function visit(statement: Tree, facts: Facts): void {
  const waiting: { readonly node: Tree; readonly place: Place | undefined }[] = [
    { node: statement, place: undefined },
  ]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, place } = next
    note(node, place, facts)
    const inside = Object.entries(node).flatMap(([key, value]) => {
      if (typeof value !== 'object' || value === null || isOnlyAName(node, key)) return []
      const children = (Array.isArray(value) ? value : [value]).filter(isTree)
      return children.map(child => ({ node: child, place: { node, key, above: place } }))
    })
    for (const child of inside.reverse()) waiting.push(child)
  }
}

/**
 * A node and all nodes below it, parents first, in the order of the code; without recursion, too.
 *
 * @param isLeftOut whether what a node holds under a key does not count
 */
export function* nodesIn(
  tree: Tree,
  isLeftOut: (node: Tree, key: string) => boolean = () => false,
): Generator<Tree> {
  const waiting = [tree]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node
    const { length } = waiting
    for (const [key, value] of Object.entries(node)) {
      if (typeof value !== 'object' || value === null || isLeftOut(node, key)) continue
      for (const child of Array.isArray(value) ? value : [value]) if (isTree(child)) waiting.push(child)
    }
    waiting.push(...waiting.splice(length).reverse())
  }
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && typeof (value as Tree).type === 'string'
}

/** `.name`, `{ name: … }`, labels: words that refer to nothing. */
export function isOnlyAName(node: Tree, key: string): boolean {
  if (key === 'label' || node.type === 'MetaProperty') return true
  if (node.type === 'ImportDeclaration') return true
  return (key === 'property' || key === 'key') && node.computed !== true
}

function note(node: Tree, place: Place | undefined, facts: Facts): void {
  switch (node.type) {
    case 'Identifier':
      mention(String(node.name), place, facts)
      return
    case 'VariableDeclarator':
      for (const name of namesIn(node.id as Tree)) facts.binds.add(name)
      return
    case 'CatchClause':
      for (const name of namesIn(node.param as Tree)) facts.binds.add(name)
      return
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassDeclaration':
    case 'ClassExpression':
      for (const name of [node.id, ...((node.params as Tree[]) ?? [])].flatMap(p => namesIn(p as Tree)))
        facts.binds.add(name)
      return
    case 'AssignmentExpression':
    case 'ForInStatement':
    case 'ForOfStatement':
      write(node.left as Tree, facts)
      return
    case 'UpdateExpression':
      write(node.argument as Tree, facts)
      return
    case 'UnaryExpression':
      if (node.operator === 'delete') write(node.argument as Tree, facts)
      return
    case 'MemberExpression':
      noteMember(node, facts)
      return
    case 'ImportExpression':
      facts.wild ??= 'import()'
  }
}

function noteMember({ object, property, computed }: Tree, facts: Facts): void {
  const name = computed ? literalOf(property as Tree) : String((property as Tree).name)
  if (name !== undefined && isReachingProperty(name)) facts.wild ??= `.${name}`
  const isMath = (object as Tree).type === 'Identifier' && (object as Tree).name === 'Math'
  if (isMath && (name === undefined || name === 'random')) facts.random = true
}

function literalOf(node: Tree): string | undefined {
  return node.type === 'Literal' ? String(node.value) : undefined
}

/** The name at the root of what is assigned: `a` of `a.b[c] = …`. */
function write(target: Tree, facts: Facts): void {
  if (target.type === 'VariableDeclaration') return
  for (const name of namesIn(target)) facts.writes.add(name)
  let root = target
  while (root.type === 'MemberExpression') root = root.object as Tree
  if (root.type === 'Identifier') facts.writes.add(String(root.name))
}

function mention(name: string, place: Place | undefined, facts: Facts): void {
  facts.mentions.add(name)
  if (isReachingGlobal(name)) facts.wild ??= name
  if (place && !isPassed(place)) return
  facts.escapes.add(name)
}

/** Whether a name stands where its value goes to someone else. */
function isPassed({ node, key, above }: Place): boolean {
  switch (node.type) {
    case 'CallExpression':
    case 'NewExpression':
      return key !== 'callee' && !passesOnlyCalls(calledName(node))
    case 'TaggedTemplateExpression':
      return key !== 'tag'
    case 'MemberExpression':
      return key !== 'object'
    case 'BinaryExpression':
      return false
    case 'UnaryExpression':
    case 'UpdateExpression':
    case 'TemplateLiteral':
    case 'IfStatement':
    case 'WhileStatement':
      return false
    case 'ClassDeclaration':
    case 'ClassExpression':
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return false
    case 'VariableDeclarator':
      return key !== 'id'
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return !above || isPassed(above)
    default:
      return true
  }
}

/** `map` of `xs.map(f)`. */
function calledName({ callee }: Tree): string | undefined {
  const { type, property, computed } = callee as Tree
  return type === 'MemberExpression' && !computed ? String((property as Tree).name) : undefined
}
