/**
 * Text that a terminal only shows: control characters in data could move the cursor, change the title or type commands, and
 * bidirectional overrides could make SQL read as what it is not. They appear as escapes instead.
 */

const escapes: Readonly<Record<string, string>> = { '\t': '\\t', '\r': '\\r', '\b': '\\b' };

/** Everything but line breaks and tabs: for whole pieces of output, which may be laid out with them. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, escaped);
}

/** Everything but line breaks: for a value, whose tabs would break the columns of a table. */
export function printableValue(text: string): string {
  return text.replace(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu, escaped);
}

function escaped(character: string): string {
  return (
    escapes[character] ?? `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
  );
}
