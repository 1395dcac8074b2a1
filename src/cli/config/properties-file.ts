/** Java's properties files (java.util.Properties, "load"): what ksqlDB's servers and CLI are configured with. */

/** Names and values in the order of the text; what is set twice has its last value. */
export function readProperties(text: string): Readonly<Record<string, string>> {
  const properties: Record<string, string> = {};
  for (const line of logicalLines(text)) {
    const [name, value] = split(line);
    properties[unescaped(name)] = unescaped(value);
  }
  return properties;
}

/** Without comments and blank lines; a line that ends with an odd number of backslashes goes on in the next. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let open: string | null = null;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    if (open === null && (line === '' || /^[#!]/.test(line))) continue;
    const whole: string = (open ?? '') + line;
    const backslashes = /\\*$/.exec(line)?.[0].length ?? 0;
    open = backslashes % 2 === 1 ? whole.slice(0, -1) : null;
    if (open === null) lines.push(whole);
  }
  if (open !== null) lines.push(open);
  return lines;
}

/** The name ends at the first `=`, `:` or blank that is not escaped. */
function split(line: string): readonly [name: string, value: string] {
  const name = /^(?:\\.|[^\\=: \t\f])*/.exec(line)?.[0] ?? '';
  const value = line.slice(name.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
  return [name, value];
}

const controls: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|(.))/g,
    (_, code: string | undefined, other: string) =>
      code === undefined
        ? (controls[other] ?? other)
        : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
