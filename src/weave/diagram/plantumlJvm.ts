/**
 * PlantUML in Java, by `node-plantuml` (PlantUML 1.2019.6 ships in it): the second engine, for diagrams that the first
 * one cannot draw, such as those that include from PlantUML's standard library. Its layout needs Graphviz, which
 * is given to it as `graphvizCommand.mjs`, so none has to be installed. Java measures text in the fonts of the machine.
 * Where none is Chinese, it gives a character half the room that it takes; there the source is drawn with every such
 * character doubled, and the picture's are halved again. [edge: process]
 */
import { spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Drawn, type Engine, EngineUnavailable, TooSlow, withinTime } from './engine.ts'
import { elementsOf, parseMarkup, textOf, unescapeText } from './markup.ts'
import { readPicture } from './plantumlPicture.ts'
import { checkSource } from './plantumlSource.ts'

/** What we use of the package, which has no types. */
interface NodePlantuml {
  generate(
    source: string,
    options: { format: 'svg'; charset: string; dot?: string },
  ): { readonly out: NodeJS.ReadableStream & { destroy(): void } }
}

export async function plantumlJvmEngine(): Promise<Engine> {
  const require = createRequire(import.meta.url)
  const { version } = JSON.parse(await readFile(require.resolve('node-plantuml/package.json'), 'utf8'))
  let ready: Promise<{ folder: string; dot?: string }> | undefined
  let lacksChinese = false
  const run = async (text: string): Promise<string> => {
    ready ??= findJava().then(writeDot)
    const { dot } = await ready
    // Loaded only now: it starts by looking for its jar, and few builds choose this engine.
    const plantuml = require('node-plantuml') as NodePlantuml
    const { out } = plantuml.generate(text, { format: 'svg', charset: 'UTF-8', dot })
    return withinTime(readAll(out), () => out.destroy())
  }
  return {
    signature: `node-plantuml ${version}`,
    parallel: 2,
    async draw(code): Promise<Drawn> {
      const source = checkSource(code, 'jvm')
      if ('problems' in source) return source
      const text = source.lines.join('\n') + '\n'
      try {
        const plain = lacksChinese ? undefined : asSvg(await run(text))
        lacksChinese ||= plain !== undefined && isSqueezed(plain)
        const svg =
          plain !== undefined && !isSqueezed(plain) ? plain : halved(asSvg(await run(doubled(text))))
        const { problems, warnings } = readPicture(svg, source, 'jvm')
        if (problems.length > 0) return { problems }
        // The reader's font is another than Java's: fit it by the space between letters, not by their shape.
        return { svg: svg.replaceAll('"spacingAndGlyphs"', '"spacing"'), warnings }
      } catch (error) {
        if (error instanceof TooSlow || error instanceof NoSvg)
          return { problems: [{ message: error.message, help: noSvgHelp }] }
        throw error
      }
    },
    async close() {
      const last = await ready?.catch(() => undefined)
      ready = undefined
      if (last) await rm(last.folder, { recursive: true, force: true })
    },
  }
}

class NoSvg extends Error {}

const noSvgHelp = 'Draw less, or draw it with Mermaid or DOT.'

/** Ditaa and some others come as pixels whatever is asked for, and a failure as nothing. */
function asSvg(output: string): string {
  if (!/<svg[\s>]/.test(output)) throw new NoSvg('PlantUML (Java) draws no SVG of this')
  return output
}

/** Asks before the package does: it would let a missing program end this process. */
function findJava(): Promise<void> {
  const help =
    "Install Java 8 or newer (java -version has to answer), or choose the engine 'core', which needs none."
  return new Promise((resolve, reject) => {
    const java = spawn('java', ['-version'], { stdio: 'ignore' })
    const refuse = (cause: unknown) =>
      reject(new EngineUnavailable("missing java: the PlantUML engine 'jvm' runs in it", help, { cause }))
    java.on('error', refuse)
    java.on('exit', code => (code === 0 ? resolve() : refuse(new Error(`java -version ended with ${code}`))))
  })
}

/** A command that PlantUML can start as Graphviz. Windows starts no scripts: there, `dot` has to be installed. */
async function writeDot(): Promise<{ folder: string; dot?: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-dot-'))
  if (process.platform === 'win32') return { folder }
  const dot = join(folder, 'dot')
  const quoted = [process.execPath, fileURLToPath(new URL('./graphvizCommand.mjs', import.meta.url))].map(
    path => `'${path.replaceAll("'", "'\\''")}'`,
  )
  await writeFile(dot, `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`)
  await chmod(dot, 0o700)
  return { folder, dot }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

/** A Chinese character is as wide as the font is high. If Java gave it much less, it had no font for it. */
function isSqueezed(svg: string): boolean {
  return [...elementsOf(parseMarkup(svg))].some(element => {
    const { name, attributes } = element
    const count = name === 'text' ? (unescapeText(textOf(element)).match(chinese)?.length ?? 0) : 0
    return (
      count > 0 && Number(attributes.get('textLength')) < 0.85 * count * Number(attributes.get('font-size'))
    )
  })
}

const chinese = /[\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uffe6]/g

function doubled(text: string): string {
  return text.replace(chinese, '$&$&')
}

function halved(text: string): string {
  return text.replace(new RegExp(`(${chinese.source})\\1`, 'g'), '$1')
}
