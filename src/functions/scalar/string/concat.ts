import type { Bytes } from '../../../base/env.ts';
import type { ScalarDef } from '../../define.ts';
import { joinBytes } from '../bytes/join.ts';
import { checkLimit, resultBytesMax } from '../limits.ts';
import { handled, scalar } from '../scalar.ts';

function joinTexts(separator: string, texts: readonly (string | null)[]): string {
  const joined = texts.filter((text) => text !== null).join(separator);
  checkLimit(resultBytesMax, 'text', joined.length);
  return joined;
}

/** CONCAT: NULLs are skipped, so the result is never NULL. */
export const concat: ScalarDef = scalar({
  name: 'CONCAT',
  category: 'STRING',
  doc: 'The arguments one after the other; NULLs are skipped.',
  examples: [
    ["concat('a', NULL, 'b')", 'ab'],
    ["concat(to_bytes('a', 'ascii'), to_bytes('b', 'ascii'))", 'YWI='],
  ],
  overloads: [
    handled('(STRING... values) -> STRING', (...texts: (string | null)[]) => joinTexts('', texts)),
    handled('(BYTES... values) -> BYTES', (...parts: (Bytes | null)[]) =>
      joinBytes(new Uint8Array(), parts),
    ),
  ],
});

function separated<T>(
  join: (separator: T & {}, values: readonly (T | null)[]) => T,
): (...inputs: (T | null)[]) => T | null {
  return (...inputs) => {
    if (inputs.length < 2) {
      throw new Error('Function Concat_WS expects at least two input arguments.');
    }
    const [separator, ...values] = inputs;
    return separator === null || separator === undefined ? null : join(separator, values);
  };
}

/** CONCAT_WS: one variadic list whose first element is the separator, as in ksqlDB. */
export const concatWs: ScalarDef = scalar({
  name: 'CONCAT_WS',
  category: 'STRING',
  doc: 'The arguments after the first, with the first between them; NULLs are skipped.',
  examples: [
    ["concat_ws(', ', 'a', NULL, 'b')", 'a, b'],
    ["concat_ws(NULL, 'a', 'b')", 'null'],
  ],
  overloads: [
    handled('(STRING... inputs) -> STRING', separated<string>(joinTexts)),
    handled('(BYTES... inputs) -> BYTES', separated<Bytes>(joinBytes)),
  ],
});
