/**
 * Makes a failing case small: tries ever smaller pieces of it, as long as they fail the same way. Records first, then queries,
 * select items, clauses, expressions, columns and partitions.
 */
import { printExpr } from './print.ts';
import { type Case, type Expr, exprsOf, isSameType, type Query, visitExpr } from './model.ts';

/** Does this case fail as the first did? */
export type StillFails = (of: Case) => Promise<boolean>;

export async function shrinkCase(of: Case, stillFails: StillFails, triesMax = 1500): Promise<Case> {
  let current = of;
  let tries = 0;
  for (let found = true; found && tries < triesMax; ) {
    found = false;
    for (const candidate of candidates(current)) {
      if (++tries > triesMax) break;
      if (!(await fails(candidate, stillFails))) continue;
      current = candidate;
      found = true;
      break;
    }
  }
  return current;
}

async function fails(candidate: Case, stillFails: StillFails): Promise<boolean> {
  try {
    return await stillFails(candidate);
  } catch {
    // A piece may make no sense at all.
    return false;
  }
}

function* candidates(of: Case): Generator<Case> {
  yield* fewerRecords(of);
  if (of.queries.length > 1) yield { ...of, queries: of.queries.slice(0, -1) };
  if (of.backlog > 0) {
    yield { ...of, backlog: 0 };
    yield { ...of, backlog: of.records.length };
  }
  for (const [at, query] of of.queries.entries()) {
    for (const smaller of smallerQueries(query)) {
      yield { ...of, queries: of.queries.with(at, smaller) };
    }
  }
  yield* simplerSources(of);
  yield* simplerRecords(of);
}

function* fewerRecords(of: Case): Generator<Case> {
  const { records } = of;
  for (let size = records.length; size >= 1; size >>= 1) {
    for (let from = 0; from < records.length; from += size) {
      const kept = [...records.slice(0, from), ...records.slice(from + size)];
      const gone = Math.max(0, Math.min(of.backlog, from + size) - from);
      yield { ...of, records: kept, backlog: of.backlog - gone };
    }
  }
}

function* smallerQueries(query: Query): Generator<Query> {
  if (query.where !== null) yield { ...query, where: null };
  if (query.having !== null) yield { ...query, having: null };
  if (query.final) yield { ...query, final: false };
  if (query.window !== null) {
    const select = query.select.filter((item) => !printExpr(item.expr).startsWith('WINDOW'));
    yield { ...query, window: null, final: false, select };
  }
  if (query.joins.length > 1) yield { ...query, joins: query.joins.slice(0, -1) };
  if (query.partitions !== null) yield { ...query, partitions: null };
  if (query.valueFormat !== null) yield { ...query, valueFormat: null };
  if (query.keyFormat !== null) yield { ...query, keyFormat: null };
  for (const [at, item] of query.select.entries()) {
    if (item.key === null) yield { ...query, select: query.select.toSpliced(at, 1) };
  }
  for (const [at, item] of query.select.entries()) {
    if (item.key !== null) continue;
    for (const expr of smallerExprs(item.expr)) {
      yield { ...query, select: query.select.with(at, { ...item, expr }) };
    }
  }
  if (query.where !== null) {
    for (const where of smallerExprs(query.where)) yield { ...query, where };
  }
  if (query.having !== null) {
    for (const having of smallerExprs(query.having)) yield { ...query, having };
  }
  for (const [at, by] of (query.groupBy ?? []).entries()) {
    for (const expr of smallerExprs(by)) {
      const select = query.select.map((item) => (item.key === at ? { ...item, expr } : item));
      yield { ...query, groupBy: query.groupBy!.with(at, expr), select };
    }
  }
}

/** Of the same type: parts, and the expression with a smaller part. */
function* smallerExprs(expr: Expr): Generator<Expr> {
  if (expr.kind === 'column') return;
  const parts: Expr[] = [];
  visitExpr(expr, (part) => {
    if (part !== expr && isSameType(part.type, expr.type)) parts.push(part);
  });
  yield* parts;
  if (expr.kind === 'logic') {
    for (const left of smallerExprs(expr.left)) yield { ...expr, left };
    for (const right of smallerExprs(expr.right)) yield { ...expr, right };
  } else if (expr.kind === 'case') {
    if (expr.whens.length > 1) yield { ...expr, whens: expr.whens.slice(0, 1) };
    if (expr.otherwise !== null) yield { ...expr, otherwise: null };
    for (const [at, [when, then]] of expr.whens.entries()) {
      for (const less of smallerExprs(when))
        yield { ...expr, whens: expr.whens.with(at, [less, then]) };
      for (const less of smallerExprs(then))
        yield { ...expr, whens: expr.whens.with(at, [when, less]) };
    }
  } else if (expr.kind === 'call' || expr.kind === 'aggregate') {
    for (const [at, arg] of expr.args.entries()) {
      for (const less of smallerExprs(arg)) yield { ...expr, args: expr.args.with(at, less) };
    }
  } else {
    yield* smallerOperands(expr);
  }
}

function* smallerOperands(expr: Expr): Generator<Expr> {
  for (const name of ['operand', 'left', 'right', 'low', 'high'] as const) {
    const part = (expr as Readonly<Record<string, unknown>>)[name] as Expr | undefined;
    if (part === undefined) continue;
    for (const less of smallerExprs(part)) yield { ...expr, [name]: less } as Expr;
  }
}

function* simplerSources(of: Case): Generator<Case> {
  const used = new Set<string>();
  for (const query of of.queries) {
    for (const expr of exprsOf(query)) {
      visitExpr(expr, (part) => {
        if (part.kind === 'column') used.add(part.name.slice(part.name.indexOf('.') + 1));
      });
    }
  }
  const names = new Set(
    of.queries.flatMap((query) => [query.source, ...query.joins.map((join) => join.source)]),
  );
  for (const [at, source] of of.sources.entries()) {
    if (!names.has(source.name)) {
      yield {
        ...of,
        sources: of.sources.toSpliced(at, 1),
        records: of.records.filter((record) => record.source !== source.name),
        backlog: 0,
      };
    }
    for (const [column, { name }] of source.value.entries()) {
      if (used.has(name) || source.value.length === 1 || source.timestamp === name) continue;
      yield {
        ...of,
        sources: of.sources.with(at, { ...source, value: source.value.toSpliced(column, 1) }),
        records: of.records.map((record) =>
          record.source !== source.name || record.value === null
            ? record
            : { ...record, value: record.value.toSpliced(column, 1) },
        ),
      };
    }
    if (source.valueFormat !== 'JSON') {
      yield { ...of, sources: of.sources.with(at, { ...source, valueFormat: 'JSON' }) };
    }
    if (source.timestamp !== null) {
      yield { ...of, sources: of.sources.with(at, { ...source, timestamp: null }) };
    }
  }
  if (of.sources.some((source) => source.partitions > 1)) {
    yield {
      ...of,
      sources: of.sources.map((source) => ({ ...source, partitions: 1 })),
      queries: of.queries.map((query) => ({ ...query, partitions: null })),
      records: of.records.map((record) => ({ ...record, partition: 0 })),
    };
  }
}

function* simplerRecords(of: Case): Generator<Case> {
  const start = Math.min(...of.records.map((record) => record.timestamp));
  if (start > 0 && Number.isFinite(start)) {
    const records = of.records.map((record) => ({
      ...record,
      timestamp: record.timestamp - start,
    }));
    yield { ...of, records };
  }
  for (const [at, record] of of.records.entries()) {
    if (record.value === null) continue;
    for (const [column, value] of record.value.entries()) {
      if (value === null) continue;
      yield {
        ...of,
        records: of.records.with(at, { ...record, value: record.value.with(column, null) }),
      };
    }
  }
}
