/** Entry of the engine's thread: one LocalEngine, driven by messages. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import type { Engine, QueryFrame, QueryHead, QueryStream } from '../api.ts';
import type { EngineConfig } from '../config.ts';
import { FinishedStream } from '../queries/finished-stream.ts';
import { pullPlansMax } from '../limits.ts';
import type { LocalEngine } from '../local-engine.ts';
import { openLocalEngine } from '../open.ts';
import { Outbox } from '../tick/outbox.ts';
import { type QueryEnd, RowQueue } from '../push/row-queue.ts';
import { ThreadSubscriptions } from '../subscribe/thread-subscriptions.ts';
import {
  type ErrorData,
  errorData,
  type FromEngine,
  type StreamHead,
  type ToEngine,
} from './thread-protocol.ts';

const port = parentPort;
assert(port !== null, 'engine-thread runs on a worker thread');
/** Whose rows are on their way to the other thread. */
const streams = new Map<number, RowQueue>();
let lastStream = 0;
const subscriptions = new ThreadSubscriptions(post);

const outbox = new Outbox<FromEngine>((messages) => port?.postMessage(messages), false);
/** Numbers of columns that the other thread knows, by their JSON: plans are made anew with every change of the catalog. */
const columnNumbers = new Map<string, number>();
const columnTexts = new WeakMap<QueryHead['columns'], string>();

const nothingElse = { properties: {}, variables: {} };

function post(message: FromEngine): void {
  outbox.add(message);
}

async function call(
  engine: LocalEngine,
  message: Extract<ToEngine, { kind: 'call' }>,
): Promise<void> {
  try {
    if (message.method === 'subscribe') return await subscriptions.open(engine, message);
    const method = engine[message.method] as (...args: readonly unknown[]) => Promise<unknown>;
    const value = await method.apply(engine, [...message.args]);
    if (message.method === 'query') startStream(message.id, value as QueryStream);
    else post({ kind: 'result', id: message.id, value });
  } catch (error) {
    post({ kind: 'error', id: message.id, error: errorData(error) });
  }
}

function columnNumber(columns: QueryHead['columns']): number {
  let text = columnTexts.get(columns);
  if (text === undefined) {
    text = JSON.stringify(columns);
    columnTexts.set(columns, text);
  }
  const known = columnNumbers.get(text);
  if (known !== undefined) return known;
  if (columnNumbers.size >= pullPlansMax) columnNumbers.clear();
  const number = columnNumbers.size;
  columnNumbers.set(text, number);
  post({ kind: 'columns', number, text });
  return number;
}

function startStream(callId: number, stream: QueryStream): void {
  if (stream instanceof FinishedStream) {
    const { queryId, columns, consistencyToken } = stream.head;
    post([callId, queryId, columnNumber(columns), stream.rows, consistencyToken]);
    return;
  }
  assert(stream instanceof RowQueue, 'rows that come bit by bit are queued');
  const id = ++lastStream;
  streams.set(id, stream);
  const head: StreamHead = { stream: id, head: stream.head };
  post({ kind: 'result', id: callId, value: head });
  stream.pipe({
    push: (frame) => sendFrame(id, frame),
    finish: (end) => endStream(id, end, null),
    fail: (error) => endStream(id, 'closed', errorData(error)),
  });
}

/** Readers of one query are given their frame one after the other: it crosses once for all of them. */
function sendFrame(stream: number, frame: QueryFrame): void {
  const { last } = outbox;
  const isSame =
    last !== undefined && 'kind' in last && last.kind === 'frame' && last.frame === frame;
  if (isSame) last.streams.push(stream);
  else post({ kind: 'frame', streams: [stream], frame });
}

function endStream(stream: number, end: QueryEnd, error: ErrorData | null): void {
  streams.delete(stream);
  post({ kind: 'end', stream, end, error });
}

async function start(): Promise<void> {
  const engine = await openLocalEngine(workerData as EngineConfig, {
    onFatal: (error) => post({ kind: 'fatal', error: errorData(error) }),
  });
  const receive = (message: ToEngine): void => {
    if ('length' in message) {
      const [id, sql] = message;
      void call(engine, { kind: 'call', id, method: 'query', args: [{ sql, ...nothingElse }] });
      return;
    }
    switch (message.kind) {
      case 'call':
        void call(engine, message);
        break;
      case 'credit':
        streams.get(message.stream)?.read(message.bytes);
        break;
      case 'close-stream':
        void streams.get(message.stream)?.close();
        break;
      case 'subscription-credit':
        subscriptions.give(message.subscription, message.bytes);
        break;
      case 'close-subscription':
        subscriptions.close(message.subscription);
        break;
      case 'stop':
        void stop(engine);
        break;
    }
  };
  port?.on('message', (messages: readonly ToEngine[]) => {
    for (const message of messages) receive(message);
    post({ kind: 'received' });
  });
  post({ kind: 'ready' });
}

async function stop(engine: Engine): Promise<void> {
  try {
    await engine[Symbol.asyncDispose]();
    post({ kind: 'stopped' });
  } catch (error) {
    post({ kind: 'fatal', error: errorData(error) });
  }
  outbox.flush();
  port?.close();
}

start().catch((error: unknown) => {
  post({ kind: 'fatal', error: errorData(error) });
  outbox.flush();
  port?.close();
});
