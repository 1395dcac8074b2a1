/** Aggregates as SQLite's; `a<n>` is the argument of the n-th. */
import type { Expr } from '../model.ts';

type Call = Expr & { readonly kind: 'aggregate' };

function wrap32(value: string): string {
  return `(((${value}) + 2147483648 & 4294967295) - 2147483648)`;
}

/** `isSorted`: the order of lists is not that of arrival, so they are compared sorted. */
export function aggregateSql(call: Call, at: number, isSorted: boolean): string {
  const x = `a${at}`;
  const argument = call.args[0]?.type;
  const kind = `'${argument?.kind}'`;
  switch (call.name) {
    case 'COUNT':
      return call.args.length === 0 ? 'COUNT(*)' : `COUNT(${x})`;
    case 'COUNT_DISTINCT':
      return `COUNT(DISTINCT ${x})`;
    case 'SUM':
      return sumSql(x, call.type);
    case 'AVG':
      return `COALESCE(CAST(${sumSql(x, argument!)} AS REAL) / COUNT(${x}), 0.0)`;
    case 'MIN':
    case 'MAX':
      return argument!.kind === 'STRING'
        ? `from_utf16(${call.name}(utf16(${x})))`
        : `${call.name}(${x})`;
    case 'LATEST_BY_OFFSET':
    case 'EARLIEST_BY_OFFSET': {
      const name = call.name === 'LATEST_BY_OFFSET' ? 'latest' : 'earliest';
      const filter = call.options[0] === false ? '' : ` FILTER (WHERE ${x} IS NOT NULL)`;
      return `${name}(${x} ORDER BY place)${filter}`;
    }
    case 'COLLECT_LIST':
      return `${isSorted ? 'list_sorted' : 'list_of'}(${x}, ${kind}, 0 ORDER BY place)`;
    case 'COLLECT_SET':
      return `${isSorted ? 'list_distinct_sorted' : 'list_distinct'}(${x}, ${kind}, 0 ORDER BY place)`;
    case 'TOPK':
      return `top(${x}, ${kind}, ${call.options[0]})`;
    case 'TOPKDISTINCT':
      return `top_distinct(${x}, ${kind}, ${call.options[0]})`;
    default:
      throw new Error(`no aggregate ${call.name}`);
  }
}

function sumSql(x: string, type: Expr['type']): string {
  switch (type.kind) {
    case 'DOUBLE':
      return `COALESCE(SUM(${x}), 0.0)`;
    case 'BIGINT':
      return `sum64(${x})`;
    case 'INTEGER':
      return wrap32(`COALESCE(SUM(${x}), 0)`);
    default:
      return `COALESCE(SUM(${x}), 0)`;
  }
}

/** Of no rows at all. */
export function emptyAggregates(calls: readonly Call[]): readonly string[] {
  return calls.map((call) => {
    if (call.name === 'COLLECT_LIST') return `'[]'`;
    return call.type.kind === 'DOUBLE' ? '0.0' : '0';
  });
}
