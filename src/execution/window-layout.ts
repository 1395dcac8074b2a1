/** How the keys of a source or sink carry their window. */
import type { WindowedKeyLayout } from '../formats/windowed-key.ts';
import type { WindowedKey } from '../plan/logical.ts';

/** A time window of unknown size ends when time does. */
export function windowLayout(window: WindowedKey): WindowedKeyLayout {
  if (window.kind === 'SESSION') return { kind: 'session' };
  return { kind: 'time', sizeMs: window.sizeMs ?? Number.MAX_SAFE_INTEGER };
}
