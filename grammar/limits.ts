/** The language's maxima. Passing one is a user's error, found before anything recursive runs on the text. */

/** Characters of SQL text in one call. */
export const sqlLengthMax: number = 1024 * 1024;
/**
 * How deep brackets, types and EXPLAIN nest: the parser recurses this deep and no deeper. What costs it more stack (calls, predicates,
 * CASE, constructors) counts one and a half. The deepest needs two thirds of Node's default stack.
 */
export const nestingDepthMax: number = 200;
/**
 * How deep a syntax tree may get. Deeper than `nestingDepthMax`, since a chain such as `a + b + c` nests to the left without any
 * brackets; whoever walks a tree by recursion can count on it.
 */
export const treeDepthMax: number = 1_000;
/** Characters of a name. */
export const identifierLengthMax: number = 1_000;
/** Digits of a DECIMAL literal written out in full. */
export const decimalDigitsMax: number = 1_000;
/** Completions offered at once. */
export const completionsMax: number = 200;
/** Tokens of a statement that are walked again to word an error; with more, only the parser's own position is told. */
export const syntaxWalkTokensMax: number = 20_000;
