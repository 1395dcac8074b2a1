/** Maxima of this layer; passing one fails the evaluation, so that one row cannot exhaust the process. */
export interface Limit {
  /** As `SHOW LIMITS` lists it. */
  readonly key: string;
  readonly value: number;
}

/** Characters of a text, or bytes, one function call may produce. */
export const resultBytesMax: Limit = { key: 'leat.limit.function.bytes', value: 16 * 1024 * 1024 };
/** Elements of an array or map one function call may produce. */
export const resultElementsMax: Limit = { key: 'leat.limit.function.elements', value: 100_000 };
/** Characters of a LIKE pattern or a regular expression. */
export const patternCharsMax: Limit = { key: 'leat.limit.pattern.chars', value: 1_000 };
/** Steps of matching per call. */
export const patternStepsMax: Limit = { key: 'leat.limit.pattern.steps', value: 10_000_000 };
/** Instructions of a compiled regular expression; counted repeats expand into them. */
export const patternProgramMax: Limit = { key: 'leat.limit.pattern.program', value: 10_000 };
/** Levels of nesting in a JSON text. */
export const jsonDepthMax: Limit = { key: 'leat.limit.format.depth', value: 100 };

/** Throws when `actual` is over the limit; `what` names the measured thing in the message. */
export function checkLimit(limit: Limit, what: string, actual: number): void {
  if (actual > limit.value) throw limitExceeded(limit, what, actual);
}

/** The one shape of a passed limit. */
export function limitExceeded(limit: Limit, what: string, actual: number): Error {
  return new Error(`LIMIT_EXCEEDED: ${what} is ${actual}, limit ${limit.value} (${limit.key})`);
}
