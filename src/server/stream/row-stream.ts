/** The framings in which a query's rows leave over HTTP (spec: api.md §5, §6). */
import { ProblemError } from '../../base/errors.ts';
import { type QueryHead, type QueryStream, StatementFailure } from '../../engine/api.ts';
import { continuationToken } from '../../engine/push/continuation-token.ts';
import { FinishedStream } from '../../engine/queries/finished-stream.ts';
import { bytesToBase64 } from '../../types/base64.ts';
import { formatType, quoteAlways, quoteNever } from '../../types/format-type.ts';
import { shuttingDown } from '../listener/drain.ts';
import type { Exchange } from '../exchange.ts';
import { delimited, json, ksqlJson, ksqlProtobuf } from '../messages.ts';
import { keepFromSilence } from './quiet.ts';
import { messageOf, schemaText as protobufText } from '../protobuf/schema.ts';
import { rowWriter } from '../protobuf/write-row.ts';

/** Characters of an answer that goes as a whole. */
const wholeAnswerMax: number = 32 * 1024;

/** How one media type writes its pieces; null for what it does not say. */
export interface Framing {
  readonly head: string;
  row(text: string, tombstone: boolean): string | null;
  error(body: object): string;
  token(kind: 'consistencyToken' | 'continuationToken', text: string): string;
  /** `message` is null where the client need not be told anything. */
  final(message: string | null): string | null;
  readonly tail: string;
  /** Whether blank lines between elements mean nothing to clients (spec: api.md §5): in other framings they are rows. */
  readonly isPadded: boolean;
}

/**
 * One JSON array, an element a line: header, rows, error or final message. Clients read line by line, so where a last element
 * is sure to come (`isOpenEnded`) every other leaves with its comma and line break.
 */
function elementsFraming(
  head: QueryHead,
  header: object,
  rowText: (text: string, tombstone: boolean) => string,
): Framing {
  const element = (body: string): string => (isOpenEnded(head) ? `${body},\n` : `,\n${body}`);
  const last = (body: object): string =>
    isOpenEnded(head) ? JSON.stringify(body) : `,\n${JSON.stringify(body)}`;
  return {
    head: `[${JSON.stringify({ header })}${isOpenEnded(head) ? ',\n' : ''}`,
    row: (text, tombstone) => element(rowText(text, tombstone)),
    error: (body) => last({ errorMessage: body }),
    token: (kind, text) => element(JSON.stringify({ [kind]: { [kind]: text } })),
    final: (message) =>
      message === null && !isOpenEnded(head)
        ? null
        : last({ finalMessage: message ?? 'Query Completed' }),
    tail: ']\n',
    isPadded: true,
  };
}

function ksqlJsonFraming(head: QueryHead): Framing {
  return elementsFraming(
    head,
    { queryId: head.queryId, schema: schemaText(head) },
    (text, tombstone) => `{"row":{"columns":${text}${tombstone ? ',"tombstone":true' : ''}}}`,
  );
}

/** The same with every row as a protobuf message. */
function protobufFraming(head: QueryHead): Framing {
  const message = messageOf(head.columns);
  const write = rowWriter(message);
  return elementsFraming(
    head,
    { queryId: head.queryId, schema: schemaText(head), protoSchema: protobufText(message) },
    (text, tombstone) =>
      `{"row":{"protobufBytes":"${bytesToBase64(write(text))}"${tombstone ? ',"tombstone":true' : ''}}}`,
  );
}

/** Whether the answer to the query always ends with an error or a final message: not for pull queries on tables. */
function isOpenEnded(head: QueryHead): boolean {
  return head.kind === 'push' || !head.table;
}

/** A line each: metadata, then rows as arrays. */
const delimitedFraming = (head: QueryHead): Framing => ({
  head: `${metadata(head)}\n`,
  row: (text, tombstone) => (tombstone ? null : `${text}\n`),
  error: (body) => `${JSON.stringify(body)}\n`,
  token: (kind, text) => `${JSON.stringify({ [kind]: text })}\n`,
  final: () => null,
  tail: '',
  isPadded: false,
});
/** One JSON array without line breaks. */
const jsonFraming = (head: QueryHead): Framing => ({
  head: `[${metadata(head)}`,
  row: (text, tombstone) => (tombstone ? null : `,${text}`),
  error: (body) => `,${JSON.stringify(body)}`,
  token: (kind, text) => `,${JSON.stringify({ [kind]: text })}`,
  final: () => null,
  tail: ']',
  isPadded: false,
});
/** By media type. */
export const framings: Readonly<Record<string, (head: QueryHead) => Framing>> = {
  [ksqlJson]: ksqlJsonFraming,
  [ksqlProtobuf]: protobufFraming,
  [delimited]: delimitedFraming,
  [json]: jsonFraming,
};

function metadata({ queryId, columns }: QueryHead): string {
  let text = columnsTexts.get(columns);
  if (text === undefined) {
    const columnNames = columns.map(({ name }) => name);
    const columnTypes = columns.map(({ type }) => formatType(type, quoteNever));
    text = JSON.stringify({ columnNames, columnTypes }).slice(1);
    columnsTexts.set(columns, text);
  }
  return `{"queryId":${JSON.stringify(queryId)},${text}`;
}

/** What metadata says of columns. */
const columnsTexts = new WeakMap<QueryHead['columns'], string>();

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
  if (!isOpenEnded(stream.head) || end === 'closed') return null;
  return end === 'limit' ? 'Limit Reached' : 'Query Completed';
}

/**
 * Sends the rows of `stream` and ends the answer; a short one that is there as a whole at once, with its length. Over HTTP/2
 * clients of the delimited framing parse DATA frame by DATA frame, some of them row by row.
 */
export async function sendRows(
  exchange: Exchange,
  stream: QueryStream,
  framing: Framing,
  type: string,
): Promise<void> {
  if (stream instanceof FinishedStream && !exchange.isHttp2) {
    const rows = stream.rows.flatMap((row) => framing.row(row, false) ?? []);
    const text = `${framing.head}${rows.join('')}${ending(stream, framing)}`;
    if (text.length <= wholeAnswerMax) return exchange.send(text, 200, type);
  }
  exchange.begin(type);
  closeWith(exchange, stream);
  const isReadByFrame = exchange.isHttp2 && type === delimited;
  if (isReadByFrame) await exchange.writeAlone(framing.head);
  else await exchange.write(framing.head);
  const isQuiet = stream.head.kind === 'push' && framing.isPadded;
  const quiet = isQuiet ? keepFromSilence(exchange.response, '\n') : undefined;
  try {
    const { continuation } = stream.head;
    for await (const { rows, tombstones, offsets } of stream) {
      const deleted = new Set(tombstones ?? []);
      const pieces = rows.flatMap((row, at) => framing.row(row, deleted.has(at)) ?? []);
      if (continuation !== undefined && offsets !== undefined)
        pieces.push(framing.token('continuationToken', continuationToken(continuation, offsets)));
      if (!isReadByFrame) await exchange.write(pieces.join(''));
      else for (const frame of framesOf(pieces, stream.head)) await exchange.writeAlone(frame);
    }
    if (isCutOff(exchange, stream)) throw shuttingDown();
    exchange.end(ending(stream, framing));
  } catch (error) {
    exchange.end(`${framing.error(exchange.errorBody(error))}${framing.tail}`);
  } finally {
    clearInterval(quiet);
  }
}

/** What follows the last row. */
function ending(stream: QueryStream, framing: Framing): string {
  const { consistencyToken } = stream.head;
  const token =
    consistencyToken === undefined ? '' : framing.token('consistencyToken', consistencyToken);
  return `${token}${framing.final(finalMessage(stream)) ?? ''}${framing.tail}`;
}

/** The query ends when its reader has gone or the server stops. */
function closeWith({ gone, closing }: Exchange, stream: QueryStream): void {
  const close = () => void stream.close();
  gone.addEventListener('abort', close);
  closing.addEventListener('abort', close, { signal: gone });
  if (closing.aborted) close();
}

/** Whether the query ended because the server stops, which its reader is to be told. */
function isCutOff({ closing, gone }: Exchange, stream: QueryStream): boolean {
  return closing.aborted && !gone.aborted && stream.end() === 'closed';
}

/** Bytes of a DATA frame that every peer takes (RFC 9113 §4.2), in characters of at most four bytes. */
const frameCharactersMax: number = (16 * 1024) / 4;

/** The pieces of DATA frames: rows of a push query one by one, those of a pull query as many as one surely holds. */
function framesOf(rows: readonly string[], { kind }: QueryHead): readonly string[] {
  if (kind === 'push') return rows;
  const frames: string[] = [];
  for (const row of rows) {
    const last = frames.at(-1);
    if (last === undefined || last.length + row.length > frameCharactersMax) frames.push(row);
    else frames[frames.length - 1] = last + row;
  }
  return frames;
}

/** Sends those lines of a PRINT that are wanted. */
export async function sendLines(
  exchange: Exchange,
  stream: QueryStream,
  type: string,
  isWanted: (line: string) => boolean,
): Promise<void> {
  exchange.begin(type);
  closeWith(exchange, stream);
  const quiet = type === delimited ? undefined : keepFromSilence(exchange.response, '\n');
  try {
    for await (const { rows } of stream) {
      const lines = rows.filter(isWanted);
      if (lines.length > 0) await exchange.write(`${lines.join('\n')}\n`);
    }
    if (isCutOff(exchange, stream)) throw shuttingDown();
    exchange.end();
  } catch (error) {
    if (!(error instanceof ProblemError || error instanceof StatementFailure)) throw error;
    exchange.end(`${JSON.stringify(exchange.errorBody(error))}\n`);
  } finally {
    clearInterval(quiet);
  }
}
