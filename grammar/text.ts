/** What stands between quotes, and names as SQL writes them. */
import { keywords } from './tokens.ts';

/** The text a quoted token (`'…'`, `"…"` or `` `…` ``) stands for. */
export function unquote(image: string): string {
  const quote = image.charAt(0);
  return image.slice(1, -1).replaceAll(quote + quote, quote);
}

/** The text as a string literal. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The name as an identifier: back-quoted only if it would not otherwise come back as it is. */
export function quoteName(name: string): string {
  return needsQuotes(name) ? `\`${name.replaceAll('`', '``')}\`` : name;
}

/** Whether the name is anything but a plain upper-case identifier, or is a reserved word. */
export function needsQuotes(name: string): boolean {
  return !/^[A-Z_][A-Z0-9_@]*$/.test(name) || (keywords.get(name)?.reserved ?? false);
}
