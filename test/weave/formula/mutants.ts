/** A formula with one thing changed: a sign, a transpose, an index, a symbol, a function. */

export interface Mutant {
  readonly change: string
  readonly latex: string
}

interface Mutation {
  readonly what: string
  readonly find: RegExp
  readonly put: (match: string) => readonly string[]
}

const swapped: Readonly<Record<string, readonly string[]>> = {
  '\\tanh': ['\\sigma'],
  '\\sigma': ['\\tanh'],
  '\\odot': ['+'],
  '\\sum': ['\\prod'],
  '\\prod': ['\\sum'],
  '\\log': ['\\exp'],
  '\\exp': ['\\log'],
  '\\le': ['>'],
}

const mutations: readonly Mutation[] = [
  {
    what: 'sign',
    find: /[+]|(?<![_{^]|h_\{t|m_\{t|c_\{t|v_\{t|theta_\{t)-(?!1\})/g,
    put: s => [s === '+' ? '-' : '+'],
  },
  { what: 'transpose dropped', find: /\^T/g, put: () => [''] },
  { what: 'transpose added', find: /W_\{hh\}(?!\^)|U_[a-z](?!\^)/g, put: s => [`${s}^T`] },
  {
    what: 'index',
    find: /(?<=_\{?[a-z]?)t(?:-1)?(?=\}| |$|\\)/g,
    put: s => (s === 't' ? ['t-1'] : ['t', 't-2']),
  },
  {
    what: 'gate',
    find: /(?<=[WUb]_)[ifgorzn](?= |\)|$|\^)/g,
    put: s => ['i', 'f', 'g', 'o', 'r', 'z', 'n'].filter(c => c !== s),
  },
  {
    what: 'symbol',
    find: /(?<![\\A-Za-z{])[a-z](?=_t|_\{t-1\})/g,
    put: s => [...'hxcifgomvar'].filter(c => c !== s),
  },
  { what: 'function', find: /\\(?:tanh|sigma|odot|sum|prod|log|exp|le)(?![A-Za-z])/g, put: s => swapped[s] },
  { what: 'number', find: /(?<![\d.])[12](?![\d.])/g, put: s => [s === '1' ? '2' : '1', '3'] },
]

export function mutantsOf(latex: string): readonly Mutant[] {
  return mutations.flatMap(({ what, find, put }) =>
    [...latex.matchAll(find)].flatMap(match =>
      put(match[0]).map(other => {
        const [start, end] = [match.index, match.index + match[0].length]
        const around = latex.slice(Math.max(0, start - 14), end + 14).replace(/\s+/g, ' ')
        return {
          change: `${what}: ${match[0]} → ${other || 'nothing'} in …${around}…`,
          latex: latex.slice(0, start) + other + latex.slice(end),
        }
      }),
    ),
  )
}
