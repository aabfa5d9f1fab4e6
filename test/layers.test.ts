/** Imports point down, and the two wings never meet. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, resolve } from 'node:path'
import { expect, it } from 'vitest'

const source = resolve(import.meta.dirname, '../src')

/** Which folders (or files of weave's own) a folder may import, beside itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'weave/base': [],
  'weave/source': ['weave/base'],
  'weave/program': ['weave/source', 'weave/base'],
  'weave/formula': ['weave/base'],
  'weave/run': ['weave/formula', 'weave/program', 'weave/source', 'weave/base'],
  'weave/record': ['weave/run', 'weave/source', 'weave/base'],
  'weave/diagram': ['weave/base'],
  // verify.ts reads verdicts from outputs and says where in the chapter they apply.
  'weave/math': ['weave/formula', 'weave/run', 'weave/source', 'weave/base'],
  'weave/page': ['weave/source', 'weave/run', 'weave/diagram', 'weave/math', 'weave/base'],
  // theme.ts names the type of the font that diagrams are measured in; pages carry chapters' targets.
  'weave/book': ['weave/page', 'weave/source', 'weave/diagram', 'weave/base'],
  'weave/services.ts': ['weave/program', 'weave/run', 'weave/diagram', 'weave/base'],
  'weave/pipeline.ts': [
    'weave/services.ts',
    ...['page', 'record', 'run', 'program', 'diagram', 'math', 'source', 'base'].map(n => `weave/${n}`),
  ],
  'weave/open.ts': ['weave/services.ts', 'weave/book', 'weave/source', 'weave/base'],
  'weave/serve.ts': ['weave/book'],
  'weave/unused.ts': ['weave/pipeline.ts', 'weave/open.ts', 'weave/book', 'weave/base'],
  'weave/unchanged.ts': ['weave/pipeline.ts', 'weave/open.ts', 'weave/book', 'weave/base'],
  'weave/samples.ts': ['weave/pipeline.ts', 'weave/open.ts', 'weave/book', 'weave/source', 'weave/base'],
  'weave/build.ts': [
    ...[
      'weave/samples.ts',
      'weave/shard.ts',
      'weave/unused.ts',
      'weave/unchanged.ts',
      'weave/pipeline.ts',
      'weave/open.ts',
      'weave/book',
      'weave/base',
    ],
  ],
  'weave/check.ts': [
    'weave/samples.ts',
    ...[
      'weave/program',
      'weave/shard.ts',
      'weave/unused.ts',
      'weave/pipeline.ts',
      'weave/open.ts',
      'weave/book',
      'weave/record',
      'weave/source',
      'weave/base',
    ],
  ],
  'weave/dev.ts': [
    ...[
      'weave/unused.ts',
      'weave/pipeline.ts',
      'weave/open.ts',
      'weave/serve.ts',
      'weave/book',
      'weave/page',
      'weave/source',
    ],
    'weave/base',
  ],
  'weave/shard.ts': ['weave/source', 'weave/base'],
  'weave/merge.ts': ['weave/build.ts', 'weave/shard.ts', 'weave/open.ts', 'weave/base'],
  'weave/tangle.ts': ['weave/open.ts', 'weave/program', 'weave/source', 'weave/base'],
  'weave/notebook.ts': ['tangle.ts', 'pipeline.ts', 'open.ts', 'page', 'run', 'source', 'base'].map(
    n => `weave/${n}`,
  ),
  'weave/report': ['weave/source', 'weave/base'],
  // The plugin is a way of its own through the stages: vitest runs the cells.
  'weave/vitest': ['record', 'math', 'run', 'program', 'source', 'base'].map(n => `weave/${n}`),
  'weave/explain.ts': [...['weave/open.ts', 'weave/run', 'weave/program', 'weave/source', 'weave/base']],
  'weave/index.ts': [
    ...[
      'weave/tangle.ts',
      'weave/notebook.ts',
      'weave/report',
      'weave/merge.ts',
      'weave/shard.ts',
      'weave/explain.ts',
      'weave/build.ts',
      'weave/check.ts',
      'weave/dev.ts',
      'weave/open.ts',
      'weave/pipeline.ts',
    ],
    ...['weave/book', 'weave/base'],
  ],
  'rnn/array': [],
  'rnn/kernel': ['rnn/array'],
  'rnn/params': ['rnn/array'],
  'rnn/cell': ['rnn/params', 'rnn/kernel', 'rnn/array'],
  'rnn/loss': ['rnn/params', 'rnn/kernel', 'rnn/array'],
  // Adam's step over all parameters is an operation of the kernel, as fast as the products are.
  'rnn/optim': ['rnn/params', 'rnn/kernel', 'rnn/array'],
  'rnn/net': ['rnn/cell', 'rnn/params', 'rnn/kernel', 'rnn/array'],
  // batches.ts puts sequences of one length together as features/sequences.ts does.
  'rnn/train': ['net', 'loss', 'optim', 'features', 'cell', 'params', 'kernel', 'array'].map(n => `rnn/${n}`),
  'rnn/analysis': ['rnn/net', 'rnn/loss', 'rnn/cell', 'rnn/params', 'rnn/kernel', 'rnn/array'],
  'rnn/features': ['rnn/array'],
  'rnn/tasks': ['rnn/features', 'rnn/array'],
  'rnn/index.ts': [
    ...[
      'tasks',
      'features',
      'analysis',
      'train',
      'optim',
      'net',
      'loss',
      'cell',
      'params',
      'kernel',
      'array',
    ].map(n => `rnn/${n}`),
  ],
}

/** `weave/page/cell.ts` → `weave/page`; `weave/build.ts` → itself. */
const layerOf = (path: string) => path.split('/').slice(0, 2).join('/')

function importsOf(path: string): string[] {
  const text = readFileSync(join(source, path), 'utf8')
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(m =>
    posix.normalize(posix.join(posix.dirname(path), m[1])),
  )
}

/** `weave/book/x.ts → weave/run/y.ts` for each import that the table does not allow. */
function violations(path: string, imports: readonly string[]): string[] {
  const from = layerOf(path)
  return imports
    .filter(to => layerOf(to) !== from && !(allowed[from] ?? []).includes(layerOf(to)))
    .map(to => `${path} → ${to}`)
}

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter(e => e.isFile() && /\.ts$/.test(e.name) && !e.name.endsWith('.d.ts'))
  .map(e => relative(source, join(e.parentPath, e.name)).replaceAll('\\', '/'))

it('every import in src/ points down the table of layers', () => {
  expect(files.length).toBeGreaterThan(60)
  expect(files.flatMap(path => violations(path, importsOf(path)))).toEqual([])
})

it('every folder of src/ is in the table', () => {
  expect([...new Set(files.map(layerOf))].filter(layer => !(layer in allowed))).toEqual([])
})

it('a planted violation is seen: upwards, and from one wing into the other', () => {
  expect(violations('weave/base/hash.ts', ['weave/page/page.ts'])).toHaveLength(1)
  expect(violations('rnn/net/model.ts', ['weave/base/hash.ts'])).toHaveLength(1)
})
