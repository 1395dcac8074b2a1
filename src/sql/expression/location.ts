/** Places in SQL text, as ksqlDB words them. */
import { position } from '../../../grammar/position.ts';

/** `Line: 3, Col: 38`, both 1-based, for a character offset into the text. */
export function lineAndColumn(text: string, offset: number): string {
  const { line, column } = position(text, offset);
  return `Line: ${line}, Col: ${column}`;
}
