/**
 * What subscriptions to a table have in common, and by which constants they differ. Of a condition `a = 1 AND b = 'x' AND c > 5`
 * the equalities become an index: the shape computes the tuple (a, b) of a row, and a subscriber is found by its own (1, 'x'). The
 * rest is evaluated once per change for all of them. So ten thousand subscribers on ten thousand keys are one shape.
 */
import {
  compileExpression,
  compilePredicate,
  compileRow,
} from '../../execution/codegen/compile.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import { somePart } from '../../plan/columns.ts';
import type { Expression } from '../../plan/expression.ts';
import type { ResultColumn, SubscribePlan } from '../../sql/statements/statement.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { rowTexter } from '../rows/row-text.ts';
import type { Change, DeliveryForm } from './delivery.ts';
import { tuplesMax } from './limits.ts';

export type TablePlan = Exclude<SubscribePlan, { kind: 'stream' }>;

export interface ShapeContext {
  readonly functions: FunctionRegistry;
  readonly properties: Readonly<Record<string, string>>;
  readonly now: () => number;
  readonly random: () => number;
}

const BOOLEAN: SqlType = { kind: 'BOOLEAN' };

/** A condition, split. */
export interface SplitCondition {
  readonly indexBy: readonly Expression[];
  /** The subscriber's own, as `Shape.tuple` gives them. */
  readonly tuples: readonly string[];
  readonly rest: Expression | null;
}

export function splitCondition(
  predicate: Expression | null,
  context: ShapeContext,
): SplitCondition {
  const indexBy: Expression[] = [];
  const rest: Expression[] = [];
  let tuples: readonly string[] = [''];
  for (const part of predicate === null ? [] : conjuncts(predicate)) {
    const equality = equalityOf(part, context);
    if (equality === null || tuples.length * equality.values.length > tuplesMax) {
      rest.push(part);
      continue;
    }
    indexBy.push(equality.expression);
    tuples = tuples.flatMap((tuple) => equality.values.map((value) => `${tuple}${value},`));
  }
  return { indexBy, tuples: [...new Set(tuples)], rest: joined(rest) };
}

function conjuncts(e: Expression): readonly Expression[] {
  if (e.kind !== 'logical' || e.op !== 'AND') return [e];
  return [...conjuncts(e.left), ...conjuncts(e.right)];
}

function joined(parts: readonly Expression[]): Expression | null {
  const [first = null, ...others] = parts;
  let all = first;
  for (const right of others)
    all = { kind: 'logical', op: 'AND', type: BOOLEAN, left: all!, right };
  return all;
}

interface Equality {
  readonly expression: Expression;
  readonly values: readonly string[];
}

/** `column = constant`, or `column IN (constants)` of a key column: what a row's key says, no change of the row can alter. */
function equalityOf(e: Expression, context: ShapeContext): Equality | null {
  if (e.kind === 'comparison' && e.op === 'EQUAL')
    return equality(e.left, [e.right], context) ?? equality(e.right, [e.left], context);
  if (e.kind === 'in' && isOfKey(e.operand)) return equality(e.operand, e.items, context);
  return null;
}

function equality(
  expression: Expression,
  constants: readonly Expression[],
  context: ShapeContext,
): Equality | null {
  if (!isPlain(expression)) return null;
  const values: string[] = [];
  for (const constant of constants) {
    if (!isConstant(constant) || !isSameKind(expression.type, constant.type)) return null;
    const value = compileExpression(constant, { ...context, onError: () => undefined })(
      null,
      [],
      0,
    );
    // What equals NULL is no row.
    if (value !== null) values.push(valueText(value));
  }
  return { expression, values };
}

function isPlain(e: Expression): boolean {
  return e.kind === 'column' || e.kind === 'window' || (e.kind === 'field' && isPlain(e.operand));
}

function isOfKey(e: Expression): boolean {
  return e.kind === 'window' || (e.kind === 'column' && e.side === 'key');
}

function isConstant(e: Expression): boolean {
  return e.kind === 'literal' || (e.kind === 'cast' && e.operand.kind === 'literal');
}

/** Of these kinds, equal values have equal texts. */
function isSameKind(a: SqlType | null, b: SqlType | null): boolean {
  const kind = (type: SqlType | null): string =>
    type === null ? 'NULL' : type.kind === 'INTEGER' ? 'BIGINT' : type.kind;
  return kind(a) === kind(b) && ['STRING', 'BIGINT', 'BOOLEAN'].includes(kind(a));
}

function valueText(value: Value): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** A compiled shape. Rows are those that pull queries see. */
export class Shape {
  readonly form: DeliveryForm;
  /** Does every row stay with the subscribers that its key gives it? */
  readonly isKeyed: boolean;
  /** Can a row leave its subscribers without being deleted? */
  readonly hasValueCondition: boolean;
  /** A row before a change has an unknown time: whether it matched is then unknown too. */
  readonly #isTimed: boolean;
  readonly #indexBy: (key: Row, value: Row, timestamp: number) => Row;
  readonly #matches: ((key: Row, value: Row, timestamp: number) => boolean) | null;
  readonly #row: (key: Row, value: Row, timestamp: number) => string;
  readonly #deleted: (key: Row) => string;
  readonly #nothing: Row;
  readonly #keyText: (key: Row) => string;

  constructor(
    plan: TablePlan,
    columns: readonly ResultColumn[],
    split: SplitCondition,
    options: ShapeContext & {
      readonly form: DeliveryForm;
      /** The source's key columns, with the window's bounds where it has one, and how many value columns it has. */
      readonly key: readonly Pick<ResultColumn, 'type'>[];
      readonly valueCount: number;
    },
  ) {
    const compile = { ...options, onError: () => undefined };
    const { indexBy, rest } = split;
    this.form = options.form;
    this.hasValueCondition = rest !== null || !indexBy.every(isOfKey);
    this.isKeyed = indexBy.length > 0 && indexBy.every(isOfKey);
    this.#isTimed = rest !== null && somePart(rest, (part) => part.kind === 'rowtime');
    this.#indexBy = compileRow(
      indexBy.map((expression, index) => ({ name: `INDEX_${index}`, expression, text: '' })),
      compile,
    );
    this.#matches = rest === null ? null : compilePredicate(rest, compile);
    const project = compileRow(plan.columns, compile);
    const text = rowTexter(columns);
    this.#row = (key, value, timestamp) => text(project(key, value, timestamp));
    this.#nothing = new Array<null>(options.valueCount).fill(null);
    this.#deleted = this.#deletedText(plan, columns, project);
    this.#keyText = rowTexter(options.key);
  }

  #deletedText(
    plan: TablePlan,
    columns: readonly ResultColumn[],
    project: (key: Row, value: Row, timestamp: number) => Row,
  ): (key: Row) => string {
    const isFrames = this.form === 'frames';
    const text = rowTexter(isFrames ? plan.key.map((index) => columns[index]!) : columns);
    return (key) => {
      const row = project(key, this.#nothing, 0);
      return text(isFrames ? plan.key.map((index) => row[index]!) : row);
    };
  }

  /** By which the row's subscribers are found; null where it does not match, or equals nothing. */
  tuple(key: Row, value: Row, timestamp: number): string | null {
    if (this.#matches !== null && !this.#matches(key, value, timestamp)) return null;
    return this.#tuple(key, value, timestamp);
  }

  /** The same of a row before a change: where that cannot be known, as if it had matched. */
  tupleBefore(key: Row, value: Row, timestamp: number): string | null {
    return this.#isTimed ? this.#tuple(key, value, timestamp) : this.tuple(key, value, timestamp);
  }

  /** Of a row of which only the key is known: null where that is not enough. */
  tupleOfKey(key: Row): string | null {
    return this.isKeyed ? this.#tuple(key, this.#nothing, 0) : null;
  }

  #tuple(key: Row, value: Row, timestamp: number): string | null {
    let tuple = '';
    for (const part of this.#indexBy(key, value, timestamp)) {
      if (part === null) return null;
      tuple += `${valueText(part)},`;
    }
    return tuple;
  }

  rowText(key: Row, value: Row, timestamp: number): string {
    return this.#row(key, value, timestamp);
  }

  /** The same for the same row; windowed rows with their bounds. */
  keyText(key: Row): string {
    return this.#keyText(key);
  }

  upsert(key: Row, value: Row, timestamp: number): Change {
    return new LazyChange(this, key, () => this.#row(key, value, timestamp), false);
  }

  deleted(key: Row): Change {
    return new LazyChange(this, key, () => this.#deleted(key), true);
  }
}

class LazyChange implements Change {
  readonly isDelete: boolean;
  readonly #shape: Shape;
  readonly #row: Row;
  readonly #makeText: () => string;
  #key: string | null = null;
  #text: string | null = null;

  constructor(shape: Shape, row: Row, makeText: () => string, isDelete: boolean) {
    this.#shape = shape;
    this.#row = row;
    this.#makeText = makeText;
    this.isDelete = isDelete;
  }

  get key(): string {
    this.#key ??= this.#shape.keyText(this.#row);
    return this.#key;
  }

  get text(): string {
    this.#text ??= this.#makeText();
    return this.#text;
  }
}
