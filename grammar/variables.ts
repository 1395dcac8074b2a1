/** Session variables in SQL text (spec §12). */
export function substituteVariables(sql: string, variables: ReadonlyMap<string, string>): string {
  return sql.replace(/\$\{(\w+)\}/g, (reference, name: string) => variables.get(name) ?? reference);
}
