/** The text of a value in a table (spec: cli.md §4.1): NULL as `null`, structs and maps as `{K=V}`, arrays as `[a, b]`. */
import { printableValue } from './printable.ts';

/** `row` is the JSON text of an array; numbers keep the digits they came with, control characters appear as escapes. */
export function cellTexts(row: string): string[] {
  return splitArray(row).map((json) => printableValue(cellText(json)));
}

function cellText(json: string): string {
  const first = json[0];
  if (first === '"') return JSON.parse(json) as string;
  if (first === '[') return `[${splitArray(json).map(cellText).join(', ')}]`;
  if (first === '{') return `{${splitObject(json).join(', ')}}`;
  return json;
}

function splitObject(json: string): string[] {
  return splitArray(json).map((entry) => {
    const colon = endOfString(entry, 0);
    return `${JSON.parse(entry.slice(0, colon)) as string}=${cellText(entry.slice(entry.indexOf(':', colon) + 1).trim())}`;
  });
}

/** The elements of an array, or entries of an object, as JSON texts. */
function splitArray(json: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 1;
  for (let at = 1; at < json.length - 1; at++) {
    const char = json[at];
    if (char === '"') at = endOfString(json, at) - 1;
    else if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    else if (char === ',' && depth === 0) {
      parts.push(json.slice(start, at).trim());
      start = at + 1;
    }
  }
  const last = json.slice(start, -1).trim();
  if (last !== '' || parts.length > 0) parts.push(last);
  return parts;
}

/** Index after the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === '\\') at++;
    else if (json[at] === '"') return at + 1;
  }
  return json.length;
}
