/** console, process.stdout and process.stderr → the current cell's streams. */
import { Console } from 'node:console'
import { Writable } from 'node:stream'

type Stream = (name: 'stdout' | 'stderr', text: string) => void

/** From now on everything that is printed goes to `stream`, at once, without colours. */
export function captureConsole(stream: Stream): void {
  const { console, stdout, stderr } = consoleTo(stream)
  globalThis.console = console
  process.stdout.write = stdout.write.bind(stdout) as typeof process.stdout.write
  process.stderr.write = stderr.write.bind(stderr) as typeof process.stderr.write
}

/** A console that prints into streams of ours. */
export function consoleTo(stream: Stream) {
  const writable = (name: 'stdout' | 'stderr') => {
    const write = (chunk: unknown) =>
      stream(name, chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : String(chunk))
    const target = new Writable({ decodeStrings: false })
    // Writable's own write would throw later, outside of the cell, if the cell prints too much.
    target.write = ((chunk: unknown, ...rest: unknown[]) => {
      write(chunk)
      const done = rest.find(r => typeof r === 'function') as (() => void) | undefined
      if (done) queueMicrotask(done)
      return true
    }) as typeof target.write
    return target
  }
  const stdout = writable('stdout')
  const stderr = writable('stderr')
  const console = new Console({ stdout, stderr, colorMode: false, ignoreErrors: false })
  return { console, stdout, stderr }
}
