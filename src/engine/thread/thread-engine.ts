/** The engine on a thread of its own: processing never delays the network, the network never delays processing. */
import { Worker } from 'node:worker_threads';
import { problem } from '../../base/errors.ts';
import type { RegistryOp, RegistryReplies, RequestOf } from '../../registry/api.ts';
import type { Engine, QueryHead, QueryStream, StatementRequest, Subscription } from '../api.ts';
import type { EngineConfig } from '../config.ts';
import { FinishedStream } from '../queries/finished-stream.ts';
import { Outbox } from '../tick/outbox.ts';
import { readPieceBytes } from '../push/waiting-rows.ts';
import { frameBytes, RowQueue } from '../push/row-queue.ts';
import { SubscriptionQueue } from '../subscribe/subscription-queue.ts';
import {
  type CallMethod,
  errorOf,
  type FromEngine,
  type StreamHead,
  type SubscriptionStart,
  type ToEngine,
} from './thread-protocol.ts';

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}
type Args<M extends CallMethod> = Parameters<Engine[M]>;
type Answer<M extends CallMethod> = Awaited<ReturnType<Engine[M]>>;

export interface ThreadEngineOptions {
  /** The engine cannot go on; nothing is answered any more. */
  readonly onFatal: (error: Error) => void;
}

export class ThreadEngine implements Engine {
  readonly #worker: Worker;
  readonly #outbox: Outbox<ToEngine>;
  /** By their numbers, of which there are `pullPlansMax`. */
  readonly #columns: QueryHead['columns'][] = [];
  readonly #options: ThreadEngineOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #streams = new Map<number, RowQueue>();
  readonly #subscriptions = new Map<number, SubscriptionQueue>();
  #lastId = 0;
  #stopped: (() => void) | null = null;
  #dead: Error | null = null;

  /** Resolves when the engine has opened its data directory and its queries run; throws what opening threw. */
  static async open(config: EngineConfig, options: ThreadEngineOptions): Promise<ThreadEngine> {
    const file = import.meta.url.endsWith('.ts') ? './engine-thread.ts' : './engine-thread.js';
    const worker = new Worker(new URL(file, import.meta.url), { workerData: config });
    const engine = new ThreadEngine(worker, options);
    await new Promise<void>((resolve, reject) => {
      worker.once('message', ([message]: readonly Exclude<FromEngine, readonly unknown[]>[]) => {
        if (message?.kind === 'ready') resolve();
        else if (message?.kind === 'fatal') reject(errorOf(message.error));
      });
      worker.once('error', reject);
    });
    engine.#listen();
    return engine;
  }

  private constructor(worker: Worker, options: ThreadEngineOptions) {
    this.#worker = worker;
    this.#outbox = new Outbox((messages) => worker.postMessage(messages), true);
    this.#options = options;
  }

  execute(...args: Args<'execute'>): ReturnType<Engine['execute']> {
    return this.#call('execute', args);
  }

  async query(request: StatementRequest): Promise<QueryStream> {
    if (isPlain(request)) return this.#ask((id) => [id, request.sql]);
    // What arrives is a StreamHead; `#result` has put its queue in its place.
    return this.#call('query', [request]);
  }

  async subscribe(...args: Args<'subscribe'>): Promise<Subscription> {
    // As with `query`.
    return this.#call('subscribe', args);
  }

  produce(...args: Args<'produce'>): ReturnType<Engine['produce']> {
    return this.#call('produce', args);
  }

  insertRows(...args: Args<'insertRows'>): ReturnType<Engine['insertRows']> {
    return this.#call('insertRows', args);
  }

  fetch(...args: Args<'fetch'>): ReturnType<Engine['fetch']> {
    return this.#call('fetch', args);
  }

  async registry<Op extends RegistryOp>(request: RequestOf<Op>): Promise<RegistryReplies[Op]> {
    return (await this.#call('registry', [request])) as RegistryReplies[Op];
  }

  topics(): ReturnType<Engine['topics']> {
    return this.#call('topics', []);
  }

  createTopic(...args: Args<'createTopic'>): ReturnType<Engine['createTopic']> {
    return this.#call('createTopic', args);
  }

  closeQuery(...args: Args<'closeQuery'>): ReturnType<Engine['closeQuery']> {
    return this.#call('closeQuery', args);
  }

  settle(): ReturnType<Engine['settle']> {
    return this.#call('settle', []);
  }

  describe(): ReturnType<Engine['describe']> {
    return this.#call('describe', []);
  }

  complete(...args: Args<'complete'>): ReturnType<Engine['complete']> {
    return this.#call('complete', args);
  }

  metrics(): ReturnType<Engine['metrics']> {
    return this.#call('metrics', []);
  }

  storeLags(): ReturnType<Engine['storeLags']> {
    return this.#call('storeLags', []);
  }

  consistencyToken(): Promise<string> {
    return this.#call('consistencyToken', []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#dead === null) {
      const stopped = new Promise<void>((resolve) => {
        this.#stopped = resolve;
      });
      this.#post({ kind: 'stop' });
      await stopped;
    }
    this.#die(problem('engine.shutting-down', 'The server is shut down'));
    await this.#worker.terminate();
  }

  #call<M extends CallMethod>(method: M, args: Args<M>): Promise<Answer<M>> {
    return this.#ask((id) => ({ kind: 'call', id, method, args }));
  }

  #ask<Result>(question: (id: number) => ToEngine): Promise<Result> {
    if (this.#dead !== null) return Promise.reject(this.#dead);
    const id = ++this.#lastId;
    return new Promise<Result>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (value: never) => void, reject });
      this.#post(question(id));
    });
  }

  #post(message: ToEngine): void {
    this.#outbox.add(message);
  }

  #listen(): void {
    this.#worker.on('message', (messages: readonly FromEngine[]) => {
      for (const message of messages) this.#receive(message);
    });
    this.#worker.on('error', (error) => this.#fatal(error as Error));
    this.#worker.on('exit', () => this.#stopped?.());
  }

  #receive(message: FromEngine): void {
    if ('length' in message) {
      this.#finished(message);
      return;
    }
    switch (message.kind) {
      case 'ready':
        break;
      case 'result':
        this.#result(message.id, message.value);
        break;
      case 'received':
        this.#outbox.received();
        break;
      case 'columns':
        this.#columns[message.number] = JSON.parse(message.text) as QueryHead['columns'];
        break;
      case 'error': {
        this.#pending.get(message.id)?.reject(errorOf(message.error));
        this.#pending.delete(message.id);
        break;
      }
      case 'frame': {
        const bytes = frameBytes(message.frame);
        for (const stream of message.streams) this.#streams.get(stream)?.push(message.frame, bytes);
        break;
      }
      case 'end': {
        const queue = this.#streams.get(message.stream);
        this.#streams.delete(message.stream);
        if (message.error === null) queue?.finish(message.end);
        else queue?.fail(errorOf(message.error));
        break;
      }
      case 'deliveries':
        for (const { delivery, subscriptions } of message.deliveries)
          for (const id of subscriptions) this.#subscriptions.get(id)?.push(delivery);
        break;
      case 'subscription-end': {
        const queue = this.#subscriptions.get(message.subscription);
        this.#subscriptions.delete(message.subscription);
        if (message.error === null) queue?.finish(message.end);
        else queue?.fail(errorOf(message.error));
        break;
      }
      case 'fatal':
        this.#fatal(errorOf(message.error));
        break;
      case 'stopped':
        this.#stopped?.();
        break;
    }
  }

  #finished([id, queryId, columns, rows, token]: Extract<FromEngine, readonly unknown[]>): void {
    const head: QueryHead = {
      queryId,
      kind: 'pull',
      columns: this.#columns[columns] ?? [],
      table: true,
      ...(token === undefined ? {} : { consistencyToken: token }),
    };
    this.#pending.get(id)?.resolve(new FinishedStream(head, rows) as never);
    this.#pending.delete(id);
  }

  /** A query's stream is registered as its head arrives, before any frame can. */
  #result(id: number, value: unknown): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (isSubscriptionStart(value)) {
      pending?.resolve(this.#subscribed(value) as never);
      return;
    }
    if (!isStreamHead(value)) {
      pending?.resolve(value as never);
      return;
    }
    const queue = this.#incoming(value);
    this.#streams.set(value.stream, queue);
    pending?.resolve(queue as never);
  }

  #subscribed({ subscription, head }: SubscriptionStart): SubscriptionQueue {
    const queue = new SubscriptionQueue(head, {
      onRead: (bytes) => this.#post({ kind: 'subscription-credit', subscription, bytes }),
      onClose: () => {
        const isOpen = this.#subscriptions.delete(subscription);
        if (isOpen && this.#dead === null) this.#post({ kind: 'close-subscription', subscription });
      },
    });
    this.#subscriptions.set(subscription, queue);
    return queue;
  }

  #incoming({ stream, head }: StreamHead): RowQueue {
    let read = 0;
    return new RowQueue(head, {
      // The other side bounds it: it counts what was not read here.
      bytesMax: Number.POSITIVE_INFINITY,
      onRead: (bytes) => {
        read += bytes;
        if (read < readPieceBytes) return;
        this.#post({ kind: 'credit', stream, bytes: read });
        read = 0;
      },
      onClose: async () => {
        if (this.#dead === null) this.#post({ kind: 'close-stream', stream });
      },
    });
  }

  #fatal(error: Error): void {
    if (this.#dead !== null) return;
    this.#die(error);
    this.#stopped?.();
    this.#options.onFatal(error);
  }

  #die(error: Error): void {
    this.#dead ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    for (const queue of this.#streams.values()) queue.fail(error);
    this.#streams.clear();
    for (const queue of this.#subscriptions.values()) queue.fail(error);
    this.#subscriptions.clear();
  }
}

function isSubscriptionStart(value: unknown): value is SubscriptionStart {
  return typeof value === 'object' && value !== null && 'subscription' in value && 'head' in value;
}

/** Nothing but a statement. */
function isPlain({ sql, properties, variables, ...rest }: StatementRequest): boolean {
  for (const _ in properties) return false;
  for (const _ in variables) return false;
  return sql.length < 10_000 && Object.values(rest).every((value) => value === undefined);
}

function isStreamHead(value: unknown): value is StreamHead {
  return typeof value === 'object' && value !== null && 'stream' in value && 'head' in value;
}
