/** POST /query and POST /query-stream: one SELECT or PRINT (spec: api.md §5, §6). */
import { ProblemError, problem } from '../../base/errors.ts';
import type { QueryStream, StatementRequest } from '../../engine/api.ts';
import { queryFailure } from '../errors.ts';
import type { Exchange } from '../exchange.ts';
import {
  delimited,
  json,
  ksqlJson,
  ksqlProtobuf,
  ksqlRequest,
  parseBody,
  queryStreamRequest,
} from '../messages.ts';
import type { Route, RouteContext } from '../route.ts';
import { framings, sendLines, sendRows } from '../stream/row-stream.ts';

export const queryRoute: Route = {
  method: 'POST',
  path: '/query',
  async handle(exchange, context) {
    const type = exchange.accepted([ksqlJson, delimited, json, ksqlProtobuf]);
    const request = ksqlRequest(parseBody(await exchange.body()));
    const stream = await open(request, context, 'Statement type not supported for this resource');
    if (stream.head.kind === 'print') return sendLines(exchange, stream, printedText, isAnyLine);
    await send(exchange, stream, type, type === json ? ksqlJson : type);
  },
};

export const queryStreamRoute: Route = {
  method: 'POST',
  path: '/query-stream',
  async handle(exchange, context) {
    const type = exchange.accepted([delimited, json, ksqlJson, ksqlProtobuf]);
    const request = queryStreamRequest(parseBody(await exchange.body()));
    const stream = await open(request, context, 'Neither a query nor a print statement');
    if (stream.head.kind !== 'print') return send(exchange, stream, type);
    if (type === delimited) return sendLines(exchange, stream, delimited, isRecordLine);
    await stream.close();
    throw problem('server.not-acceptable', `PRINT is served as ${delimited} only here`);
  },
};

/** What PRINT on `/query` has always been sent as. */
const printedText = 'text/plain; charset=utf-8';
const isAnyLine = (): boolean => true;
/** Formats are announced on lines of their own, which `/query-stream` leaves out. */
const isRecordLine = (line: string): boolean => line.startsWith('rowtime: ');

async function open(
  request: StatementRequest,
  { engine }: RouteContext,
  refusal: string,
): Promise<QueryStream> {
  try {
    return await engine.query(request);
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'request.not-a-query')
      throw problem('request.not-a-query', refusal, {
        hint: 'Send statements that are no queries to /ksql.',
        cause: error,
      });
    throw queryFailure(error, request.sql);
  }
}

/** `/query` answers who accepts plain JSON in the framing of KSQL_V1_JSON. */
async function send(
  exchange: Exchange,
  stream: QueryStream,
  type: string,
  framedAs: string = type,
): Promise<void> {
  const framing = framings[framedAs] as NonNullable<(typeof framings)[string]>;
  try {
    await sendRows(exchange, stream, framing(stream.head), type);
  } finally {
    await stream.close();
  }
}
