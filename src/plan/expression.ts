/**
 * Bound expressions: names resolved to slots, overloads chosen, implicit casts made explicit. Plain JSON data: printable,
 * comparable, persisted in physical plans. A kind keeps its meaning for ever.
 *
 * Evaluation errors and isolation (spec: sql-statements.md §3.8, functions.md §1.3) follow from the kinds alone: an argument
 * of a call that is itself a call, field access or cast, an element of a constructor, and any cast are isolated.
 */
import type { Field, SqlType } from '../types/type.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type ComparisonOperator =
  | 'EQUAL'
  | 'NOT_EQUAL'
  | 'LESS_THAN'
  | 'LESS_THAN_OR_EQUAL'
  | 'GREATER_THAN'
  | 'GREATER_THAN_OR_EQUAL'
  | 'IS_DISTINCT_FROM'
  | 'IS_NOT_DISTINCT_FROM';

export type Expression =
  /** BIGINT and DECIMAL as decimal digits of the (unscaled) integer; `type` null is the untyped NULL. */
  | {
      readonly kind: 'literal';
      readonly type: SqlType | null;
      readonly value: null | boolean | number | string;
    }
  | {
      readonly kind: 'column';
      readonly type: SqlType;
      readonly side: 'key' | 'value';
      readonly index: number;
      readonly name: string;
    }
  /** Timestamp of the row at hand, as BIGINT. */
  | { readonly kind: 'rowtime'; readonly type: SqlType }
  /** Bounds of the window in the row's key, as BIGINT. */
  | { readonly kind: 'window'; readonly type: SqlType; readonly bound: 'start' | 'end' }
  /** `signature` names the overload; `args` are already cast to what it takes. */
  | {
      readonly kind: 'call';
      readonly type: SqlType;
      readonly name: string;
      readonly signature: string;
      readonly args: readonly Expression[];
    }
  | {
      readonly kind: 'arithmetic';
      readonly type: SqlType;
      readonly op: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'negate'; readonly type: SqlType; readonly operand: Expression }
  | {
      readonly kind: 'comparison';
      readonly type: SqlType;
      readonly op: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'logical';
      readonly type: SqlType;
      readonly op: 'AND' | 'OR';
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'not'; readonly type: SqlType; readonly operand: Expression }
  | {
      readonly kind: 'is-null';
      readonly type: SqlType;
      readonly operand: Expression;
      readonly negated: boolean;
    }
  /** `operand` and `items` have one common type. */
  | {
      readonly kind: 'in';
      readonly type: SqlType;
      readonly operand: Expression;
      readonly items: readonly Expression[];
    }
  | {
      readonly kind: 'like';
      readonly type: SqlType;
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape: string | null;
    }
  | {
      readonly kind: 'case';
      readonly type: SqlType;
      readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise: Expression | null;
    }
  | { readonly kind: 'cast'; readonly type: SqlType; readonly operand: Expression }
  /** 1-based for arrays, negative from the end; by key for maps. */
  | {
      readonly kind: 'subscript';
      readonly type: SqlType;
      readonly operand: Expression;
      readonly index: Expression;
    }
  | {
      readonly kind: 'field';
      readonly type: SqlType;
      readonly operand: Expression;
      readonly index: number;
      readonly name: string;
    }
  | { readonly kind: 'array'; readonly type: SqlType; readonly elements: readonly Expression[] }
  | {
      readonly kind: 'map';
      readonly type: SqlType;
      readonly entries: readonly { readonly key: Expression; readonly value: Expression }[];
    }
  | { readonly kind: 'struct'; readonly type: SqlType; readonly fields: readonly Expression[] }
  /** Only as an argument of a call; `type` is the body's. */
  | {
      readonly kind: 'lambda';
      readonly type: SqlType;
      readonly params: readonly Field[];
      readonly body: Expression;
    }
  /** An input of an enclosing lambda. */
  | { readonly kind: 'param'; readonly type: SqlType; readonly name: string };

/** An output column. `text` is the expression as the user would read it in a processing-log message. */
export interface NamedExpression {
  readonly name: string;
  readonly expression: Expression;
  readonly text: string;
}
