/** The WINDOW clause (spec: semantics.md §6). */
import type * as ast from '../../../grammar/ast.ts';
import { durationMs } from '../../../grammar/duration.ts';
import { unreachable } from '../../base/assert.ts';
import { problem } from '../../base/errors.ts';
import type { WindowSpec } from '../../plan/logical.ts';

const DAY_MS = 86_400_000;

/** Without GRACE PERIOD a day less the size; with EMIT FINAL nothing. Without RETENTION size and grace. */
export function windowSpec(window: ast.Window, final: boolean): WindowSpec {
  const sizeMs = durationMs(window.kind === 'session' ? window.gap : window.size);
  const advanceMs = window.kind === 'hopping' ? durationMs(window.advance) : sizeMs;
  const refuse = (message: string): Error =>
    problem('analyze.window', message, { span: window.span });
  if (sizeMs <= 0) throw refuse('Window size must be larger than zero.');
  if (advanceMs <= 0 || advanceMs > sizeMs)
    throw refuse('Window advance must be larger than zero and no larger than the window size.');
  const defaultGraceMs = final ? 0 : Math.max(DAY_MS - sizeMs, 0);
  const graceMs = window.grace === null ? defaultGraceMs : durationMs(window.grace);
  const retentionMs = window.retention === null ? sizeMs + graceMs : durationMs(window.retention);
  if (retentionMs < sizeMs + graceMs)
    throw refuse(
      `The retention period of the window store must be no smaller than its window size plus the grace period. Got size=[${sizeMs}], grace=[${graceMs}], retention=[${retentionMs}]`,
    );
  return { kind: windowKind(window), sizeMs, advanceMs, graceMs, retentionMs };
}

function windowKind(window: ast.Window): WindowSpec['kind'] {
  switch (window.kind) {
    case 'tumbling':
      return 'TUMBLING';
    case 'hopping':
      return 'HOPPING';
    case 'session':
      return 'SESSION';
    default:
      return unreachable(window);
  }
}
