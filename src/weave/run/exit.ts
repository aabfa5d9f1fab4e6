/** A cell must not end the thread that runs it: leaving is that cell's error. */
import { limitError } from './trace.ts'

export function guardExit(): void {
  const leave = (name: string) => (code?: unknown) => {
    throw limitError('exit', `${name}(${code === undefined ? '' : String(code)}) was called`)
  }
  process.exit = leave('process.exit') as typeof process.exit
  process.abort = leave('process.abort') as typeof process.abort
  process.kill = leave('process.kill') as typeof process.kill
}
