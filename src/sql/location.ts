/** Where in the text something stands, as ksqlDB's messages say it. */
import type { Span } from '../base/errors.ts';

/** `Line: 2, Col: 13: ` for the start of `span` in `text`, the whole text that was parsed; both count from 1. */
export function locationPrefix(text: string, span: Span): string {
  const before = text.slice(0, span.start);
  const line = before.split('\n').length;
  const column = span.start - (before.lastIndexOf('\n') + 1) + 1;
  return `Line: ${line}, Col: ${column}: `;
}
