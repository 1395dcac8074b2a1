/**
 * Consistency tokens: places in the log, opaque to clients. An acknowledgement carries where the log then ended, and a pull query
 * that is given it sees at least all that was appended up to there (reliability.md, P5).
 */
import { problem } from '../../base/errors.ts';

const prefix = 'leat:1:';

/** The token of everything of a logical time below `time`. */
export function consistencyToken(time: number): string {
  return Buffer.from(`${prefix}${time}`).toString('base64');
}

/** Throws `pull.unknown-token` for what is no token of a log that has come to `nextTime`. */
export function checkConsistencyToken(token: string, nextTime: number): void {
  const text = Buffer.from(token, 'base64').toString();
  const time = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  if (/^\d{1,16}$/.test(time) && Number(time) <= nextTime) return;
  throw problem('pull.unknown-token', 'The consistency token is not one of this server', {
    hint: 'Tokens are valid for the data directory that they come from.',
  });
}
