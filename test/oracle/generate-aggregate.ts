/** Random GROUP BY: keys, windows, aggregates, HAVING. */
import { columnExpr, type ExpressionGenerator, isNumeric, literal } from './generate-expression.ts';
import type { Relation } from './generate-query.ts';
import {
  BIGINT,
  type Column,
  DOUBLE,
  type Expr,
  INTEGER,
  type Query,
  type SelectItem,
  type Type,
  type Window,
} from './model.ts';
import { printExpr } from './print.ts';
import type { Random } from './random.ts';
import { visitExpr } from './model.ts';

type Parts = Pick<Query, 'groupBy' | 'window' | 'final' | 'having' | 'select'>;

export class AggregateGenerator {
  readonly #random: Random;
  readonly #relation: Relation;
  readonly #expressions: ExpressionGenerator;

  constructor(random: Random, relation: Relation, expressions: ExpressionGenerator) {
    this.#random = random;
    this.#relation = relation;
    this.#expressions = expressions;
  }

  /** No source is another query's result. */
  get #isOriginal(): boolean {
    const { left, joins } = this.#relation;
    return [left.name, ...joins.map((join) => join.source)].every((name) => name.startsWith('S'));
  }

  /** null where nothing can be grouped. */
  parts(): Parts | null {
    const random = this.#random;
    const groupBy = this.#groupBy();
    if (groupBy.length === 0) return null;
    const isStream = this.#relation.kind === 'stream';
    const window = isStream && random.chance(0.6) ? this.#window() : null;
    const final = window !== null && random.chance(0.25);
    const keys = groupBy.map((expr, at): SelectItem => ({ name: `G${at}`, expr, key: at }));
    const values = Array.from(
      { length: random.between(1, 4) },
      (_, at): SelectItem => ({ name: `A${at}`, expr: this.#aggregated(), key: null }),
    );
    // ksqlDB does not know the bounds where there is a join.
    if (window !== null && this.#relation.alias === null && random.chance(0.2)) {
      const bound: Column = { name: random.pick(['WINDOWSTART', 'WINDOWEND']), type: BIGINT };
      values.push({ name: 'W', expr: columnExpr(bound), key: null });
    }
    const having = random.chance(0.3) ? this.#having() : null;
    return { groupBy, window, final, having, select: [...keys, ...values] };
  }

  #groupBy(): Expr[] {
    const random = this.#random;
    const { scope } = this.#expressions;
    // Texts in DELIMITED keys: when they are quoted is not written down.
    const isAllowed = (type: Type): boolean =>
      this.#relation.left.keyFormat !== 'DELIMITED' || type.kind !== 'STRING';
    const columns = scope.filter(
      ({ name, type }) => isAllowed(type) && !name.endsWith('ROWTIME') && !this.#isPaddedKey(name),
    );
    const count = random.chance(0.2) ? 2 : 1;
    const found = new Map<string, Expr>();
    for (let attempt = 0; attempt < 8 && found.size < count; attempt++) {
      let expr: Expr | null = null;
      if (columns.length > 0 && random.chance(0.75)) expr = columnExpr(random.pick(columns));
      else {
        const type = random.pick([INTEGER, INTEGER, BIGINT, { kind: 'STRING' } as Type]);
        const tried = this.#expressions.expression(type, 2);
        const isUsed = isAllowed(type) && hasColumn(tried);
        if (isUsed && tried.kind !== 'literal' && tried.kind !== 'column') expr = tried;
      }
      if (expr !== null) found.set(printExpr(expr), expr);
    }
    return [...found.values()];
  }

  /**
   * Is this the key column of a side that an outer join pads with NULL? By the specification it is NULL then, though the key
   * of the result is not; which of the two GROUP BY means is not written down.
   */
  #isPaddedKey(name: string): boolean {
    return this.#relation.joins.some(
      ({ type, left, right }) =>
        (type !== 'INNER' && type !== 'RIGHT' && isNamed(right, name)) ||
        (type !== 'INNER' && type !== 'LEFT' && isNamed(left, name)),
    );
  }

  #window(): Window {
    const random = this.#random;
    const graceMs = random.weighted([
      [4, null],
      [2, 0],
      [4, random.pick([500, 1000, 2000, 5000])],
    ]);
    if (random.chance(0.3)) {
      return { kind: 'session', gapMs: random.pick([500, 1000, 2000, 3000]), graceMs };
    }
    const sizeMs = random.pick([1000, 2000, 3000, 5000]);
    const advanceMs = random.chance(0.5) ? sizeMs : random.pick([500, 700, 1000]);
    // Without GRACE PERIOD a query that is not FINAL has a day of it, and RETENTION must not be shorter.
    const retentionMs =
      graceMs !== null && random.chance(0.3)
        ? sizeMs + graceMs + random.pick([0, 1000, 60_000])
        : null;
    return { kind: 'time', sizeMs, advanceMs: Math.min(advanceMs, sizeMs), graceMs, retentionMs };
  }

  /** An aggregate, or an expression over aggregates. */
  #aggregated(): Expr {
    const random = this.#random;
    const call = this.call();
    if (!isNumeric(call.type) || random.chance(0.8)) return call;
    if (call.type.kind === 'BIGINT' || call.type.kind === 'INTEGER') {
      const left = call;
      const right = random.chance(0.5) ? literal(INTEGER, BigInt(random.between(0, 3))) : call;
      return { kind: 'arithmetic', op: random.pick(['+', '-', '*']), left, right, type: call.type };
    }
    return call;
  }

  call(): Expr {
    const random = this.#random;
    const isStream = this.#relation.kind === 'stream';
    // Its intermediate values could not stand in a DELIMITED topic.
    const isJson = this.#relation.left.valueFormat === 'JSON';
    const name = random.weighted([
      [3, 'COUNT'],
      [3, 'SUM'],
      [isJson ? 2 : 0, 'AVG'],
      [isStream ? 2 : 0, 'MIN'],
      [isStream ? 2 : 0, 'MAX'],
      [isStream && isJson ? 1 : 0, 'LATEST_BY_OFFSET'],
      [isStream && isJson ? 1 : 0, 'EARLIEST_BY_OFFSET'],
      [isJson ? 1 : 0, 'COLLECT_LIST'],
      [isStream && isJson ? 1 : 0, 'COLLECT_SET'],
      [isStream && isJson ? 1 : 0, 'TOPK'],
      [isStream && isJson ? 1 : 0, 'TOPKDISTINCT'],
      [isStream && isJson ? 1 : 0, 'COUNT_DISTINCT'],
    ]);
    return this.#callOf(name);
  }

  #callOf(name: string): Expr {
    const random = this.#random;
    const make = (
      args: readonly Expr[],
      type: Type,
      options: readonly (bigint | boolean)[] = [],
    ): Expr => ({
      kind: 'aggregate',
      name,
      args,
      options,
      type,
    });
    switch (name) {
      case 'COUNT':
        return random.chance(0.5) ? make([], BIGINT) : make([this.#anyArgument()], BIGINT);
      case 'COUNT_DISTINCT':
        return make([this.#anyArgument()], BIGINT);
      case 'SUM': {
        const argument = this.#numericArgument(true);
        return make([argument], argument.type);
      }
      case 'AVG':
        return make([this.#numericArgument(false)], DOUBLE);
      case 'MIN':
      case 'MAX': {
        const argument = this.#argument((type) => type.kind !== 'BOOLEAN');
        return make([argument], argument.type);
      }
      case 'LATEST_BY_OFFSET':
      case 'EARLIEST_BY_OFFSET': {
        const argument = this.#anyArgument();
        return make([argument], argument.type, random.pick([[], [true], [false]]));
      }
      case 'TOPK':
      case 'TOPKDISTINCT': {
        const argument = this.#argument(({ kind }) => kind !== 'BOOLEAN' && kind !== 'DECIMAL');
        return make([argument], { kind: 'ARRAY', element: argument.type }, [
          BigInt(random.between(1, 3)),
        ]);
      }
      default: {
        const argument = this.#anyArgument();
        return make([argument], { kind: 'ARRAY', element: argument.type });
      }
    }
  }

  #anyArgument(): Expr {
    return this.#argument(() => true);
  }

  #argument(isAllowed: (type: Type) => boolean): Expr {
    const random = this.#random;
    const columns = this.#expressions.scope.filter(
      ({ type }) => isAllowed(type) && (this.#isOriginal || type.kind !== 'DOUBLE'),
    );
    if (columns.length > 0 && random.chance(0.75)) return columnExpr(random.pick(columns));
    const type = random.pick([INTEGER, BIGINT, { kind: 'STRING' } as Type]);
    return this.#expressions.expression(type, 2);
  }

  /** Sums of doubles must be exact, or their order would show: those that queries computed may not be. */
  #numericArgument(allowsDecimal: boolean): Expr {
    const random = this.#random;
    const columns = this.#expressions.scope.filter(
      ({ type }) =>
        isNumeric(type) &&
        (allowsDecimal || type.kind !== 'DECIMAL') &&
        (this.#isOriginal || type.kind !== 'DOUBLE'),
    );
    if (columns.length > 0 && random.chance(0.8)) {
      const column = columnExpr(random.pick(columns));
      // The sum of decimals that do not fit stops the query; the sums here always do.
      if (column.type.kind !== 'DECIMAL' || column.type.precision <= 12) return column;
    }
    return this.#expressions.expression(random.pick([INTEGER, BIGINT]), 2);
  }

  #having(): Expr {
    const random = this.#random;
    const left: Expr = random.chance(0.6)
      ? { kind: 'aggregate', name: 'COUNT', args: [], options: [], type: BIGINT }
      : this.#callOf('SUM');
    const op = random.pick(['>', '<', '>=', '<>', '='] as const);
    const right = literal(INTEGER, BigInt(random.between(0, 3)));
    return { kind: 'compare', op, left, right, type: { kind: 'BOOLEAN' } };
  }
}

function isNamed(expr: Expr, name: string): boolean {
  return expr.kind === 'column' && expr.name === name;
}

function hasColumn(expr: Expr): boolean {
  let found = false;
  visitExpr(expr, (part) => {
    if (part.kind === 'column') found = true;
  });
  return found;
}
