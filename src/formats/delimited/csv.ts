/**
 * CSV of one record, as Apache Commons CSV 1.4 reads and writes it with its default settings, which is what topics written by
 * ksqlDB hold.
 *
 * Reading: empty lines before the record are skipped and what follows its line is ignored. A field that begins with `"` runs to
 * the next single `"`; only white space may follow before the delimiter. Other fields are taken as they are.
 *
 * Writing: a field is quoted if it contains the delimiter, a quote or a line break, begins with a character up to `#`, or ends
 * with one up to the space; the first field of a record also if it is empty or begins with anything but an ASCII letter or digit.
 */
import { FormatError } from '../format.ts';

/** The fields of the first record in the text; none if there is no record. Throws FormatError. */
export function parseCsv(text: string, delimiter: string): readonly string[] {
  let p = 0;
  while (p < text.length && isLineBreak(text.charCodeAt(p))) p++;
  const fields: string[] = [];
  if (p >= text.length) return fields;
  const delimiterCode = delimiter.charCodeAt(0);
  for (;;) {
    if (text.charCodeAt(p) === 0x22) {
      const field = quotedField(text, p + 1);
      fields.push(field.text);
      p = behindQuoted(text, field.end, delimiterCode);
    } else {
      const start = p;
      while (p < text.length && !endsField(text.charCodeAt(p), delimiterCode)) p++;
      fields.push(text.slice(start, p));
    }
    if (p >= text.length || text.charCodeAt(p) !== delimiterCode) return fields;
    p++;
  }
}

function isLineBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

function endsField(code: number, delimiterCode: number): boolean {
  return code === delimiterCode || isLineBreak(code);
}

/** The text of a quoted field and the position behind its closing quote; `start` is behind the opening one. */
function quotedField(text: string, start: number): { text: string; end: number } {
  let run = start;
  let field = '';
  for (;;) {
    const quote = text.indexOf('"', run);
    if (quote === -1) {
      throw new FormatError('(startline 1) EOF reached before encapsulated token finished');
    }
    field += text.slice(run, quote);
    if (text.charCodeAt(quote + 1) !== 0x22) return { text: field, end: quote + 1 };
    field += '"';
    run = quote + 2;
  }
}

/** The end of a quoted field's cell: only white space may stand between the quote and it. */
function behindQuoted(text: string, position: number, delimiterCode: number): number {
  let p = position;
  while (p < text.length && !endsField(text.charCodeAt(p), delimiterCode)) {
    if (text[p]!.trim() !== '') {
      throw new FormatError('(line 1) invalid char between encapsulated token and delimiter');
    }
    p++;
  }
  return p;
}

/** One field as it stands in a record; `first` says that it is the record's first. */
export function csvField(text: string, delimiter: string, first: boolean): string {
  return needsQuotes(text, delimiter, first) ? `"${text.replaceAll('"', '""')}"` : text;
}

function needsQuotes(text: string, delimiter: string, first: boolean): boolean {
  if (text === '') return first;
  if (first && !/^[0-9A-Za-z]/.test(text)) return true;
  if (text.charCodeAt(0) <= 0x23 || text.charCodeAt(text.length - 1) <= 0x20) return true;
  return (
    text.includes(delimiter) || text.includes('"') || text.includes('\n') || text.includes('\r')
  );
}
