/** What a long job tells about itself. Stages never print; whoever runs the pipeline hands one of these in. */

export interface Progress {
  /** A stage begins; `total` steps when they can be counted. */
  start(stage: string, total?: number): void
  /** One step of the current stage is done. */
  step(what?: string): void
  /** The current stage is over. */
  end(note?: string): void
}

export const silent: Progress = { start() {}, step() {}, end() {} }
