/**
 * Syntax trees to SQL (spec §1.3), in one canonical form: what ksqlDB prints where it stores or reports a statement. Parsing the text
 * gives the same tree again, but for spans, texts and `quoted`. Statements come without their `;`.
 */
export { printExpression } from './print-expression.ts';
export { printQuery } from './print-query.ts';
export { printStatement } from './print-statement.ts';
export { printType } from './print-type.ts';
