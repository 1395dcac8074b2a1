/** Subscribers over each transport, as plain as clients can be: frames in, a map of rows by key out. */
import { request as http1Request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { WebSocket } from 'ws';

export interface Frame {
  readonly type: string;
  readonly rows?: readonly (readonly unknown[])[];
  readonly keys?: readonly (readonly unknown[])[];
  readonly token?: string;
  readonly columns?: readonly { readonly name: string; readonly key: boolean }[];
  readonly code?: string;
  readonly error_code?: number;
  readonly reason?: string;
  readonly queryId?: string;
}

export interface SubscribeBody {
  readonly sql: string;
  readonly after?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** What a client makes of frames. */
export class Subscriber {
  readonly frames: Frame[] = [];
  readonly rows: Map<string, readonly unknown[]> = new Map();
  /** Every row it was given, in order, by key; null for a delete. */
  readonly history: { readonly key: string; readonly row: readonly unknown[] | null }[] = [];
  token: string | null = null;
  isEnded: boolean = false;
  #keyAt: readonly number[] = [];
  #waiting: (() => void)[] = [];
  readonly #close: () => void;

  constructor(close: () => void) {
    this.isEnded = false;
    this.#close = close;
  }

  take(frame: Frame): void {
    this.frames.push(frame);
    switch (frame.type) {
      case 'schema':
        this.#keyAt = (frame.columns ?? []).flatMap(({ key }, at) => (key ? [at] : []));
        break;
      case 'snapshot':
      case 'upsert':
      case 'insert':
        for (const row of frame.rows ?? []) this.#set(row);
        break;
      case 'delete':
        for (const key of frame.keys ?? []) this.#delete(JSON.stringify(key));
        break;
      case 'tick':
        this.token = frame.token ?? null;
        break;
      default:
    }
    this.#wake();
  }

  end(): void {
    this.isEnded = true;
    this.#wake();
  }

  close(): void {
    this.#close();
  }

  /** Resolves when `test` holds of what has come; asked again with each frame, and at the end. */
  async until(test: (subscriber: this) => boolean): Promise<this> {
    while (!test(this)) {
      if (this.isEnded) throw new Error(`ended before: ${JSON.stringify(this.frames.slice(-3))}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this;
  }

  async ended(): Promise<this> {
    while (!this.isEnded) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this;
  }

  #set(row: readonly unknown[]): void {
    const key = JSON.stringify(this.#keyAt.map((at) => row[at]));
    this.rows.set(key, row);
    this.history.push({ key, row });
  }

  #delete(key: string): void {
    this.rows.delete(key);
    this.history.push({ key, row: null });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Cuts a stream of text into lines; what follows the last line break stays. */
function lines(take: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() as string;
    for (const part of parts) take(part);
  };
}

export function overWebSocket(
  url: string,
  body: SubscribeBody,
  how: 'query' | 'message' = 'message',
): Subscriber {
  const path = `${url.replace('http', 'ws')}/leat/v1/subscribe`;
  const text = JSON.stringify(body);
  const socket = new WebSocket(
    how === 'query' ? `${path}?request=${encodeURIComponent(text)}` : path,
  );
  const subscriber = new Subscriber(() => socket.terminate());
  if (how === 'message') socket.on('open', () => socket.send(text));
  socket.on('message', (data) => subscriber.take(JSON.parse(String(data)) as Frame));
  socket.on('error', () => undefined);
  socket.on('close', () => subscriber.end());
  return subscriber;
}

/** `lastEventId` as a browser sends it when it reconnects. */
export function overEvents(
  url: string,
  { sql, after }: SubscribeBody,
  lastEventId?: string,
): Subscriber {
  const params = new URLSearchParams({ sql, ...(after === undefined ? {} : { after }) });
  const request = http1Request(`${url}/leat/v1/subscribe?${params}`, {
    headers: {
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  });
  const subscriber = new Subscriber(() => request.destroy());
  let id: string | null = null;
  request.on('response', (response) => {
    const isEvents = response.headers['content-type'] === 'text/event-stream';
    const take = lines((line) => {
      if (!isEvents && line !== '') subscriber.take(JSON.parse(line) as Frame);
      else if (line.startsWith('id: ')) id = line.slice(4);
      else if (line.startsWith('data: ')) {
        const frame = JSON.parse(line.slice(6)) as Frame;
        if (frame.type === 'tick' && frame.token !== id) throw new Error('the id is the token');
        subscriber.take(frame);
      }
    });
    response.setEncoding('utf8').on('data', take);
    response.on('error', () => undefined);
    response.on('close', () => {
      take('\n');
      subscriber.end();
    });
  });
  request.on('error', () => subscriber.end());
  request.end();
  return subscriber;
}

export function overLines(url: string, body: SubscribeBody): Subscriber {
  const request = http1Request(`${url}/leat/v1/subscribe`, {
    method: 'POST',
    headers: { accept: 'application/vnd.leat.v1+json', 'content-type': 'application/json' },
  });
  const subscriber = new Subscriber(() => request.destroy());
  const take = lines((line) => line !== '' && subscriber.take(JSON.parse(line) as Frame));
  request.on('response', (response) => {
    response.setEncoding('utf8').on('data', take);
    response.on('error', () => undefined);
    response.on('close', () => {
      take('\n');
      subscriber.end();
    });
  });
  request.on('error', () => subscriber.end());
  request.end(JSON.stringify(body));
  return subscriber;
}

export function overHttp2(url: string, body: SubscribeBody): Subscriber {
  const session = connectHttp2(url);
  session.on('error', () => undefined);
  const stream = session.request({ ':method': 'POST', ':path': '/leat/v1/subscribe' });
  const subscriber = new Subscriber(() => session.destroy());
  const take = lines((line) => line !== '' && subscriber.take(JSON.parse(line) as Frame));
  stream.setEncoding('utf8').on('data', take);
  stream.on('error', () => undefined);
  stream.on('close', () => {
    take('\n');
    session.destroy();
    subscriber.end();
  });
  stream.end(JSON.stringify(body));
  return subscriber;
}

export const transports: readonly (readonly [
  name: string,
  subscribe: (url: string, body: SubscribeBody) => Subscriber,
])[] = [
  ['a WebSocket', overWebSocket],
  ['server-sent events', overEvents],
  ['lines over HTTP/1.1', overLines],
  ['lines over HTTP/2', overHttp2],
];
