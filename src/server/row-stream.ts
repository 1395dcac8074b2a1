/** The framings in which a query's rows leave over HTTP (spec: api.md §5, §6). */
import { ProblemError } from '../base/errors.ts';
import { type QueryHead, type QueryStream, StatementFailure } from '../engine/api.ts';
import { formatType, quoteAlways, quoteNever } from '../types/format-type.ts';
import { errorBody } from './errors.ts';
import type { Exchange } from './exchange.ts';

/** How one media type writes its pieces. `first` says whether the piece is the first after the head. */
export interface Framing {
  head(head: QueryHead): string;
  row(text: string, tombstone: boolean): string | null;
  error(body: object): string;
  final(message: string): string | null;
  tail: string;
}

/** One JSON array, an element a line: header, rows, error or final message. */
const ksqlJsonFraming: Framing = {
  head: (head) =>
    `[${JSON.stringify({ header: { queryId: head.queryId, schema: schemaText(head) } })}`,
  row: (text, tombstone) => `,\n{"row":{"columns":${text}${tombstone ? ',"tombstone":true' : ''}}}`,
  error: (body) => `,\n${JSON.stringify({ errorMessage: body })}`,
  final: (message) => `,\n${JSON.stringify({ finalMessage: message })}`,
  tail: ']\n',
};
/** A line each: metadata, then rows as arrays. */
const delimitedFraming: Framing = {
  head: (head) => `${JSON.stringify(metadata(head))}\n`,
  row: (text, tombstone) => (tombstone ? null : `${text}\n`),
  error: (body) => `${JSON.stringify(body)}\n`,
  final: () => null,
  tail: '',
};
/** One JSON array without line breaks. */
const jsonFraming: Framing = {
  head: (head) => `[${JSON.stringify(metadata(head))}`,
  row: (text, tombstone) => (tombstone ? null : `,${text}`),
  error: (body) => `,${JSON.stringify(body)}`,
  final: () => null,
  tail: ']',
};
export const framings: Readonly<Record<'ksqlJson' | 'delimited' | 'json', Framing>> = {
  ksqlJson: ksqlJsonFraming,
  delimited: delimitedFraming,
  json: jsonFraming,
};

function metadata(head: QueryHead): object {
  return {
    queryId: head.queryId,
    columnNames: head.columns.map(({ name }) => name),
    columnTypes: head.columns.map(({ type }) => formatType(type, quoteNever)),
  };
}

/** Column list with back-quoted names; keys are marked for pull queries only. */
export function schemaText(head: QueryHead): string {
  return head.columns
    .map(
      ({ name, type, role }) =>
        `${quoteAlways(name)} ${formatType(type)}${role === 'key' && head.kind === 'pull' ? ' KEY' : ''}`,
    )
    .join(', ');
}

/** What the client is told at the end, if anything: not where a pull query over a table has simply given its rows. */
export function finalMessage(stream: QueryStream): string | null {
  const end = stream.end();
  if (end === 'limit' && !(stream.head.kind === 'pull' && stream.head.table))
    return 'Limit Reached';
  if (end === 'completed' && !stream.head.table) return 'Query Completed';
  return null;
}

/**
 * Sends the rows of `stream` and ends the answer. Over HTTP/2 every row is a write, hence a DATA frame, of its own: clients
 * parse chunk by chunk.
 */
export async function sendRows(
  exchange: Exchange,
  stream: QueryStream,
  framing: Framing,
  type: string,
): Promise<void> {
  exchange.begin(type);
  exchange.gone.addEventListener('abort', () => void stream.close());
  await exchange.write(framing.head(stream.head));
  try {
    for await (const { rows, tombstones } of stream) {
      const deleted = new Set(tombstones ?? []);
      const pieces = rows.flatMap((row, at) => framing.row(row, deleted.has(at)) ?? []);
      if (!exchange.isHttp2) await exchange.write(pieces.join(''));
      else for (const piece of pieces) await exchange.write(piece);
    }
    const message = finalMessage(stream);
    const text = message === null ? null : framing.final(message);
    if (text !== null) await exchange.write(text);
  } catch (error) {
    await exchange.write(framing.error(errorBody(error)));
  }
  exchange.response.end(framing.tail);
}

/** Sends the lines of a PRINT. */
export async function sendLines(exchange: Exchange, stream: QueryStream): Promise<void> {
  exchange.begin('text/plain; charset=utf-8');
  exchange.gone.addEventListener('abort', () => void stream.close());
  try {
    for await (const { rows } of stream) await exchange.write(`${rows.join('\n')}\n`);
  } catch (error) {
    if (!(error instanceof ProblemError || error instanceof StatementFailure)) throw error;
    await exchange.write(`${JSON.stringify(errorBody(error))}\n`);
  }
  exchange.response.end();
}
