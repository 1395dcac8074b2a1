/**
 * The TIMESTAMP property: a column gives the record's time (spec: semantics.md §3.9). BIGINT and TIMESTAMP are milliseconds,
 * STRING is read with the pattern by PARSE_TIMESTAMP, or as ISO-8601 without one.
 */
import { assert } from '../../base/assert.ts';
import type { Expression } from '../../plan/expression.ts';
import type { SourceArgs } from '../../plan/steps.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { compileExpression } from '../codegen/compile.ts';
import { messageOf } from '../codegen/expression.ts';
import { TaskFailure } from '../task.ts';
import type { StepContext } from './operator.ts';

export interface TimestampOf {
  /** Index of the value column that is read; null for a key column. */
  readonly column: number | null;
  /** Milliseconds; null for a record to be skipped, which is reported. */
  read(key: Row | null, value: Row): number | null;
}

/** null where the record's own time counts. */
export function timestampExtractor(args: SourceArgs, context: StepContext): TimestampOf | null {
  if (args.timestamp === null) return null;
  const { column: name, format } = args.timestamp;
  const inValue = args.value.findIndex((field) => field.name === name);
  const index = inValue >= 0 ? inValue : args.key.findIndex((field) => field.name === name);
  assert(index >= 0, 'the timestamp column to be a column of the source');
  const side = inValue >= 0 ? 'value' : 'key';
  const { type } = (side === 'value' ? args.value : args.key)[index]!;
  const read = timestampReader({ kind: 'column', type, side, index, name }, format, context);
  const throws = context.properties['ksql.timestamp.throw.on.invalid'] === 'true';
  return {
    column: inValue >= 0 ? inValue : null,
    read(key, value) {
      const found = read(key, value, 0);
      if (typeof found === 'number' && found >= 0) return found;
      const reason = typeof found === 'string' ? found : `the timestamp is ${found}`;
      if (throws) {
        throw new TaskFailure(
          `Fatal user code error in TimestampExtractor callback for record: ${reason}`,
        );
      }
      context.report(0, `Failed to extract timestamp from column ${name}: ${reason}`, 'value');
      return null;
    },
  };
}

/** Milliseconds; null for NULL; the reason as text for a value that gives no time. */
export function timestampReader(
  column: Expression,
  format: string | null,
  context: StepContext,
): (key: Row | null, value: Row, timestamp: number) => number | string | null {
  const millis = compileExpression(asTimestamp(column, format, context), context.compile);
  return (key, value, timestamp) => {
    try {
      return asNumber(millis(key, value, timestamp));
    } catch (error) {
      return messageOf(error);
    }
  };
}

function asNumber(value: Value): number | null {
  return value === null ? null : Number(value);
}

const STRING: SqlType = { kind: 'STRING' };
const TIMESTAMP: SqlType = { kind: 'TIMESTAMP' };

function asTimestamp(column: Expression, format: string | null, context: StepContext): Expression {
  if (column.type?.kind !== 'STRING') return column;
  if (format === null) return { kind: 'cast', type: TIMESTAMP, operand: column };
  const definition = context.functions.get('PARSE_TIMESTAMP');
  assert(definition?.kind === 'scalar', 'PARSE_TIMESTAMP to exist');
  const overload = definition.overloads.find(({ signature }) =>
    /^\(STRING[^,]*,\s*STRING[^,]*\)/.test(signature),
  );
  assert(overload !== undefined, 'PARSE_TIMESTAMP to take a text and a pattern');
  return {
    kind: 'call',
    type: TIMESTAMP,
    name: 'PARSE_TIMESTAMP',
    signature: overload.signature,
    args: [column, { kind: 'literal', type: STRING, value: format }],
  };
}
