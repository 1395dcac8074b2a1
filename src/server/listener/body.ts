/** The body of a request: as long as it may be, within its time, and inflated where it came compressed. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { problem } from '../../base/errors.ts';
import { type Limit, limitText } from '../../base/limits.ts';
import type { ListenerLimits } from '../limits.ts';

/** How a body is encoded. Throws `request.unsupported-encoding` for what is neither plain nor gzip. */
export function bodyEncoding(headers: IncomingHttpHeaders): 'identity' | 'gzip' {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === '' || encoding === 'identity') return 'identity';
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip';
  throw problem('request.unsupported-encoding', `a body in ${encoding} cannot be read`, {
    hint: 'Send it as it is, or with Content-Encoding: gzip.',
  });
}

/**
 * Reads the whole body as text. The request is not destroyed where it is refused, so that it can be answered. Throws
 * `request.too-large`, `request.timeout`, `request.aborted`, `request.corrupt-body`, `request.invalid-text` and what `bodyEncoding` throws.
 */
export async function readBody(
  request: IncomingMessage,
  { bodyBytes, requestMs }: Pick<ListenerLimits, 'bodyBytes' | 'requestMs'>,
): Promise<string> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > bodyBytes.value) throw tooLarge(bodyBytes, declared);
  // Over HTTP/2 a request without body has ended before anybody listens.
  if (request.readableEnded) return '';
  const source = bodyEncoding(request.headers) === 'gzip' ? inflated(request, bodyBytes) : request;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(tooSlow(requestMs)), requestMs.value);
      const settle = (error: Error | null) => {
        clearTimeout(timer);
        if (error === null) resolve();
        else reject(error);
      };
      source.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > bodyBytes.value) settle(tooLarge(bodyBytes, bytes));
        else chunks.push(chunk);
      });
      source.once('end', () => settle(null));
      source.once('error', (cause) => settle(source === request ? gone(cause) : corrupt(cause)));
      // Not by `complete`: HTTP/2 calls a request that was broken off complete as well.
      request.once('close', () => {
        if (!request.readableEnded) settle(gone(undefined));
      });
    });
  } finally {
    source.removeAllListeners('data');
    if (source !== request) source.destroy();
    request.pause();
  }
  return textOf(Buffer.concat(chunks));
}

/** A byte-order mark is left out; what is no UTF-8 is refused, for it would become other text than was sent. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw problem('request.invalid-text', 'the body is not UTF-8', { cause });
  }
}

function inflated(request: IncomingMessage, { value }: Limit): Readable {
  const { createGunzip } = process.getBuiltinModule('node:zlib');
  // Inflated piece by piece: what is in memory is a piece beyond the limit at most, whatever a body claims to hold.
  return request.pipe(createGunzip({ chunkSize: Math.min(64 * 1024, Math.max(64, value)) }));
}

function tooLarge(limit: Limit, bytes: number): Error {
  return problem('request.too-large', limitText(limit, 'bytes of the body', bytes));
}

function tooSlow({ key, value }: Limit): Error {
  return problem(
    'request.timeout',
    `LIMIT_EXCEEDED: the request has not arrived after ${value / 1000} s (${key})`,
  );
}

function gone(cause: unknown): Error {
  return problem('request.aborted', 'the request was broken off', { cause });
}

function corrupt(cause: unknown): Error {
  return problem('request.corrupt-body', 'the body is not the gzip it is said to be', { cause });
}
