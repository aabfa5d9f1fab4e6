/** What a table holds under a name that an author wrote. `constructor` is a name, too, and every object has one. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
