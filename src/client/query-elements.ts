/** The answer of `/query`, element by element (spec: api.md §5); a row stays the text it is. */
import { type Fields, LeatError } from './leat-error.ts';
import { lineBatchesOf } from './line-reader.ts';

export type QueryElement =
  | { readonly kind: 'header'; readonly queryId: string; readonly schema: string }
  /** `columns` is the text of a JSON array. */
  | { readonly kind: 'row'; readonly columns: string; readonly tombstone: boolean }
  | { readonly kind: 'error'; readonly body: Fields }
  | { readonly kind: 'final'; readonly message: string };

const rowLine = /^\{"row":\{"columns":(\[.*\])(,"tombstone":true)?\}\},?\]?$/s;

/** Those that came together, together. */
export async function* queryElements(
  body: ReadableStream<Uint8Array> | null,
): AsyncGenerator<readonly QueryElement[]> {
  for await (const lines of lineBatchesOf(body))
    yield lines.flatMap((line) => elementOf(line) ?? []);
}

/** Null for what says nothing. */
function elementOf(line: string): QueryElement | null {
  const row = rowLine.exec(line);
  if (row !== null)
    return { kind: 'row', columns: row[1] as string, tombstone: row[2] !== undefined };
  if (line.trim() === ']') return null;
  const fields = fieldsOf(line);
  const { header, errorMessage, finalMessage } = fields as {
    readonly header?: Fields;
    readonly errorMessage?: Fields;
    readonly finalMessage?: string;
  };
  if (header !== undefined)
    return {
      kind: 'header',
      queryId: String(header['queryId'] ?? ''),
      schema: String(header['schema'] ?? ''),
    };
  if (errorMessage !== undefined && errorMessage !== null)
    return { kind: 'error', body: errorMessage };
  return finalMessage === undefined ? null : { kind: 'final', message: finalMessage };
}

/** An element's line without the array's opening bracket, comma and closing bracket. */
function fieldsOf(line: string): Fields {
  try {
    return JSON.parse(line.replace(/^\[/, '').replace(/(?<=\})\s*[,\]]*\s*$/, '')) as Fields;
  } catch (error) {
    throw new LeatError(
      { code: 'client.bad-answer', message: 'the server sent what is no JSON' },
      error,
    );
  }
}
