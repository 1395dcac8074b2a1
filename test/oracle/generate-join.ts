/** Random joins of what is there with what is made for them. */
import { castTo, columnExpr } from './generate-expression.ts';
import type { QueryContext, Relation } from './generate-query.ts';
import {
  type Column,
  type Expr,
  isSameType,
  type Join,
  type JoinType,
  type Source,
  STRING,
} from './model.ts';
import type { Random } from './random.ts';
import { scopeOf } from './schema.ts';

const aliases = ['L', 'R', 'X'] as const;

export class JoinGenerator {
  readonly #random: Random;
  readonly #context: QueryContext;

  constructor(random: Random, context: QueryContext) {
    this.#random = random;
    this.#context = context;
  }

  /** null where the source has nothing to join by. */
  relation(left: Source): Relation | null {
    const random = this.#random;
    if (left.kind === 'table') {
      if (left.key.length === 1 && random.chance(0.6)) return this.#tables(left);
      return this.#foreignKey(left);
    }
    return random.chance(0.55) ? this.#streamTable(left) : this.#streams(left);
  }

  /** Columns that can be a key: texts cannot where keys are DELIMITED. */
  #keyable(source: Source, columns: readonly Column[]): readonly Column[] {
    return columns.filter(
      ({ type }) =>
        type.kind !== 'ARRAY' && (source.keyFormat !== 'DELIMITED' || type.kind !== 'STRING'),
    );
  }

  /** A column by which a stream can be joined; its key column more often than not. */
  #streamColumn(source: Source): { readonly column: Column; readonly isKey: boolean } | null {
    const random = this.#random;
    if (source.key.length === 1 && random.chance(0.5))
      return { column: source.key[0]!, isKey: true };
    const columns = this.#keyable(source, [...source.key, ...source.value]);
    const [column] = random.shuffled(columns);
    if (column === undefined) return null;
    return { column, isKey: source.key.length === 1 && column === source.key[0] };
  }

  #right(source: Source, wishes: { readonly column: Column; readonly isKey: boolean }): Source {
    const random = this.#random;
    const { column, isKey } = wishes;
    const fits = [...this.#context.sources.values()].filter(
      ({ name, kind, key, partitions, window }) =>
        name !== source.name &&
        kind === 'table' &&
        window === null &&
        key.length === 1 &&
        isSameType(key[0]!.type, column.type) &&
        (!isKey || partitions === source.partitions),
    );
    if (fits.length > 0 && random.chance(0.5)) return random.pick(fits);
    return this.#context.create({
      kind: 'table',
      keyType: column.type,
      ...(isKey || random.chance(0.7) ? { partitions: source.partitions } : {}),
      ...(isKey && random.chance(0.7) && source.keyFormat !== 'NONE'
        ? { keyFormat: source.keyFormat }
        : {}),
    });
  }

  #streamTable(left: Source): Relation | null {
    const random = this.#random;
    const chosen = this.#streamColumn(left);
    if (chosen === null) return null;
    const right = this.#right(left, chosen);
    const plain = columnOf(left, 'L', chosen.column);
    const isExpression = !chosen.isKey && random.chance(0.15);
    const join: Join = {
      type: random.pick(['INNER', 'LEFT']),
      source: right.name,
      alias: 'R',
      left: isExpression ? this.#disguised(plain) : plain,
      right: columnOf(right, 'R', right.key[0]!),
      within: null,
    };
    const keys = isExpression ? [join.right] : [join.left, join.right];
    const relation = joined(left, [[join, right]], keys);
    // Another table by any column of the stream's.
    if (!random.chance(0.2)) return relation;
    const another = this.#streamColumn(left);
    if (another === null || another.column === chosen.column) return relation;
    const next = this.#right(left, { column: another.column, isKey: true });
    if (next.name === right.name) return relation;
    const second: Join = {
      type: random.pick(['INNER', 'LEFT']),
      source: next.name,
      alias: 'X',
      left: columnOf(left, 'L', another.column),
      right: columnOf(next, 'X', next.key[0]!),
      within: null,
    };
    if (next.partitions !== right.partitions) return relation;
    return joined(
      left,
      [
        [join, right],
        [second, next],
      ],
      [second.left, second.right],
    );
  }

  /** The same value by an expression. */
  #disguised(column: Expr): Expr {
    switch (column.type.kind) {
      case 'INTEGER':
      case 'BIGINT':
      case 'DECIMAL':
        return { kind: 'call', name: 'ABS', args: [column], type: column.type };
      case 'STRING':
        return { kind: 'call', name: 'LCASE', args: [column], type: column.type };
      default:
        return castTo(castTo(column, STRING), column.type);
    }
  }

  #streams(left: Source): Relation | null {
    const random = this.#random;
    const chosen = this.#streamColumn(left);
    if (chosen === null) return null;
    const byKey = random.chance(0.5);
    const right = this.#context.create({
      kind: 'stream',
      partitions: left.partitions,
      ...(byKey
        ? {
            keyType: chosen.column.type,
            ...(random.chance(0.7) && left.keyFormat !== 'NONE'
              ? { keyFormat: left.keyFormat }
              : {}),
          }
        : { valueType: chosen.column.type }),
    });
    if (!byKey && this.#keyable(right, [right.value[0]!]).length === 0) return null;
    const beforeMs = random.pick([0, 500, 1000, 2500]);
    const join: Join = {
      type: random.pick(['INNER', 'LEFT', 'RIGHT', 'FULL']),
      source: right.name,
      alias: 'R',
      left: columnOf(left, 'L', chosen.column),
      right: columnOf(right, 'R', byKey ? right.key[0]! : right.value[0]!),
      within: {
        beforeMs: beforeMs === 0 ? 1000 : beforeMs,
        afterMs: random.chance(0.6)
          ? beforeMs === 0
            ? 1000
            : beforeMs
          : random.pick([0, 700, 2000]),
        graceMs: random.weighted([
          [2, null],
          [1, 0],
          [3, random.pick([500, 1500, 4000])],
          [1, 100_000],
        ]),
      },
    };
    return joined(left, [[join, right]], resultKeys(join));
  }

  #tables(left: Source): Relation {
    const random = this.#random;
    const key = left.key[0]!;
    const right = this.#right(left, { column: key, isKey: true });
    const join = (source: Source, type: JoinType, at: 1 | 2, by: Expr): Join => ({
      type,
      source: source.name,
      alias: aliases[at],
      left: by,
      right: columnOf(source, aliases[at], source.key[0]!),
      within: null,
    });
    const first = columnOf(left, 'L', key);
    const one = join(right, random.pick(['INNER', 'LEFT', 'RIGHT', 'FULL']), 1, first);
    if (one.type === 'FULL' || one.type === 'RIGHT' || random.chance(0.7)) {
      return joined(left, [[one, right]], resultKeys(one));
    }
    const third = this.#right(left, { column: key, isKey: true });
    if (third.name === right.name) return joined(left, [[one, right]], resultKeys(one));
    const two = join(third, random.pick(['INNER', 'LEFT']), 2, first);
    return joined(
      left,
      [
        [one, right],
        [two, third],
      ],
      [...resultKeys(one), two.right],
    );
  }

  #foreignKey(left: Source): Relation | null {
    const random = this.#random;
    const columns = left.value.filter(({ type }) => type.kind !== 'ARRAY');
    const [column] = random.shuffled(columns);
    if (column === undefined) return null;
    const right = this.#right(left, { column, isKey: false });
    const plain = columnOf(left, 'L', column);
    const join: Join = {
      type: random.pick(['INNER', 'LEFT']),
      source: right.name,
      alias: 'R',
      left: random.chance(0.15) ? this.#disguised(plain) : plain,
      right: columnOf(right, 'R', right.key[0]!),
      within: null,
    };
    const relation = joined(left, [[join, right]], []);
    return { ...relation, keys: left.key.map((key) => [columnOf(left, 'L', key)]) };
  }
}

function columnOf(source: Source, alias: string, column: Column): Expr {
  const [found] = scopeOf({ ...source, key: [], value: [column] }, alias);
  return columnExpr(found!);
}

/** Columns that can stand for the key of a join's result. */
function resultKeys(join: Join): Expr[] {
  if (join.type !== 'FULL') return [join.left, join.right];
  return [{ kind: 'column', name: 'ROWKEY', type: join.left.type }];
}

function joined(
  left: Source,
  joins: readonly (readonly [Join, Source])[],
  keys: readonly Expr[],
): Relation {
  return {
    kind: left.kind,
    left,
    alias: 'L',
    joins: joins.map(([join]) => join),
    scope: [
      ...scopeOf(left, 'L'),
      ...joins.flatMap(([join, source]) => scopeOf(source, join.alias)),
    ],
    keys: [keys],
  };
}
