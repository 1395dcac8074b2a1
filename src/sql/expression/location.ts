/** Places in SQL text, as ksqlDB words them. */

/** `Line: 3, Col: 38`, both 1-based, for a character offset into the text. */
export function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - (before.lastIndexOf('\n') + 1) + 1;
  return `Line: ${line}, Col: ${column}`;
}
