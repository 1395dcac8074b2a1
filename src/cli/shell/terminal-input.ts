/** Keys of a terminal: raw bytes in, keys out, and the terminal as it was when the shell ends, however it ends. */
import { writeSync } from 'node:fs';
import { type Key, KeyDecoder } from './key-decoder.ts';

/** How long after an ESC the rest of its sequence may take. */
const escapeWaitMs = 40;

const pasteOn = '\u001b[?2004h';
const pasteOff = '\u001b[?2004l';
const showCursor = '\u001b[?25h';

export interface TerminalInput {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream & { readonly fd: number };
  readonly onKeys: (keys: readonly Key[]) => void;
  /** The terminal is gone. */
  readonly onEnd: () => void;
}

/** Reads keys until disposed. */
export function readKeys({ stdin, stdout, onKeys, onEnd }: TerminalInput): Disposable {
  const decoder = new KeyDecoder();
  let timer: NodeJS.Timeout | undefined;
  const onData = (bytes: Uint8Array) => {
    clearTimeout(timer);
    const keys = decoder.decode(bytes);
    if (decoder.isWaiting) timer = setTimeout(() => onKeys(decoder.flush()), escapeWaitMs);
    if (keys.length > 0) onKeys(keys);
  };
  const restore = () => {
    if (stdin.isTTY) stdin.setRawMode(false);
    try {
      writeSync(stdout.fd, pasteOff + showCursor);
    } catch {
      // The terminal is gone; there is nothing to give back.
    }
  };
  stdin.setRawMode(true);
  stdout.write(pasteOn);
  stdin.on('data', onData);
  stdin.on('end', onEnd);
  stdin.resume();
  process.once('exit', restore);
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      stdin.pause();
      process.off('exit', restore);
      restore();
    },
  };
}
