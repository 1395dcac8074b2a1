/** Aggregates over their history: the arguments of every row that counts, in the order of arrival (functions.md §4). */
import type { Expr, Value } from '../model.ts';
import { fitted, wrapped } from './numbers.ts';

export type AggregateExpr = Expr & { readonly kind: 'aggregate' };

/** What one row contributes to one aggregate. `sequence` is its place among all rows. */
export interface Contribution {
  readonly args: readonly Value[];
  readonly sequence: number;
}

/** Takes a contribution back: the last that is equal. */
export function withdrawn(
  history: readonly Contribution[],
  args: readonly Value[],
): readonly Contribution[] {
  const at = history.findLastIndex((one) => args.every((arg, index) => one.args[index] === arg));
  return at < 0 ? history : history.toSpliced(at, 1);
}

export function aggregate(call: AggregateExpr, history: readonly Contribution[]): Value {
  const all = history.map(({ args }) => args[0] ?? null);
  const values = all.filter((value) => value !== null);
  const argument = call.args[0]?.type;
  switch (call.name) {
    case 'COUNT':
      return BigInt(call.args.length === 0 ? history.length : values.length);
    case 'COUNT_DISTINCT':
      return BigInt(new Set(values).size);
    case 'SUM':
      return sum(call, values);
    case 'AVG': {
      if (values.length === 0) return 0;
      return Number(sum({ ...call, type: argument! }, values)) / values.length;
    }
    case 'MIN':
      return values.reduce<Value>(
        (best, value) => (best === null || value < best ? value : best),
        null,
      );
    case 'MAX':
      return values.reduce<Value>(
        (best, value) => (best === null || value > best ? value : best),
        null,
      );
    case 'LATEST_BY_OFFSET':
      return byOffset(call, history).at(-1) ?? null;
    case 'EARLIEST_BY_OFFSET':
      return byOffset(call, history)[0] ?? null;
    case 'COLLECT_LIST':
      return all;
    case 'COLLECT_SET':
      return [...new Set(all)];
    case 'TOPK':
      return descending(values).slice(0, Number(call.options[0]));
    case 'TOPKDISTINCT':
      return descending([...new Set(values)]).slice(0, Number(call.options[0]));
    default:
      throw new Error(`no aggregate ${call.name}`);
  }
}

function sum(call: AggregateExpr, values: readonly Value[]): Value {
  const { type } = call;
  if (type.kind === 'DOUBLE')
    return values.reduce<number>((left, value) => left + (value as number), 0);
  const total = values.reduce<bigint>((left, value) => left + (value as bigint), 0n);
  return type.kind === 'DECIMAL' ? fitted(total, type) : wrapped(total, type);
}

/** Values in the order of arrival, NULLs left out unless the second argument is false. */
function byOffset(call: AggregateExpr, history: readonly Contribution[]): Value[] {
  const values = history.toSorted((a, b) => a.sequence - b.sequence).map(({ args }) => args[0]!);
  return call.options[0] === false ? values : values.filter((value) => value !== null);
}

function descending(values: readonly Value[]): Value[] {
  return values.toSorted((a, b) => (a! < b! ? 1 : a! > b! ? -1 : 0));
}
