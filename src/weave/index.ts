/** Everything that scripts, and other themes, use of the pipeline. */

export type { BookSpec, Config, ConfigSpec } from './base/config.ts'
export { type Diagnostic, formatDiagnostic, hasErrors, type Result } from './base/diagnostic.ts'
export { type Progress, silent } from './base/progress.ts'
export type { ChapterView, IndexView, Theme, ThemeAsset } from './book/theme.ts'
export { type BuildOptions, type Built, build } from './build.ts'
export { type Checked, type CheckOptions, check } from './check.ts'
export { type DevOptions, type DevServer, dev, type Rebuilt } from './dev.ts'
export { type Explained, type Explanation, explain, formatExplanation } from './explain.ts'
export { type MergeOptions, merge } from './merge.ts'
export type { WeaveOptions } from './open.ts'
export type { Statistics } from './pipeline.ts'
export { parseShard, type Shard } from './shard.ts'
