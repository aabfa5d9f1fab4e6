/** What the page calls things, handed over by the layout in the script's own element. */
export interface ClientWords {
  readonly copy: string
  readonly copied: string
  readonly scheme: string
  readonly system: string
  readonly light: string
  readonly dark: string
  readonly problems: string
  readonly close: string
}

/** Call it while the script runs for the first time: later `currentScript` is gone. */
export function readWords(): ClientWords {
  const script = document.currentScript
  return JSON.parse((script instanceof HTMLScriptElement && script.dataset.words) || '{}') as ClientWords
}
