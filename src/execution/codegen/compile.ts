/** Expressions as functions of a row. */
import type { Expression, NamedExpression } from '../../plan/expression.ts';
import type { Row, Value } from '../../types/value.ts';
import {
  type CompileContext,
  emitColumn,
  emitExpression,
  emitPredicate,
  type EmitScope,
} from './expression.ts';
import { Emitter } from './generate.ts';

/** Computes one expression. Evaluation errors are thrown. `key` may be null: every key column is NULL. */
export type CompiledExpression = (key: Row | null, value: Row, timestamp: number) => Value;
/** Computes a whole row; failing columns are NULL and reported. */
export type CompiledRow = (key: Row | null, value: Row, timestamp: number) => Value[];
/** A failing predicate is false and reported. */
export type CompiledPredicate = (key: Row | null, value: Row, timestamp: number) => boolean;

const PARAMS = ['key', 'value', 'timestamp'];

/** The scope of a function `(key, value, timestamp)`. Keys of windowed rows end in the bounds of the window. */
export function rowScope(emitter: Emitter, context: CompileContext): EmitScope {
  return {
    emitter,
    context,
    column: (side, index) =>
      emitter.load(side === 'value' ? `value[${index}]` : `(key===null?null:key[${index}])`),
    get rowtime() {
      return emitter.load('BigInt(timestamp)');
    },
    window: (bound) =>
      emitter.load(`(key===null?0n:BigInt(key[key.length-${bound === 'start' ? 2 : 1}]))`),
    params: new Map(),
  };
}

/** Compiles an expression whose errors the caller handles. */
export function compileExpression(e: Expression, context: CompileContext): CompiledExpression {
  const emitter = new Emitter();
  emitter.line(`return ${emitExpression(e, rowScope(emitter, context)).text};`);
  return emitter.compile<CompiledExpression>(PARAMS);
}

/** Compiles the columns of a projection. */
export function compileRow(
  columns: readonly NamedExpression[],
  context: CompileContext,
): CompiledRow {
  const emitter = new Emitter();
  const scope = rowScope(emitter, context);
  const values = columns.map((column, index) => emitColumn(column, index, scope));
  emitter.line(`return [${values.join(',')}];`);
  return emitter.compile<CompiledRow>(PARAMS);
}

/** Compiles a condition; `text` is how the user reads it in a message. */
export function compilePredicate(
  e: Expression,
  context: CompileContext,
  text = '',
): CompiledPredicate {
  const emitter = new Emitter();
  emitter.line(`return ${emitPredicate(e, text, rowScope(emitter, context))};`);
  return emitter.compile<CompiledPredicate>(PARAMS);
}
