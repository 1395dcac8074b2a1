import { describe, expect, test } from 'vitest';
import { bindAggregate, CONTEXT, resultOver } from '../../../test/functions/aggregate-runner.ts';
import { readColumn, readLiteral, splitTopLevel } from '../../../test/functions/literals.ts';
import { textFunction } from '../../types/java-text.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import type { AggregateDef, TableFunctionDef } from '../define.ts';
import { createRegistry } from '../registry.ts';
import { resolveCall } from '../resolve.ts';
import { tableFunctions } from '../table-functions/table.ts';
import { aggregateFunctions } from './table.ts';

const EXAMPLE = /^(\w+)\((.*)\) for (?:\((.*)\)|(\w+)) in (.*)$/;

/** Runs `<call> for <names> in <rows>`. */
function runAggregate(def: AggregateDef, example: string): string {
  const match = EXAMPLE.exec(example);
  expect(match, example).not.toBeNull();
  const [, name, args, names, oneName, rows] = match!;
  expect(name!.toUpperCase()).toBe(def.name);
  const columns = names === undefined ? [oneName!] : [...splitTopLevel(names)];
  const cells = splitTopLevel(rows!).map((row) =>
    names === undefined ? [row] : splitTopLevel(row.slice(1, -1)),
  );
  const typed = columns.map((_, at) => readColumn(cells.map((row) => row[at]!)));
  const [called, inits] = [splitTopLevel(args!), splitTopLevel(args!).slice(columns.length)];
  expect(called.slice(0, columns.length)).toEqual(columns);
  const { aggregate, result } = bindAggregate(
    def,
    typed.map(({ type }) => type ?? { kind: 'INTEGER' }),
    inits.map(readLiteral) as { type: SqlType; value: Value }[],
  );
  const value = resultOver(
    aggregate,
    cells.map((_, row) => typed.map(({ values }) => values[row]!)),
  );
  return value === null ? 'null' : textFunction(result)(value);
}

/** Runs a call with literals; rows are separated by semicolons. */
function runTableFunction(def: TableFunctionDef, example: string): string {
  const args = splitTopLevel(example.slice(example.indexOf('(') + 1, -1)).map(readLiteral);
  const call = resolveCall(
    def,
    args.map(({ type }) => ({ kind: 'value', type })),
  );
  const run = call.overload.bind({ ...CONTEXT, args: call.args, result: call.result });
  const text = textFunction(call.result);
  return [...run(...(args.map(({ value }) => value) as never[]))]
    .map((value) => (value === null ? 'null' : text(value)))
    .join('; ');
}

describe('examples', () => {
  test.each(
    aggregateFunctions.flatMap((def) =>
      def.examples.map(([call, text]) => [call, text, def] as const),
    ),
  )('%s is %s', (call, text, def) => {
    expect(runAggregate(def, call)).toBe(text);
  });
  test.each(
    tableFunctions.flatMap((def) => def.examples.map(([call, text]) => [call, text, def] as const)),
  )('%s gives %s', (call, text, def) => {
    expect(runTableFunction(def, call)).toBe(text);
  });
  test('every function has one, and a registry takes them all', () => {
    const defs = [...aggregateFunctions, ...tableFunctions];
    expect(defs.filter(({ examples }) => examples.length === 0)).toEqual([]);
    expect([...createRegistry(defs).all()].length).toBe(20);
  });
});
