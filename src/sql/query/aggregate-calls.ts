/** The aggregate functions a query calls, each distinct call once (spec: functions.md §4). */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { AggregateDef, CallContext, FunctionRegistry } from '../../functions/define.ts';
import { literalRequired } from '../../functions/resolve.ts';
import type { Expression } from '../../plan/expression.ts';
import type { AggregateCall } from '../../plan/logical.ts';
import type { SqlType } from '../../types/type.ts';
import { findFunction } from '../find-function.ts';
import { createBinder } from '../expression/bind.ts';
import { bindArguments } from '../expression/calls.ts';
import { untypedNull } from '../expression/containers.ts';
import { type BindEnvironment, printResolved } from '../expression/environment.ts';
import { literalValue } from '../expression/implicit-cast.ts';
import { callsOf, columnReferences } from '../expression/walk.ts';
import { listed } from './names.ts';
import { WINDOW_BOUNDS } from './relation.ts';

/** Whether the name is an aggregate function's. */
export function isAggregate(functions: FunctionRegistry, name: string): boolean {
  return functions.get(name)?.kind === 'aggregate';
}

/** `COUNT(*)` and an aggregate without arguments count rows: they take ROWTIME. */
export function withRowtime(call: ast.FunctionCall): ast.FunctionCall {
  if (call.arguments.length > 0) return call;
  const name: ast.Identifier = {
    kind: 'identifier',
    name: 'ROWTIME',
    quoted: false,
    span: call.span,
  };
  const rowtime: ast.ColumnReference = { kind: 'column', source: null, name, span: call.span };
  return { ...call, star: false, arguments: [rowtime] };
}

/** One call, its text (equal texts are one call) and what is kept of it while rows come in. */
export interface BoundAggregate {
  readonly text: string;
  readonly call: AggregateCall;
  /** Type of the accumulator in the store. */
  readonly stored: SqlType;
  /** Rows can be taken back: works over tables. */
  readonly canUndo: boolean;
}

/** Binds the distinct aggregate calls in the expressions, in order. */
export function bindAggregates(
  nodes: readonly ast.Expression[],
  options: {
    readonly environment: BindEnvironment;
    readonly rowtime: Expression;
    readonly windowed: boolean;
  },
): readonly BoundAggregate[] {
  const { environment } = options;
  const calls = nodes.flatMap((node) =>
    callsOf(node, (name) => isAggregate(environment.functions, name)),
  );
  const bound: BoundAggregate[] = [];
  for (const call of calls) {
    checkNotNested(call, environment);
    const text = aggregateText(call, environment);
    if (bound.some((known) => known.text === text)) continue;
    if (options.windowed) checkNoBounds(call);
    bound.push(bindAggregate(call, text, { ...options, index: bound.length }));
  }
  return bound;
}

/** The text that tells calls apart. */
export function aggregateText(call: ast.FunctionCall, { scope }: BindEnvironment): string {
  return printResolved(withRowtime(call), scope);
}

function bindAggregate(
  call: ast.FunctionCall,
  text: string,
  options: {
    readonly environment: BindEnvironment;
    readonly rowtime: Expression;
    readonly index: number;
  },
): BoundAggregate {
  const { environment, rowtime, index } = options;
  const def = findFunction(call.name, environment.functions) as AggregateDef;
  const counted = call.arguments.length === 0;
  const binder = createBinder({
    ...environment,
    known: (node) =>
      counted && node.kind === 'column' && node.span === call.span ? rowtime : null,
  });
  const nodes = withRowtime(call).arguments;
  const { resolved, args } = bindArguments(def, nodes, binder);
  const untyped = args.slice(0, resolved.columnCount).findIndex(({ type }) => type === null);
  if (untyped >= 0) throw untypedNull(nodes[untyped]!);
  const inits = args.slice(resolved.columnCount);
  for (const [at, init] of inits.entries()) {
    if (init.kind === 'literal') continue;
    const position = resolved.columnCount + at;
    const node = nodes[position]!;
    const shown =
      node.kind === 'lambda' || node.kind === 'intervalUnit'
        ? node.kind
        : printResolved(node, environment.scope);
    throw problem('analyze.literal-required', literalRequired(def.name, position + 1, shown), {
      span: node.span,
    });
  }
  const context: CallContext = {
    args: resolved.args,
    result: resolved.result,
    property: (name) => environment.properties[name],
    now: () => 0,
    random: () => 0,
  };
  const machine = resolved.overload.bind(
    context,
    inits.map((init) => (init.kind === 'literal' ? literalValue(init) : null)),
  );
  return {
    text,
    call: {
      name: `KSQL_AGG_VARIABLE_${index}`,
      fn: def.name,
      signature: resolved.overload.signature,
      args: args.slice(0, resolved.columnCount),
      inits,
      type: resolved.result,
    },
    stored: machine.stored,
    canUndo: machine.undo !== undefined,
  };
}

function checkNotNested(call: ast.FunctionCall, environment: BindEnvironment): void {
  const inner = call.arguments.flatMap((argument) =>
    callsOf(argument, (name) => isAggregate(environment.functions, name)),
  )[0];
  if (inner === undefined) return;
  throw problem(
    'analyze.nested-aggregate',
    `Aggregate functions can not be nested: ${call.name.name}(${inner.name.name}())`,
    { span: call.span },
  );
}

/** Windowed aggregations know the bounds of a row's window only once it is aggregated. */
export function checkNoBounds(node: ast.Argument): void {
  const bound = columnReferences(node).find(({ name }) => WINDOW_BOUNDS.includes(name.name));
  if (bound === undefined) return;
  throw problem(
    'analyze.window-bounds',
    `Window bounds column ${bound.name.name} can only be used in the SELECT clause of windowed aggregations and can not be passed to aggregate functions.\nSee https://github.com/confluentinc/ksql/issues/4397`,
    { span: bound.span },
  );
}

/** Over a table every aggregate must be able to take a row back. */
export function checkUndo(aggregates: readonly BoundAggregate[]): void {
  const names = [
    ...new Set(aggregates.filter(({ canUndo }) => !canUndo).map(({ call }) => call.fn)),
  ];
  if (names.length === 0) return;
  throw problem(
    'analyze.aggregate-over-table',
    `The aggregation function${names.length > 1 ? 's' : ''} ${listed(names)} cannot be applied to a table source, only to a stream source.`,
  );
}

/** The store is written in the source's value format. */
export function checkStorable(aggregates: readonly BoundAggregate[], valueFormat: string): void {
  const nested = ['ARRAY', 'MAP', 'STRUCT'];
  if (valueFormat !== 'DELIMITED') return;
  if (!aggregates.some(({ stored }) => nested.includes(stored.kind))) return;
  throw problem(
    'analyze.aggregate-format',
    'One of the functions used in the statement has an intermediate type that the value format can not handle. Please remove the function or change the format.',
  );
}
