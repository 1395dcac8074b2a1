/** The text of an aggregate's example: `<call> for <names> in <rows>`. */

export interface AggregateExample {
  readonly call: string;
  readonly names: readonly string[];
  /** Per name, the texts of its values. */
  readonly columns: readonly (readonly string[])[];
}

const EXAMPLE = /^(.*\)) for (?:\(([^)]*)\)|(\w+)) in (.*)$/s;

/** Throws an Error for what is no such text. */
export function readAggregateExample(example: string): AggregateExample {
  const match = EXAMPLE.exec(example);
  if (match === null)
    throw new Error(`an aggregate's example is '<call> for <names> in <rows>', not '${example}'`);
  const [, call, several, one, rows] = match;
  const names = several === undefined ? [one!] : splitAtCommas(several);
  const cells = splitAtCommas(rows!).map((row) =>
    several === undefined ? [row] : splitAtCommas(row.slice(1, -1)),
  );
  if (cells.some((row) => row.length !== names.length))
    throw new Error(`every row of an example has ${names.length} values: '${example}'`);
  return { call: call!, names, columns: names.map((_, at) => cells.map((row) => row[at]!)) };
}

/** Splits at commas outside of quotes, brackets and parentheses. */
function splitAtCommas(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === "'") isQuoted = !isQuoted;
    if (isQuoted) continue;
    if ('[('.includes(character)) depth++;
    if ('])'.includes(character)) depth--;
    if (character !== ',' || depth > 0) continue;
    parts.push(text.slice(start, index).trim());
    start = index + 1;
  }
  const last = text.slice(start).trim();
  return last === '' && parts.length === 0 ? [] : [...parts, last];
}
