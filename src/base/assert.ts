/** Assertions stay on: they state what always holds, and never depend on input a user controls. */

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(condition: unknown, expectation: string): asserts condition {
  if (!condition) throw new AssertionError(`expected: ${expectation}`);
}

/** For the end of an exhaustive `switch`. */
export function unreachable(value: never): never {
  throw new AssertionError(`unexpected variant: ${JSON.stringify(value)}`);
}
