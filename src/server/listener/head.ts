/** What a request's head may hold. HTTP/1.1 looks at the bytes itself; HTTP/2 compresses heads and leaves it to the server. */
import type { IncomingMessage } from 'node:http';
import { problem } from '../../base/errors.ts';
import { limitText } from '../../base/limits.ts';
import type { ListenerLimits } from '../limits.ts';

/** Not by the version that it names: in HTTP/1 a client may write any. */
export function isHttp2(request: IncomingMessage): boolean {
  return 'stream' in request;
}

/** Throws `request.too-many-headers` and `request.head-too-large`. */
export function checkHead(
  { rawHeaders }: IncomingMessage,
  { headers, headerBytes }: ListenerLimits,
): void {
  const names = rawHeaders.filter((text, at) => at % 2 === 0 && !text.startsWith(':'));
  if (names.length > headers.value)
    throw problem('request.too-many-headers', limitText(headers, 'headers', names.length));
  const bytes = rawHeaders.reduce((sum, text) => sum + text.length, 0);
  if (bytes > headerBytes.value)
    throw problem('request.head-too-large', limitText(headerBytes, 'bytes of the head', bytes));
}
