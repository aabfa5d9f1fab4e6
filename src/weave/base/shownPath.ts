/** How paths are written in diagnostics. */
import { relative } from 'node:path'

/** A path as its author knows it: from the project, with forward slashes; `.` for the project itself. */
export function shownPath(root: string, path: string): string {
  return relative(root, path).replaceAll('\\', '/') || '.'
}
