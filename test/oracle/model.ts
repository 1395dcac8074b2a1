/**
 * What the oracle's generator makes and everybody else reads: sources, queries and logs as plain data. Nothing here knows the
 * engine: names of types are SQL's, values are JavaScript's plainest.
 */

export type Type =
  | { readonly kind: 'BOOLEAN' }
  | { readonly kind: 'INTEGER' }
  | { readonly kind: 'BIGINT' }
  | { readonly kind: 'DOUBLE' }
  | { readonly kind: 'STRING' }
  | { readonly kind: 'DECIMAL'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'ARRAY'; readonly element: Type };

export const BOOLEAN: Type = { kind: 'BOOLEAN' };
export const INTEGER: Type = { kind: 'INTEGER' };
export const BIGINT: Type = { kind: 'BIGINT' };
export const DOUBLE: Type = { kind: 'DOUBLE' };
export const STRING: Type = { kind: 'STRING' };

export function decimal(precision: number, scale: number): Type {
  return { kind: 'DECIMAL', precision, scale };
}

export function typeName(type: Type): string {
  if (type.kind === 'DECIMAL') return `DECIMAL(${type.precision}, ${type.scale})`;
  return type.kind === 'ARRAY' ? `ARRAY<${typeName(type.element)}>` : type.kind;
}

export function isSameType(a: Type, b: Type): boolean {
  return typeName(a) === typeName(b);
}

/** INTEGER, BIGINT and DECIMAL (unscaled) are bigint, DOUBLE is number. */
export type Value = null | boolean | bigint | number | string | readonly Value[];

export interface Column {
  readonly name: string;
  readonly type: Type;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type CompareOperator =
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'IS DISTINCT FROM'
  | 'IS NOT DISTINCT FROM';

/** Every node says its type, so nobody has to infer. */
export type Expr =
  | { readonly kind: 'column'; readonly name: string; readonly type: Type }
  | { readonly kind: 'literal'; readonly value: Value; readonly type: Type }
  | {
      readonly kind: 'arithmetic';
      readonly op: ArithmeticOperator;
      readonly left: Expr;
      readonly right: Expr;
      readonly type: Type;
    }
  | { readonly kind: 'negate'; readonly operand: Expr; readonly type: Type }
  | {
      readonly kind: 'compare';
      readonly op: CompareOperator;
      readonly left: Expr;
      readonly right: Expr;
      readonly type: Type;
    }
  | {
      readonly kind: 'between';
      readonly operand: Expr;
      readonly low: Expr;
      readonly high: Expr;
      readonly type: Type;
    }
  | {
      readonly kind: 'in';
      readonly operand: Expr;
      readonly items: readonly Expr[];
      readonly type: Type;
    }
  | { readonly kind: 'like'; readonly operand: Expr; readonly pattern: string; readonly type: Type }
  | {
      readonly kind: 'isNull';
      readonly operand: Expr;
      readonly negated: boolean;
      readonly type: Type;
    }
  | {
      readonly kind: 'logic';
      readonly op: 'AND' | 'OR';
      readonly left: Expr;
      readonly right: Expr;
      readonly type: Type;
    }
  | { readonly kind: 'not'; readonly operand: Expr; readonly type: Type }
  | {
      readonly kind: 'case';
      readonly whens: readonly (readonly [when: Expr, then: Expr])[];
      readonly otherwise: Expr | null;
      readonly type: Type;
    }
  | { readonly kind: 'cast'; readonly operand: Expr; readonly type: Type }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expr[];
      readonly type: Type;
    }
  | {
      readonly kind: 'aggregate';
      readonly name: string;
      /** None: `COUNT(*)`. */
      readonly args: readonly Expr[];
      /** Literal arguments behind: `TOPK(x, 2)`. */
      readonly options: readonly (bigint | boolean)[];
      readonly type: Type;
    };

export type FormatName = 'JSON' | 'DELIMITED' | 'KAFKA' | 'NONE';

export interface WindowedKeyKind {
  readonly kind: 'time' | 'session';
  /** null for sessions, whose keys carry their end. */
  readonly sizeMs: number | null;
}

export interface Source {
  readonly name: string;
  readonly topic: string;
  readonly kind: 'stream' | 'table';
  readonly key: readonly Column[];
  readonly value: readonly Column[];
  readonly keyFormat: FormatName;
  readonly valueFormat: FormatName;
  readonly partitions: number;
  /** A BIGINT value column that gives the records' time. */
  readonly timestamp: string | null;
  readonly window: WindowedKeyKind | null;
}

export type JoinType = 'INNER' | 'LEFT' | 'RIGHT' | 'FULL';
export interface Join {
  readonly type: JoinType;
  readonly source: string;
  readonly alias: string;
  /** Over what stands left of the join. */
  readonly left: Expr;
  /** Over the source that joins. */
  readonly right: Expr;
  readonly within: {
    readonly beforeMs: number;
    readonly afterMs: number;
    readonly graceMs: number | null;
  } | null;
}

export type Window =
  | {
      readonly kind: 'time';
      readonly sizeMs: number;
      /** Equal to the size: tumbling. */
      readonly advanceMs: number;
      readonly graceMs: number | null;
      readonly retentionMs: number | null;
    }
  | { readonly kind: 'session'; readonly gapMs: number; readonly graceMs: number | null };

export interface SelectItem {
  readonly name: string;
  readonly expr: Expr;
  /** Place in the result's key, or null for a value column. */
  readonly key: number | null;
}

/** One CREATE ... AS SELECT. In a join every column is named `<alias>.<column>`. */
export interface Query {
  readonly sink: string;
  readonly source: string;
  readonly alias: string | null;
  readonly joins: readonly Join[];
  readonly where: Expr | null;
  /** Empty: PARTITION BY NULL. */
  readonly partitionBy: readonly Expr[] | null;
  readonly groupBy: readonly Expr[] | null;
  readonly window: Window | null;
  readonly final: boolean;
  readonly having: Expr | null;
  readonly select: readonly SelectItem[];
  readonly partitions: number | null;
  readonly keyFormat: FormatName | null;
  readonly valueFormat: FormatName | null;
}

/** A record as it is produced. */
export interface InputRecord {
  readonly source: string;
  /** null: no key; then `partition` says where it goes. */
  readonly key: readonly Value[] | null;
  readonly value: readonly Value[] | null;
  readonly timestamp: number;
  readonly partition: number;
}

export interface Case {
  readonly seed: number;
  readonly sources: readonly Source[];
  readonly queries: readonly Query[];
  /** In the order in which they are appended. */
  readonly records: readonly InputRecord[];
  /** So many records stand in the log before the queries are created: their backlog. */
  readonly backlog: number;
}

/** A decoded record of a topic. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: number;
  /** Logical time: orders records over all partitions of all topics. */
  readonly time: number;
  readonly timestamp: number;
  readonly key: readonly Value[] | null;
  readonly window: { readonly start: number; readonly end: number } | null;
  readonly value: readonly Value[] | null;
}

/** Calls `visit` with the expression and everything below. */
export function visitExpr(expr: Expr, visit: (part: Expr) => void): void {
  visit(expr);
  for (const part of partsOf(expr)) visitExpr(part, visit);
}

export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'column':
    case 'literal':
      return [];
    case 'arithmetic':
    case 'compare':
    case 'logic':
      return [expr.left, expr.right];
    case 'between':
      return [expr.operand, expr.low, expr.high];
    case 'in':
      return [expr.operand, ...expr.items];
    case 'case':
      return [...expr.whens.flat(), ...(expr.otherwise === null ? [] : [expr.otherwise])];
    case 'call':
    case 'aggregate':
      return expr.args;
    default:
      return [expr.operand];
  }
}

/** Every expression of a query. */
export function exprsOf(query: Query): readonly Expr[] {
  return [
    ...query.joins.flatMap((join) => [join.left, join.right]),
    ...(query.where === null ? [] : [query.where]),
    ...(query.partitionBy ?? []),
    ...(query.groupBy ?? []),
    ...(query.having === null ? [] : [query.having]),
    ...query.select.map((item) => item.expr),
  ];
}
