/**
 * Each word of a source arrives in the picture, or a diagnostic says that it does not. And whatever a source is: no crash,
 * no hang, nothing of an engine's inside, and a place within the fence.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Diagnostic } from '../../../src/weave/base/diagnostic.ts'
import { type DiagramLanguage, diagramKey, renderDiagrams } from '../../../src/weave/diagram/diagram.ts'
import { elementsOf, parseMarkup, textOf, unescapeText } from '../../../src/weave/diagram/markup.ts'
import { samples } from './samples.ts'
import { fenced, optionsWith, testBrowser } from './support.ts'

const browser = testBrowser()
beforeAll(() => browser.get())
afterAll(() => browser.close())
const languages = Object.keys(samples) as DiagramLanguage[]
const all = languages.flatMap(language => samples[language].map(code => [language, code] as const))

/** Draws all at once, each as a chapter of its own. */
async function drawAll(codes: readonly (readonly [DiagramLanguage, string])[]) {
  const requests = codes.map(([language, code], i) => ({ ...fenced(language, code), file: `${i}.md` }))
  const { value, diagnostics } = await renderDiagrams(requests, optionsWith(browser))
  return requests.map(({ file, diagram }) => ({
    code: diagram.code,
    svg: value.get(diagramKey(diagram))?.svg,
    diagnostics: diagnostics.filter(d => d.file === file),
  }))
}

/** What a reader can reach of a picture. */
function wordsOf(svg: string): string {
  return [...elementsOf(parseMarkup(svg))]
    .filter(element => /^(?:text|title|desc|foreignObject)$/.test(element.name))
    .map(element => unescapeText(textOf(element)))
    .join('\n')
}

describe('each word of a source', () => {
  it('is in the picture, or a diagnostic stands at its line', async () => {
    const lost: string[] = []
    const drawn = await drawAll(all)
    for (const { code, svg, diagnostics } of drawn) {
      const isRefused = diagnostics.some(({ severity }) => severity === 'error')
      if (svg === undefined && !isRefused) lost.push(`nothing at all of ${JSON.stringify(code)}`)
      const said = new Set(diagnostics.map(({ range }) => range?.start.line))
      for (const [i, line] of svg === undefined ? [] : code.split('\n').entries())
        for (const word of said.has(i + 2) ? [] : (line.match(/\bw\d+/g) ?? []))
          if (!new RegExp(`${word}(?!\\d)`).test(wordsOf(svg ?? '')))
            lost.push(`${word} of ${JSON.stringify(code)}`)
    }
    expect(lost).toEqual([])
    // Most are drawn, or the law would be kept by silence of another kind.
    expect(drawn.filter(({ svg }) => svg !== undefined).length).toBeGreaterThan(50)
  }, 120_000)
})

/** A small generator of numbers below 1 (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** The code with a line or some letters lost, doubled, swapped, or something strange put in. */
function mutant(code: string, next: () => number): string {
  const at = (length: number) => Math.floor(next() * length)
  const lines = code.split('\n')
  const strange = [
    '"',
    '\\',
    '<',
    '&',
    '{',
    '}',
    '\u0000',
    '\ud800',
    '￾',
    '%%{',
    '---',
    '@startuml',
    '@enduml',
    '[[',
    '😀',
    '#',
    '$$',
    '<<',
    '\t',
  ]
  const i = at(lines.length)
  const [from, length] = [at(code.length), 1 + at(6)]
  const ways = [
    () => lines.toSpliced(i, 1).join('\n'),
    () => lines.toSpliced(i, 0, lines[at(lines.length)]).join('\n'),
    () => code.slice(0, from) + code.slice(from + length),
    () => code.slice(0, from) + strange[at(strange.length)] + code.slice(from),
    () => code.slice(0, from) + strange[at(strange.length)] + code.slice(from + length),
    () => code.slice(0, from),
  ]
  const changed = ways[at(ways.length)]()
  return next() < 0.4 ? mutant(changed, next) : changed
}

/** Nothing that only an engine's author understands. */
const inside =
  /\bjava\b|\bjava\.|Exception|\bat [\w$.]+ ?\(|node_modules|\.mjs:|\.js:|https?:\/\/[\w.]*invalid|\bundefined\b|\[object|Cannot read prop|is not a function|TEA\d/

const runs = Number(process.env.DIAGRAM_FUZZ ?? 25)

describe('a source with mistakes', () => {
  it.each(languages)(
    `of %s gives a picture or a diagnostic inside its fence (${runs} mutants)`,
    async language => {
      const next = random(20261130)
      const mutants = Array.from(
        { length: runs },
        (_, run) => [language, mutant(samples[language][run % samples[language].length], next)] as const,
      )
      const start = performance.now()
      const bad: string[] = []
      for (const { code, svg, diagnostics } of await drawAll(mutants)) {
        const last = code.replace(/\n$/, '').split('\n').length + 1
        const isWrong = ({ message, help, range }: Diagnostic) =>
          inside.test(`${message} ${help ?? ''}`) || !range || range.start.line < 1 || range.start.line > last
        if ((svg === undefined && diagnostics.length === 0) || diagnostics.some(isWrong))
          bad.push(`${JSON.stringify(code)} ${diagnostics.map(d => `${d.range?.start.line} ${d.message}`)}`)
        if (svg !== undefined) parseMarkup(svg)
      }
      expect(bad).toEqual([])
      expect((performance.now() - start) / 1000 / runs).toBeLessThan(10)
    },
    600_000,
  )
})
