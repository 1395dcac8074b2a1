/** Answers that may be silent for long. */
import type { ServerResponse } from 'node:http';

/** Node's `fetch` gives up on an answer that is silent for 300 s, proxies often after 60 s. */
const quietMs = 15_000;

/**
 * Sends `text`, which must mean nothing between any two writes, now and then while nothing else waits to be sent. The caller
 * clears it.
 */
export function keepFromSilence(
  response: Pick<ServerResponse, 'write' | 'writableLength'>,
  text: string,
  everyMs: number = quietMs,
): NodeJS.Timeout {
  return setInterval(() => {
    if (response.writableLength === 0) response.write(text);
  }, everyMs);
}
