/** Gives cells that say `Plot` the package without an import; esbuild leaves it out elsewhere. */
export * as Plot from '@observablehq/plot'
