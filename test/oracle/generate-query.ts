/** Random queries that the planner must accept. */
import { AggregateGenerator } from './generate-aggregate.ts';
import { columnExpr, ExpressionGenerator } from './generate-expression.ts';
import { keyFormatFor, type SourceWishes } from './generate-source.ts';
import { JoinGenerator } from './generate-join.ts';
import type { Column, Expr, FormatName, Join, Query, SelectItem, Source } from './model.ts';
import type { Random } from './random.ts';
import { fitsKafka, resultSource, scopeOf, type SourceMap } from './schema.ts';

export interface QueryContext {
  readonly create: (wishes: SourceWishes) => Source;
  readonly sources: SourceMap;
}

/** What a query reads, before WHERE. */
export interface Relation {
  readonly kind: 'stream' | 'table';
  readonly left: Source;
  readonly alias: string | null;
  readonly joins: readonly Join[];
  readonly scope: readonly Column[];
  /** What the projection may take as the key: for each column of the key, one of these expressions. */
  readonly keys: readonly (readonly Expr[])[];
}

export class QueryGenerator {
  readonly #random: Random;
  readonly #context: QueryContext;

  constructor(random: Random, context: QueryContext) {
    this.#random = random;
    this.#context = context;
  }

  query(left: Source, name: string): Query {
    const random = this.#random;
    const joins = new JoinGenerator(random, this.#context);
    const relation = random.chance(0.4) ? joins.relation(left) : null;
    return this.#over(relation ?? plainRelation(left), name);
  }

  #over(relation: Relation, sink: string): Query {
    const random = this.#random;
    // What needs less than ARRAYs: pass-through of arrays from another query is only selected.
    const scope = relation.scope.filter((column) => column.type.kind !== 'ARRAY');
    const expressions = new ExpressionGenerator(random, withRowtime(relation, scope));
    const where = random.chance(0.4) ? expressions.predicate(random.between(0, 2)) : null;
    const base = {
      sink,
      source: relation.left.name,
      alias: relation.alias,
      joins: relation.joins,
      where,
      partitionBy: null,
      groupBy: null,
      window: null,
      final: false,
      having: null,
      partitions: random.chance(0.15) ? random.between(1, 4) : null,
      keyFormat: null,
      valueFormat: random.chance(0.2) ? random.pick(['JSON', 'DELIMITED'] as const) : null,
    };
    const tail = random.weighted([
      [4, 'plain' as const],
      [relation.kind === 'stream' ? 2 : 0, 'partition' as const],
      [5, 'aggregate' as const],
    ]);
    if (tail === 'aggregate') {
      const parts = new AggregateGenerator(random, relation, expressions).parts();
      if (parts !== null) return this.#finished({ ...base, ...parts });
    }
    if (tail === 'partition') {
      const partitionBy = this.#partitionBy(relation, expressions);
      const keys = partitionBy.map((expr, at): SelectItem => ({ name: `P${at}`, expr, key: at }));
      const select = [...keys, ...this.#values(expressions, relation, partitionBy)];
      return this.#finished({ ...base, partitionBy, select });
    }
    const keys = relation.keys.map((choices, at): SelectItem => {
      const expr = random.pick(choices);
      const isPlain = expr.kind === 'column' && relation.alias === null && random.chance(0.7);
      return { name: isPlain ? expr.name : `N${at}`, expr, key: at };
    });
    const select = [...keys, ...this.#values(expressions, relation, relation.keys.flat())];
    return this.#finished({
      ...base,
      select: random.chance(0.2) ? random.shuffled(select) : select,
    });
  }

  /** Value columns; what is in `keys` may only be copied. */
  #values(
    expressions: ExpressionGenerator,
    relation: Relation,
    keys: readonly Expr[],
  ): SelectItem[] {
    const random = this.#random;
    const items = Array.from({ length: random.between(1, 4) }, (_, at): SelectItem => {
      let expr = random.chance(0.2)
        ? expressions.arithmetic(1)
        : expressions.expression(expressions.anyType(), random.between(0, 3));
      const arrays = relation.scope.filter((column) => column.type.kind === 'ARRAY');
      if (arrays.length > 0 && random.chance(0.2)) expr = columnExpr(random.pick(arrays));
      return { name: `C${at}`, expr: copied(expr, keys), key: null };
    });
    return items;
  }

  #partitionBy(relation: Relation, expressions: ExpressionGenerator): Expr[] {
    const random = this.#random;
    if (random.chance(0.1)) return [];
    const isKey = (expr: Expr): boolean =>
      relation.keys.flat().some((key) => isSameColumn(key, expr));
    const count = random.chance(0.15) ? 2 : 1;
    const found: Expr[] = [];
    // Whether a record without value still has a ROWTIME to be keyed by is not written down.
    const columns = expressions.scope.filter(({ name }) => name !== 'ROWTIME');
    const parts = new ExpressionGenerator(random, columns);
    while (found.length < count) {
      const expr = random.chance(0.7)
        ? parts.leaf(parts.anyType())
        : parts.expression(parts.anyType(), 2);
      const isDouble = expr.type.kind === 'DOUBLE' && expr.kind !== 'column';
      // What counts as the key of a join's result, and as one and the same expression, is not tried here.
      if (isDouble || expr.kind === 'literal') {
        if (random.chance(0.2)) break;
        continue;
      }
      if ((relation.alias !== null || count > 1) && isKey(expr)) {
        if (random.chance(0.2)) break;
        continue;
      }
      if (found.some((other) => JSON.stringify(other, bigints) === JSON.stringify(expr, bigints)))
        continue;
      found.push(expr);
    }
    return found;
  }

  /** Formats that can hold what the query gives. */
  #finished(query: Query): Query {
    const random = this.#random;
    const result = resultSource(query, this.#context.sources);
    const format = resultKeyFormat(random, query, result);
    const hasArray = result.value.some((column) => column.type.kind === 'ARRAY');
    return {
      ...query,
      keyFormat: format,
      valueFormat: hasArray && result.valueFormat !== 'JSON' ? 'JSON' : query.valueFormat,
    };
  }
}

/** null: inherited. */
function resultKeyFormat(random: Random, query: Query, result: Source): FormatName | null {
  if (result.key.length === 0) return null;
  const cannotHold =
    (result.keyFormat === 'KAFKA' && !fitsKafka(result.key)) ||
    (result.keyFormat === 'DELIMITED' && result.key.some(({ type }) => type.kind === 'STRING'));
  return cannotHold || random.chance(0.15) ? keyFormatFor(random, result.key) : query.keyFormat;
}

export function plainRelation(left: Source): Relation {
  return {
    kind: left.kind,
    left,
    alias: null,
    joins: [],
    scope: scopeOf(left, null),
    keys: left.key.map((column) => [columnExpr(column)]),
  };
}

function withRowtime(relation: Relation, scope: readonly Column[]): readonly Column[] {
  if (relation.alias !== null) return scope;
  return [...scope, { name: 'ROWTIME', type: { kind: 'BIGINT' } }];
}

export function isSameColumn(a: Expr, b: Expr): boolean {
  return a.kind === 'column' && b.kind === 'column' && a.name === b.name;
}

/** A key column, or the very expression of the key, is copied; so is a pseudo column, whose name is reserved. */
function copied(expr: Expr, keys: readonly Expr[]): Expr {
  const text = JSON.stringify(expr, bigints);
  if (!keys.some((key) => JSON.stringify(key, bigints) === text)) return expr;
  return { kind: 'call', name: 'AS_VALUE', args: [expr], type: expr.type };
}

export function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
