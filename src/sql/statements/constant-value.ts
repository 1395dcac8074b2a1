/** Constant expressions, as INSERT VALUES and the test tool's ASSERT VALUES write them, become values of a column's type. */
import type { Expression } from '../../../grammar/ast.ts';
import { printExpression } from '../../../grammar/print-expression.ts';
import { problem } from '../../base/errors.ts';
import { compileExpression } from '../../execution/codegen/compile.ts';
import { canCoerceStrict, strictCoercion } from '../../types/coerce.ts';
import { formatType, quoteAlways } from '../../types/format-type.ts';
import { textFunction } from '../../types/java-text.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { bindExpression } from '../expression/bind.ts';
import { emptyScope } from '../expression/scope.ts';
import { columnReferences } from '../expression/walk.ts';
import type { PrepareContext } from './statement.ts';

/** What is needed to compute a constant. */
export type ConstantContext = Pick<
  PrepareContext,
  'catalog' | 'functions' | 'properties' | 'text' | 'now' | 'random'
>;

/** The expression's value, strictly coerced to the column's type (spec: sql-statements.md §4.2). Throws Problems `insert.*`. */
export function constantValue(
  expression: Expression,
  field: Field,
  context: ConstantContext,
): Value {
  if (columnReferences(expression).length > 0) {
    throw problem(
      'insert.column-reference',
      `Unsupported column reference in insert value: ${printExpression(expression)}`,
      { span: expression.span },
    );
  }
  const bound = bindExpression(expression, {
    scope: emptyScope,
    clause: 'INSERT VALUES',
    functions: context.functions,
    types: context.catalog.types,
    properties: context.properties,
    text: context.text,
  });
  const compute = compileExpression(bound, {
    functions: context.functions,
    properties: context.properties,
    now: () => context.now,
    random: context.random,
    onError: (message) => {
      throw problem('insert.evaluation', message, { span: expression.span });
    },
  });
  const value = compute(null, [], context.now);
  if (value === null || bound.type === null) return null;
  return coerce(value, bound.type, field);
}

function coerce(value: Value, from: SqlType, field: Field): Value {
  const coercion = strictCoercion(from, field.type);
  if (coercion === null || !canCoerceStrict(from, field.type)) throw mismatch(value, from, field);
  try {
    return coercion(value);
  } catch {
    throw mismatch(value, from, field);
  }
}

const formats: Readonly<Partial<Record<SqlType['kind'], string>>> = {
  TIMESTAMP: '. Timestamp format must be yyyy-mm-ddThh:mm:ss[.S]',
  TIME: '. Time format must be hh:mm:ss[.S]',
  DATE: '. Date format must be yyyy-mm-dd',
};

function mismatch(value: Value, from: SqlType, field: Field): Error {
  const format = from.kind === 'STRING' ? (formats[field.type.kind] ?? '') : '';
  return problem(
    'insert.type',
    `Expected type ${formatType(field.type)} for field ${quoteAlways(field.name)} but got ${from.kind}(${textFunction(from)(value)})${format}`,
  );
}
