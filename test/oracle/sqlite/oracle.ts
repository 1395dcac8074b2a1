/**
 * Batch SQL over the closed log: the same meaning as a query's, computed by SQLite over the records of its inputs. Answers what
 * the query's topic must amount to once everything is at rest: a stream's records as a multiset, a table's last row per key.
 */
import Database from 'better-sqlite3';
import { encode, partitionOf, throughTopic } from '../codec.ts';
import type { Column, Expr, Query, Source, TopicRecord, Value } from '../model.ts';
import { exprsOf, visitExpr } from '../model.ts';
import { printExpr } from '../print.ts';
import { inputOrder, nodeOf, type QueryInput } from '../reference/interpreter.ts';
import type { Node } from '../reference/node.ts';
import { recordTime } from '../reference/stateless.ts';
import { internalKeyFormat, resultSource, scopeOf, sourceNamed } from '../schema.ts';
import { type Known, predicateSql, valueSql } from './expression.ts';
import { defineFunctions } from './functions.ts';
import { quote, type Relation, streamStreamSql, streamTableSql, tableTableSql } from './joins.ts';
import { aggregateSql, emptyAggregates } from './aggregates.ts';

/** One row of the answer; lists are text. */
export interface AtRest {
  readonly key: readonly Value[] | null;
  readonly window: TopicRecord['window'];
  readonly value: readonly Value[] | null;
  /** Of a stream's record; null for a table's row. */
  readonly timestamp: number | null;
}

export interface Answer {
  readonly rows: readonly AtRest[];
  /** Keys of a table of which batch SQL does not know whether they ever were: their rows, if there are any. */
  readonly empty: (keys: readonly (readonly Value[])[]) => readonly AtRest[];
}

/** Where batch SQL has no say: sessions that come late, results that outlive their foreign key, the two zeros as keys. */
export class Unsupported extends Error {}

export function openSqlite(): Database.Database {
  const db = new Database(':memory:');
  db.defaultSafeIntegers(true);
  db.pragma('case_sensitive_like = ON');
  defineFunctions(db);
  db.exec('CREATE TABLE steps (n INTEGER)');
  const insert = db.prepare('INSERT INTO steps VALUES (?)');
  for (let n = 0; n < 64; n++) insert.run(n);
  return db;
}

export function atRest(db: Database.Database, input: QueryInput): Answer {
  return new Batch(db, input).answer();
}

class Batch {
  readonly #db: Database.Database;
  readonly #input: QueryInput;
  readonly #query: Query;
  readonly #result: Source;
  readonly #node: Node;
  readonly #steps: string[] = [];
  readonly #isTable: boolean;
  #functions = 0;

  constructor(db: Database.Database, input: QueryInput) {
    this.#db = db;
    this.#input = input;
    this.#query = input.query;
    this.#result = resultSource(input.query, input.sources);
    this.#node = nodeOf(input.query, input.sources);
    this.#isTable = sourceNamed(input.sources, input.query.source).kind === 'table';
  }

  answer(): Answer {
    this.#load();
    const relation = this.#where(this.#joined());
    const { groupBy } = this.#query;
    if (groupBy !== null) return this.#grouped(relation);
    return { rows: this.#rows(this.#select(relation)), empty: () => [] };
  }

  /** One table per source: `_ord` is the place of the record among all that the query takes. */
  #load(): void {
    const names = [this.#query.source, ...this.#query.joins.map((join) => join.source)];
    const order = inputOrder(this.#input, this.#node.exchanges);
    for (const source of new Set(names.map((name) => sourceNamed(this.#input.sources, name)))) {
      const columns = scopeOf(source, null).map(({ name }) => quote(name));
      this.#db.exec(`DROP TABLE IF EXISTS "t_${source.name}"`);
      this.#db.exec(
        `CREATE TABLE "t_${source.name}" (_ord, _part, _ts, _has, _keyed, ${columns.join(', ')})`,
      );
      const insert = this.#db.prepare(
        `INSERT INTO "t_${source.name}" VALUES (?, ?, ?, ?, ?, ${columns.map(() => '?').join(', ')})`,
      );
      order.forEach(({ topic, record }, at) => {
        if (topic !== source.topic) return;
        const isTombstone = source.kind === 'table' && record.value === null;
        const time = isTombstone ? record.timestamp : recordTime(source, record);
        if (time === null || (source.kind === 'table' && record.key === null)) return;
        const key = source.key.map((_, index) => bound(record.key?.[index] ?? null));
        const value = source.value.map((_, index) => bound(record.value?.[index] ?? null));
        const has = BigInt(record.value !== null);
        const keyed = BigInt(record.key !== null);
        const place = [BigInt(at), BigInt(record.partition), BigInt(time)];
        insert.run(...place, has, keyed, ...key, ...value);
      });
    }
  }

  #source(name: string, alias: string | null): Relation {
    const source = sourceNamed(this.#input.sources, name);
    const columns = scopeOf(source, alias);
    const plain = scopeOf(source, null);
    const listed = columns.map(
      (column, at) => `${quote(plain[at]!.name)} AS ${quote(column.name)}`,
    );
    const known = new Map(columns.map((column) => [column.name, quote(column.name)]));
    if (alias === null) known.set('ROWTIME', '_ts');
    const relation = `s_${alias ?? 'only'}`;
    const order = '0 AS s1, 0 AS s2, 0 AS s3, 0 AS s4, 0 AS s5';
    const key = source.key.map((column) => quote(column.name)).join(', ');
    const from =
      source.kind === 'stream'
        ? `"t_${name}"`
        : `(SELECT *, ROW_NUMBER() OVER (PARTITION BY ${key} ORDER BY _ord DESC) AS age FROM "t_${name}")`;
    // The right side of a stream's join is looked up as it stood.
    const isHistory = source.kind === 'stream' || !this.#isTable;
    const where = isHistory ? '' : 'WHERE age = 1 AND _has';
    this.#steps.push(
      `${relation} AS (SELECT _ord, ${order}, _part, _ts, _has, _keyed, ${listed.join(', ')} FROM ${from} ${where})`,
    );
    return { name: relation, columns: columns.map((column) => column.name), known };
  }

  #joined(): Relation {
    const { query } = { query: this.#query };
    let relation = this.#source(query.source, query.alias);
    for (const [at, join] of query.joins.entries()) {
      const right = this.#source(join.source, join.alias);
      const source = sourceNamed(this.#input.sources, join.source);
      const name = `j_${at}`;
      const rest = { where: null, partitionBy: null, groupBy: null, having: null };
      const node = nodeOf(
        { ...query, ...rest, joins: query.joins.slice(0, at + 1) },
        this.#input.sources,
      );
      const parts = {
        join,
        left: relation,
        right,
        name,
        partition: (key: string) =>
          this.#partitionSql(node, [{ name: 'JK', type: join.left.type }], [key]),
        keyOrder: (key: string) =>
          this.#keyHexSql(node, [{ name: 'JK', type: join.left.type }], [key]),
      };
      const isInner = join.type === 'INNER';
      if (this.#isTable) {
        if (isInner && !this.#isKeyJoin(join.left)) this.#refuseNullKeys(join.left, relation);
        this.#steps.push(tableTableSql(parts));
      } else {
        this.#steps.push(source.kind === 'table' ? streamTableSql(parts) : streamStreamSql(parts));
      }
      const known = new Map([...relation.known, ...right.known, ['ROWKEY', 'jk']]);
      relation = { name, columns: [...relation.columns, ...right.columns], known };
    }
    return relation;
  }

  #isKeyJoin(left: Expr): boolean {
    const source = sourceNamed(this.#input.sources, this.#query.source);
    const [key, second] = scopeOf({ ...source, value: [] }, this.#query.alias);
    return second === undefined && left.kind === 'column' && left.name === key?.name;
  }

  /** An INNER result stays when its left row's foreign key becomes NULL. */
  #refuseNullKeys(left: Expr, relation: Relation): void {
    const { source, alias } = this.#query;
    const columns = scopeOf(sourceNamed(this.#input.sources, source), null);
    const known = new Map(
      columns.map(({ name }) => [alias === null ? name : `${alias}.${name}`, quote(name)]),
    );
    const found = this.#db
      .prepare(`SELECT 1 FROM "t_${source}" WHERE _has AND ${valueSql(left, known)} IS NULL`)
      .get();
    if (found !== undefined) throw new Unsupported(`NULL foreign key in ${relation.name}`);
  }

  #where(relation: Relation): Relation {
    const { where } = this.#query;
    if (where === null) return relation;
    this.#steps.push(
      `w AS (SELECT * FROM ${relation.name} WHERE _has AND ${predicateSql(where, relation.known)})`,
    );
    return { ...relation, name: 'w' };
  }

  /** Keys as they leave, values, timestamp. */
  #select(relation: Relation): string {
    const { select, partitionBy, joins } = this.#query;
    const { known, name } = relation;
    const keys = this.#result.key.map((_, at) => {
      const { expr } = select.find((item) => item.key === at)!;
      // The key of a join's result is there even where the column is NULL.
      const isJoinKey = joins.length > 0 && partitionBy === null && this.#isJoinKeyed();
      if (isJoinKey) return `jk AS key${at}`;
      const value = valueSql(expr, known);
      if (partitionBy === null || this.#keepsKey(expr)) return `${value} AS key${at}`;
      return `${this.#isKeyOnly(expr) ? value : `CASE WHEN _has THEN ${value} END`} AS key${at}`;
    });
    const values = select
      .filter((item) => item.key === null)
      .map(({ expr }, at) => `${valueSql(expr, known)} AS value${at}`);
    const isKept = partitionBy === null && joins.length === 0;
    return `WITH ${this.#steps.join(',\n')} SELECT ${[...keys, ...values, '_ts', '_has', isKept ? '_keyed' : '1 AS _keyed'].join(', ')} FROM ${name}`;
  }

  #isJoinKeyed(): boolean {
    return !this.#isTable || this.#isKeyJoin(this.#query.joins[0]!.left);
  }

  #keepsKey(expr: Expr): boolean {
    const source = sourceNamed(this.#input.sources, this.#query.source);
    return source.key.length === 1 && expr.kind === 'column' && expr.name === source.key[0]!.name;
  }

  #isKeyOnly(expr: Expr): boolean {
    const source = sourceNamed(this.#input.sources, this.#query.source);
    const names = new Set(source.key.map(({ name }) => name));
    let result = true;
    visitExpr(expr, (part) => {
      if (part.kind === 'column' && !names.has(part.name)) result = false;
    });
    return result;
  }

  /** GROUP BY: the arguments of every row that counts, then the groups. */
  #grouped(relation: Relation): Answer {
    const groupBy = this.#query.groupBy as readonly Expr[];
    const groups = groupBy.map((expr, at) => `${valueSql(expr, relation.known)} AS g${at}`);
    const calls = aggregateCalls(this.#query);
    const args = calls.flatMap((call, at) =>
      call.args.map((arg) => `${valueSql(arg, relation.known)} AS a${at}`),
    );
    const keys = groupBy.map((_, at) => `g${at}`);
    const isNotNull = keys.map((key) => `${key} IS NOT NULL`).join(' AND ');
    const order = this.#isTable ? '_ord' : '_ord, s1, s2, s3, s4, s5';
    this.#steps.push(
      `g0 AS (SELECT ROW_NUMBER() OVER (ORDER BY ${order}) AS place, _ord, _ts, ${[...groups, ...args].join(', ')}
        FROM ${relation.name} WHERE _has)`,
      `g AS (SELECT *, ${this.#partitionSql(this.#node, this.#node.key, keys)} AS _part FROM g0 WHERE ${isNotNull})`,
    );
    const { source, bounds } = this.#windows(keys);
    const known: [string, string][] = groupBy.map((expr, at) => [printExpr(expr), `g${at}`]);
    if (bounds.length > 0) known.push(['WINDOWSTART', 'ws'], ['WINDOWEND', 'we']);
    const isSorted = this.#isTable || this.#query.window?.kind === 'session';
    const computed = calls.map((call, at) => `${aggregateSql(call, at, isSorted)} AS r${at}`);
    const by = [...keys, ...bounds].join(', ');
    this.#steps.push(
      `r AS (SELECT ${by}, ${[...computed, '1 AS one'].join(', ')} FROM ${source} GROUP BY ${by})`,
    );
    calls.forEach((call, at) => {
      known.push([printExpr(call), `r${at}`]);
    });
    const rows = this.#rows(this.#groupSelect('r', new Map(known), bounds));
    const empty = (of: readonly (readonly Value[])[]): readonly AtRest[] => {
      if (!this.#isTable || of.length === 0) return [];
      const tuples = of.map((key) => `(${key.map((part) => literalOf(part)).join(', ')})`);
      const nothing = emptyAggregates(calls).map((value, at) => `${value} AS r${at}`);
      this.#steps.push(
        `e0(${keys.join(', ')}) AS (VALUES ${tuples.join(', ')})`,
        `e AS (SELECT ${[...keys, ...nothing].join(', ')} FROM e0)`,
      );
      return this.#rows(this.#groupSelect('e', new Map(known), []));
    };
    return { rows, empty };
  }

  #groupSelect(from: string, known: Known, bounds: readonly string[]): string {
    const { select, having } = this.#query;
    const keys = this.#result.key.map((_, at) => `g${at} AS key${at}`);
    const values = select
      .filter((item) => item.key === null)
      .map(({ expr }, at) => `${valueSql(expr, known)} AS value${at}`);
    const where = having === null ? '' : ` WHERE ${predicateSql(having, known)}`;
    const items = [...keys, ...values, ...bounds, '1 AS _has', '1 AS _keyed'];
    return `WITH ${this.#steps.join(',\n')} SELECT ${items.join(', ')} FROM ${from}${where}`;
  }

  /** The rows with the windows they count in. */
  #windows(keys: readonly string[]): {
    readonly source: string;
    readonly bounds: readonly string[];
  } {
    const { window, final } = this.#query;
    if (window === null) return { source: 'g', bounds: [] };
    this.#steps.push(
      `timed AS (SELECT *, MAX(_ts) OVER (PARTITION BY _part ORDER BY place ROWS UNBOUNDED PRECEDING) AS st FROM g)`,
    );
    if (window.kind === 'session') return this.#sessions(keys, window.gapMs, window.graceMs);
    const { sizeMs, advanceMs } = window;
    const graceMs = window.graceMs ?? (final ? 0 : Math.max(86_400_000 - sizeMs, 0));
    this.#steps.push(
      `win AS (SELECT *, ws + ${sizeMs} AS we FROM (
          SELECT timed.*, (_ts / ${advanceMs} - n) * ${advanceMs} AS ws FROM timed JOIN steps)
        WHERE ws >= 0 AND ws + ${sizeMs} > _ts AND ws + ${sizeMs} > st - ${graceMs})`,
    );
    if (!final) return { source: 'win', bounds: ['ws', 'we'] };
    const retentionMs = window.retentionMs ?? sizeMs + graceMs;
    // Emitted when stream time reaches its end and grace, unless the store has let it go by then.
    this.#steps.push(
      `closed AS (SELECT * FROM (
          SELECT *, (SELECT MIN(t.place) FROM timed t WHERE t._part = win._part AND t.st >= we + ${graceMs}) AS freed FROM win)
        WHERE freed IS NOT NULL)`,
      `final AS (SELECT * FROM closed WHERE ws >= (
          SELECT MAX(x.ws) FROM win x WHERE x._part = closed._part AND x.place <= closed.freed) - ${retentionMs})`,
    );
    return { source: 'final', bounds: ['ws', 'we'] };
  }

  /** Gaps and islands; only where no row is late. */
  #sessions(
    keys: readonly string[],
    gapMs: number,
    given: number | null,
  ): { readonly source: string; readonly bounds: readonly string[] } {
    const { final } = this.#query;
    const graceMs = given ?? (final ? 0 : Math.max(86_400_000 - gapMs, 0));
    if (given !== null || final) {
      const late = this.#db
        .prepare(`WITH ${this.#steps.join(',\n')} SELECT 1 FROM timed WHERE _ts < st LIMIT 1`)
        .get();
      if (late !== undefined) throw new Unsupported('late rows of sessions');
    }
    const by = keys.join(', ');
    this.#steps.push(
      `marked AS (SELECT *, COALESCE(_ts > LAG(_ts) OVER (PARTITION BY ${by} ORDER BY _ts, place) + ${gapMs}, 1) AS opens FROM timed)`,
      `numbered AS (SELECT *, SUM(opens) OVER (PARTITION BY ${by} ORDER BY _ts, place ROWS UNBOUNDED PRECEDING) AS session FROM marked)`,
      `sessions AS (SELECT *, MIN(_ts) OVER s AS ws, MAX(_ts) OVER s AS we FROM numbered WINDOW s AS (PARTITION BY ${by}, session))`,
    );
    if (!final) return { source: 'sessions', bounds: ['ws', 'we'] };
    this.#steps.push(
      `ended AS (SELECT * FROM sessions WHERE we + ${gapMs + graceMs} < (SELECT MAX(t.st) FROM timed t WHERE t._part = sessions._part))`,
    );
    return { source: 'ended', bounds: ['ws', 'we'] };
  }

  #partitionSql(node: Node, key: readonly Column[], values: readonly string[]): string {
    const { partitions } = node;
    const format = internalKeyFormat(node.keyFormat, key);
    const isBoolean = key.map((column) => column.type.kind === 'BOOLEAN');
    const name = `partition_of_key_${this.#functions++}`;
    this.#db.function(name, { safeIntegers: true, varargs: true }, (...parts: unknown[]) => {
      const row = parts.map((part, at) => (isBoolean[at] ? part === 1n : (part as Value)));
      const bytes = encode(format, key, row, 'key');
      return bytes === null ? 0n : BigInt(partitionOf(bytes, partitions));
    });
    return `${name}(${values.join(', ')})`;
  }

  #keyHexSql(node: Node, key: readonly Column[], values: readonly string[]): string {
    const format = internalKeyFormat(node.keyFormat, key);
    const isBoolean = key.map((column) => column.type.kind === 'BOOLEAN');
    const name = `key_hex_${this.#functions++}`;
    this.#db.function(name, { safeIntegers: true, varargs: true }, (...parts: unknown[]) => {
      const row = parts.map((part, at) => (isBoolean[at] ? part === 1n : (part as Value)));
      return Buffer.from(encode(format, key, row, 'key') ?? []).toString('hex');
    });
    return `${name}(${values.join(', ')})`;
  }

  #rows(sql: string): AtRest[] {
    const { key, value, keyFormat, valueFormat, kind, window } = this.#result;
    let found: Readonly<Record<string, unknown>>[];
    try {
      found = this.#db.prepare(sql).all() as typeof found;
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${sql}`);
    }
    return found.map((row) => {
      const keys = key.map(({ type }, at) => unbound(row[`key${at}`], type));
      const values = value.map(({ type }, at) => unbound(row[`value${at}`], type));
      return {
        key:
          key.length === 0 || row['_keyed'] === 0n
            ? null
            : throughTopic(keyFormat, key, keys, 'key'),
        window: window === null ? null : { start: Number(row['ws']), end: Number(row['we']) },
        value: row['_has'] === 0n ? null : throughLists(valueFormat, value, values),
        timestamp: kind === 'stream' ? Number(row['_ts']) : null,
      };
    });
  }
}

/** Lists stay the texts they are. */
function throughLists(
  format: Source['valueFormat'],
  columns: readonly Column[],
  values: readonly Value[],
): readonly Value[] | null {
  if (columns.some(({ type }) => type.kind === 'ARRAY')) return values;
  return throughTopic(format, columns, values, 'value');
}

function aggregateCalls(query: Query): (Expr & { kind: 'aggregate' })[] {
  const found = new Map<string, Expr & { kind: 'aggregate' }>();
  for (const expr of exprsOf(query)) {
    visitExpr(expr, (part) => {
      if (part.kind === 'aggregate') found.set(printExpr(part), part);
    });
  }
  return [...found.values()];
}

function bound(value: Value): bigint | number | string | null {
  if (typeof value === 'boolean') return BigInt(value);
  return Array.isArray(value) ? listText(value) : (value as bigint | number | string | null);
}

export function listText(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(listText).join(',')}]`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0e0' : `${value}e0`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function unbound(value: unknown, type: Column['type']): Value {
  if (type.kind === 'BOOLEAN' && value !== null) return value === 1n;
  return value as Value;
}

function literalOf(value: Value): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') return `CAST(${value} AS REAL)`;
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
