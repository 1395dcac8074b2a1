/**
 * The frames of a subscription, a JSON text each, over what the platform has. HTTP: lines of an answer, read as fast as they
 * are taken. WebSocket, of which browsers allow many more to one server: it cannot be told to wait, so when too much waits to
 * be read it is closed, and the subscription goes on later from its last token.
 */
import { leatJson } from '../server/media-types.ts';
import { LeatError } from './leat-error.ts';
import { lineBatchesOf } from './line-reader.ts';
import { brokenOff, type Transport } from './transport.ts';

const path = '/leat/v1/subscribe';

/** What the server is sent. */
export interface SubscribeRequest {
  readonly sql: string;
  readonly properties: object;
  readonly variables: object;
  /** The token to go on from. */
  readonly after?: string;
}

/** Frames as they come, those that came together together. Ends with the connection; throws what it ended with. */
export type OpenFrames = (
  transport: Transport,
  request: SubscribeRequest,
  signal: AbortSignal,
) => AsyncGenerator<readonly string[], void>;

export async function* httpFrames(
  transport: Transport,
  request: SubscribeRequest,
  signal: AbortSignal,
): ReturnType<OpenFrames> {
  const body = JSON.stringify(request);
  const response = await transport.send(path, { body, accept: leatJson, signal });
  try {
    yield* lineBatchesOf(response.body);
  } catch (error) {
    throw brokenOff(transport, error);
  }
}

/** Frames over a WebSocket; at most about `charactersMax` characters of them wait to be read. */
export function socketFrames(charactersMax: number = 4 * 1024 * 1024): OpenFrames {
  return async function* (transport, request, signal) {
    const token = await transport.token();
    const query = token === null ? '' : `?access_token=${encodeURIComponent(token)}`;
    const socket = new WebSocket(`${transport.url.replace(/^http/, 'ws')}${path}${query}`);
    const inbox = new Inbox(socket, charactersMax);
    const close = (): void => socket.close();
    signal.addEventListener('abort', close);
    socket.addEventListener('open', () => socket.send(JSON.stringify(request)));
    try {
      for (let frames = await inbox.next(); frames !== null; frames = await inbox.next())
        yield frames;
      if (inbox.isOverfull) throw overfull();
      if (inbox.isClean) return;
      // Browsers say nothing of why a WebSocket was refused: a request has an answer.
      if (!inbox.isOpened) await transport.send('/info', { signal });
      throw brokenOff(transport, new Error('the WebSocket was closed'));
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  };
}

/** Messages that wait to be read. */
class Inbox {
  readonly #charactersMax: number;
  readonly #socket: WebSocket;
  #messages: string[] = [];
  #characters = 0;
  #isClosed = false;
  #wake: (() => void) | null = null;
  isOverfull = false;
  isOpened = false;
  /** Whether it was closed as said, and not broken off. */
  isClean = false;

  constructor(socket: WebSocket, charactersMax: number) {
    this.#socket = socket;
    this.#charactersMax = charactersMax;
    socket.addEventListener('open', () => {
      this.isOpened = true;
    });
    socket.addEventListener('message', ({ data }) => this.#take(String(data)));
    socket.addEventListener('close', ({ code }) => {
      this.isClean = code === 1000;
      this.#isClosed = true;
      this.#wake?.();
    });
  }

  /** All that wait, at least one; null when no more come. */
  async next(): Promise<readonly string[] | null> {
    while (this.#messages.length === 0) {
      if (this.#isClosed || this.isOverfull) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const messages = this.#messages;
    this.#messages = [];
    this.#characters = 0;
    return messages;
  }

  #take(message: string): void {
    if (this.isOverfull) return;
    this.#messages.push(message);
    this.#characters += message.length;
    this.isOverfull = this.#characters > this.#charactersMax;
    if (this.isOverfull) this.#socket.close();
    this.#wake?.();
  }
}

function overfull(): LeatError {
  return new LeatError({
    code: 'client.slow-reader',
    message: 'more changes came than were read: the WebSocket was closed',
  });
}
