/** What to do about the type errors that authors of chapters meet for reasons that the compiler cannot know. */

const sharedScope =
  'All cells of a chapter share one scope. Take another name, assign to a `let` of an earlier cell, or wrap the code in a block { … }.'

const help: Readonly<Record<number, string>> = {
  2300: sharedScope,
  2451: sharedScope,
  2440: sharedScope,
  2307: 'Check the spelling; relative imports start at the chapter’s folder; packages must be in package.json.',
  2448: 'Cells run in reading order: declare it in an earlier cell.',
  2454: 'Cells run in reading order: give it a value in an earlier cell.',
}

export function typeErrorHelp(code: number): string | undefined {
  return help[code]
}
