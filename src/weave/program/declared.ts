/** Names that a TypeScript statement declares at the top level, values and types alike. */
import { namesIn, type Tree } from './scan.ts'

export function declaredNames(statement: Tree): readonly string[] {
  switch (statement.type) {
    case 'ImportDeclaration':
      return (statement.specifiers as Tree[]).flatMap(s => namesIn(s.local as Tree))
    case 'VariableDeclaration':
      return (statement.declarations as Tree[]).flatMap(d => namesIn(d.id as Tree))
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      return statement.declaration ? declaredNames(statement.declaration as Tree) : []
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSEnumDeclaration':
    case 'TSModuleDeclaration':
    case 'TSImportEqualsDeclaration':
      return namesIn(statement.id as Tree)
    default:
      return []
  }
}

const onlyInFiles = new Set([
  ...['ImportDeclaration', 'ExportNamedDeclaration', 'ExportDefaultDeclaration', 'ExportAllDeclaration'],
  ...['TSModuleDeclaration', 'TSImportEqualsDeclaration', 'TSExportAssignment'],
  'TSNamespaceExportDeclaration',
])

/** What may stand at the top level of a file, but not in a block. */
export function needsFile({ type, declare }: Tree): boolean {
  return onlyInFiles.has(type) || declare === true
}
