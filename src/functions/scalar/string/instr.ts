import type { ScalarDef } from '../../define.ts';
import { handled, scalar } from '../scalar.ts';

/** 0-based index of the occurrence, or -1; overlapping occurrences count. */
function occurrenceIndex(text: string, part: string, position: number, occurrence: number): number {
  const isBackward = position < 0;
  let at = isBackward ? text.length + position : Math.max(position - 1, 0);
  for (let count = 1; ; count += 1) {
    // lastIndexOf would clamp a negative start to 0 and find the same occurrence again.
    if (at < 0) return -1;
    at = isBackward ? text.lastIndexOf(part, at) : text.indexOf(part, at);
    // An empty part is found at the end again and again.
    if (at < 0 || at > text.length || count === occurrence) return at;
    at += isBackward ? -1 : 1;
    if (at > text.length) return -1;
  }
}

function instrOf(text: string | null, part: string | null, position = 1, occurrence = 1): number {
  if (text === null || part === null || occurrence < 1) return 0;
  if (Math.abs(position) > text.length) return 0;
  return occurrenceIndex(text, part, position, occurrence) + 1;
}

/** INSTR: a NULL text or part is found nowhere. */
export const instr: ScalarDef = scalar({
  name: 'INSTR',
  category: 'STRING',
  doc: 'The position, counted from 1, of an occurrence of a part in a text, searching from a position; a negative one searches backward from the end. 0 if there is none.',
  examples: [
    ["instr('corporate floor', 'or')", '2'],
    ["instr('corporate floor', 'or', 4, 2)", '14'],
    ["instr('corporate floor', 'or', -3, 2)", '2'],
  ],
  overloads: [
    handled('(STRING text, STRING part) -> INTEGER', instrOf),
    handled('(STRING text, STRING part, INTEGER! position) -> INTEGER', instrOf),
    handled(
      '(STRING text, STRING part, INTEGER! position, INTEGER! occurrence) -> INTEGER',
      instrOf,
    ),
  ],
});
