/** Entry of the engine's thread: one LocalEngine, driven by messages. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../base/assert.ts';
import type { Engine, QueryHead, QueryStream } from './api.ts';
import type { EngineConfig } from './config.ts';
import { FinishedStream } from './finished-stream.ts';
import { pullPlansMax, pushBufferBytesMax } from './limits.ts';
import type { LocalEngine } from './local-engine.ts';
import { openLocalEngine } from './open.ts';
import { Outbox } from './outbox.ts';
import { ThreadSubscriptions } from './subscribe/thread-subscriptions.ts';
import {
  errorData,
  type FromEngine,
  frameBytes,
  type StreamHead,
  type ToEngine,
} from './thread-protocol.ts';

/** A query's rows on their way to the other thread, never more ahead of its reader than the credit it gave. */
class Outgoing {
  readonly #stream: QueryStream;
  #credit: number = pushBufferBytesMax;
  #wake: (() => void) | null = null;

  constructor(stream: QueryStream) {
    this.#stream = stream;
  }

  give(bytes: number): void {
    this.#credit += bytes;
    this.#wake?.();
  }

  close(): void {
    this.#credit = Number.POSITIVE_INFINITY;
    this.#wake?.();
    this.#stream.close().catch(() => undefined);
  }

  async send(id: number): Promise<void> {
    try {
      for await (const frame of this.#stream) {
        post({ kind: 'frame', stream: id, frame });
        this.#credit -= frameBytes(frame);
        while (this.#credit <= 0) await this.#credited();
      }
      post({ kind: 'end', stream: id, end: this.#stream.end(), error: null });
    } catch (error) {
      post({ kind: 'end', stream: id, end: 'closed', error: errorData(error) });
    }
  }

  #credited(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

const port = parentPort;
assert(port !== null, 'engine-thread runs on a worker thread');
const streams = new Map<number, Outgoing>();
let lastStream = 0;
const subscriptions = new ThreadSubscriptions(post);

const outbox = new Outbox<FromEngine>((messages) => port?.postMessage(messages), false);
/** Numbers of columns that the other thread knows. */
const columnNumbers = new Map<QueryHead['columns'], number>();

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
  const known = columnNumbers.get(columns);
  if (known !== undefined) return known;
  if (columnNumbers.size >= pullPlansMax) columnNumbers.clear();
  const number = columnNumbers.size;
  columnNumbers.set(columns, number);
  post({ kind: 'columns', number, text: JSON.stringify(columns) });
  return number;
}

function startStream(callId: number, stream: QueryStream): void {
  if (stream instanceof FinishedStream) {
    const { queryId, columns, consistencyToken } = stream.head;
    post([callId, queryId, columnNumber(columns), stream.rows, consistencyToken]);
    return;
  }
  const id = ++lastStream;
  const outgoing = new Outgoing(stream);
  streams.set(id, outgoing);
  const head: StreamHead = { stream: id, head: stream.head };
  post({ kind: 'result', id: callId, value: head });
  void outgoing.send(id).finally(() => streams.delete(id));
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
        streams.get(message.stream)?.give(message.bytes);
        break;
      case 'close-stream':
        streams.get(message.stream)?.close();
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
