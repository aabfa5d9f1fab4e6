/** What every cell may use without an import. Read by the type checker together with the chapters. */

/** Shows a value here, before the cell's last expression: tensors, tables, figures, HTML, anything. */
declare function display(value: unknown): void

/**
 * HTML as a value to show. What stands in `${…}` is escaped, unless it is HTML itself.
 *
 *     html`<b>${name}</b> has ${count} units`
 */
declare function html(strings: TemplateStringsArray, ...values: unknown[]): HtmlValue

/** A value to be shown as JSON. */
declare function json(value: unknown): object

interface HtmlValue {
  readonly html: string
}

declare module '*.csv' {
  const text: string
  export default text
}
declare module '*.tsv' {
  const text: string
  export default text
}
declare module '*.txt' {
  const text: string
  export default text
}
declare module '*.bin' {
  const bytes: Uint8Array
  export default bytes
}
declare module '*.wav' {
  const bytes: Uint8Array
  export default bytes
}
declare module '*.safetensors' {
  const bytes: Uint8Array
  export default bytes
}
