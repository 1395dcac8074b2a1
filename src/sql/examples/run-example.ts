/**
 * Runs the examples of functions as SQL runs them: parsed, bound with overloads resolved, compiled, called. A scalar function's
 * example is an expression, a table function's a call whose rows are joined by `; `, an aggregate's `<call> for <names> in
 * <rows>`: `sum(x) for x in 1, 2, NULL` or `f(x, y) for (x, y) in (1, 2), (3, 4)`.
 */
import type { FunctionCall } from '../../../grammar/ast.ts';
import { parseExpression } from '../../../grammar/parse.ts';
import { compileExpression } from '../../execution/codegen/compile.ts';
import type { CompileContext } from '../../execution/codegen/expression.ts';
import type {
  AggregateDef,
  CallContext,
  FunctionDef,
  FunctionRegistry,
  TableFunctionDef,
} from '../../functions/define.ts';
import type { ResolvedCall } from '../../functions/resolve.ts';
import { textFunction } from '../../types/java-text.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { bindExpression, createBinder } from '../expression/bind.ts';
import { bindArguments } from '../expression/calls.ts';
import type { BindEnvironment } from '../expression/environment.ts';
import { emptyScope, type Scope } from '../expression/scope.ts';
import { aggregateLaws } from './aggregate-laws.ts';
import { readAggregateExample } from './aggregate-example.ts';

export interface ExampleContext {
  readonly functions: FunctionRegistry;
  readonly properties: Readonly<Record<string, string>>;
  readonly now: () => number;
  readonly random: () => number;
}

/** The text of the result, `null` for NULL. Throws what the analysis or the function throws. */
export function runExample(def: FunctionDef, example: string, context: ExampleContext): string {
  switch (def.kind) {
    case 'scalar':
      return runScalar(example, context);
    case 'table':
      return runTable(def, example, context);
    case 'aggregate':
      return runAggregate(def, example, context);
  }
}

function runScalar(example: string, context: ExampleContext): string {
  const { type, value } = evaluate(example, context);
  return textOf(type, value);
}

/** A constant expression. */
function evaluate(
  sql: string,
  context: ExampleContext,
): { readonly type: SqlType | null; readonly value: Value } {
  const bound = bindExpression(parseExpression(sql), environment(sql, emptyScope, context));
  const value = compileExpression(bound, compileContext(context))(null, [], context.now());
  return { type: bound.type, value };
}

function runTable(def: TableFunctionDef, example: string, context: ExampleContext): string {
  const call = parseCall(def, example);
  const { resolved, args } = bindArguments(
    def,
    call.arguments,
    createBinder(environment(example, emptyScope, context)),
  );
  const compiled = args.map((arg) => compileExpression(arg, compileContext(context)));
  const run = resolved.overload.bind(callContext(resolved, context)) as (
    ...values: Value[]
  ) => Iterable<Value>;
  return [...run(...compiled.map((arg) => arg(null, [], 0)))]
    .map((row) => textOf(resolved.result, row))
    .join('; ');
}

function runAggregate(def: AggregateDef, example: string, context: ExampleContext): string {
  const { call: sql, names, columns } = readAggregateExample(example);
  const call = parseCall(def, sql);
  const evaluated = columns.map((cells) => column(cells, context));
  const scope: Scope = {
    sources: [],
    joined: false,
    columns: names.map((name, index) => {
      const { type } = evaluated[index]!;
      const upper = name.toUpperCase();
      const expression = { kind: 'column', type, side: 'value', index, name: upper } as const;
      return { source: null, name: upper, role: 'value', expression };
    }),
  };
  const { resolved, args } = bindArguments(
    def,
    call.arguments,
    createBinder(environment(sql, scope, context)),
  );
  const compiled = args.map((arg) => compileExpression(arg, compileContext(context)));
  const literals = compiled.slice(resolved.columnCount).map((arg) => arg(null, [], 0));
  const aggregate = resolved.overload.bind(callContext(resolved, context), literals);
  const rows = (evaluated[0]?.values ?? []).map((_, at): Row => {
    const row = evaluated.map(({ values }) => values[at]!);
    return compiled.slice(0, resolved.columnCount).map((arg) => arg(null, row, 0));
  });
  return textOf(resolved.result, aggregateLaws(aggregate, resolved.result, rows));
}

/** Cells as values of their common type; a column of NULLs alone counts as INTEGER. */
function column(
  cells: readonly string[],
  context: ExampleContext,
): { readonly type: SqlType; readonly values: readonly Value[] } {
  if (cells.every((cell) => cell.toUpperCase() === 'NULL'))
    return { type: { kind: 'INTEGER' }, values: cells.map(() => null) };
  const { type, value } = evaluate(`ARRAY[${cells.join(', ')}]`, context);
  if (type?.kind !== 'ARRAY') throw new Error(`no values: ${cells.join(', ')}`);
  return { type: type.element, values: value as readonly Value[] };
}

function parseCall(def: FunctionDef, sql: string): FunctionCall {
  const node = parseExpression(sql);
  if (node.kind !== 'call' || node.name.name.toUpperCase() !== def.name)
    throw new Error(`an example of ${def.name} is a call of it: ${sql}`);
  return node;
}

function environment(text: string, scope: Scope, context: ExampleContext): BindEnvironment {
  const { functions, properties } = context;
  return { scope, clause: 'SELECT', functions, types: new Map(), properties, text };
}

/** What fails alone in a query fails the example. */
function compileContext(context: ExampleContext): CompileContext {
  return {
    ...context,
    onError: (message) => {
      throw new Error(message);
    },
  };
}

function callContext(
  resolved: ResolvedCall<unknown>,
  { properties, now, random }: ExampleContext,
): CallContext {
  return {
    args: resolved.args,
    result: resolved.result,
    property: (name) => properties[name],
    now,
    random,
  };
}

function textOf(type: SqlType | null, value: Value): string {
  return value === null || type === null ? 'null' : textFunction(type)(value);
}
