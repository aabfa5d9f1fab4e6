/** Observable Plot, there without an import. Read only when a chapter says `Plot`: its types take time to load. */

declare const Plot: typeof import('@observablehq/plot')
