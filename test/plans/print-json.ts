/** JSON with a line for whatever fits on one. */
const widthMax = 140;

export function printJson(value: unknown): string {
  return `${print(value, '')}\n`;
}

function print(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (line.length + indent.length <= widthMax || typeof value !== 'object' || value === null)
    return line;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => `${inner}${print(item, inner)}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([name, field]) => `${inner}${JSON.stringify(name)}: ${print(field, inner)}`);
  return `{\n${fields.join(',\n')}\n${indent}}`;
}
