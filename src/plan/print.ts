/**
 * Plans as text, for EXPLAIN and tests: the root first, inputs below it and indented.
 *
 *      > [ SINK ] Sink: OUT to out, ID STRING KEY, N BIGINT
 *          > [ AGGREGATE ] Aggregate: COUNT(ARG_0) AS N
 */
import { unreachable } from '../base/assert.ts';
import type { Field } from '../types/type.ts';
import { formatType } from '../types/format-type.ts';
import type { NamedExpression } from './expression.ts';
import type { AggregateCall, LogicalPlan, TableFunctionCall, WindowSpec } from './logical.ts';
import type { PhysicalPlan, Step } from './physical.ts';
import { printExpression } from './print-expression.ts';
import { argsOf, type SourceArgs, type StepOp } from './steps.ts';

const INDENT = '    ';

/** Steps from the root down. */
export function printPhysicalPlan(plan: PhysicalPlan): string {
  const byId = new Map(plan.steps.map((step) => [step.id, step]));
  const lines: string[] = [];
  const print = (step: Step, depth: number): void => {
    const [name] = step.op.split('@');
    const title = ` > [ ${name!.toUpperCase()} ] ${step.id}`;
    lines.push(INDENT.repeat(depth) + `${title}: ${describeStep(step)}`.replace(/: $/, ''));
    for (const input of step.inputs) print(byId.get(input)!, depth + 1);
  };
  print(plan.steps.at(-1)!, 0);
  return lines.join('\n');
}

/** Nodes from the root down. */
export function printLogicalPlan(plan: LogicalPlan): string {
  const lines: string[] = [];
  const print = (node: LogicalPlan, depth: number): void => {
    const columns = columnsText(node.key, node.value);
    lines.push(
      `${INDENT.repeat(depth)} > [ ${node.kind.toUpperCase()} ] ${describeNode(node)} | ${columns}`,
    );
    for (const input of inputsOf(node)) print(input, depth + 1);
  };
  print(plan, 0);
  return lines.join('\n');
}

/** `ID STRING KEY, N BIGINT` */
function columnsText(key: readonly Field[], value: readonly Field[]): string {
  const column = ({ name, type }: Field): string => `${name} ${formatType(type)}`;
  return [...key.map((field) => `${column(field)} KEY`), ...value.map(column)].join(', ');
}

function namedText({ name, expression }: NamedExpression): string {
  const text = printExpression(expression);
  return text === name ? name : `${text} AS ${name}`;
}

function listText(columns: readonly NamedExpression[]): string {
  return columns.map(namedText).join(', ');
}

function callText(call: AggregateCall | TableFunctionCall): string {
  const inits = 'inits' in call ? call.inits : [];
  return `${call.fn}(${[...call.args, ...inits].map(printExpression).join(', ')}) AS ${call.name}`;
}

function windowText(spec: WindowSpec): string {
  const { kind, sizeMs, advanceMs, graceMs, retentionMs } = spec;
  const advance = kind === 'HOPPING' ? `, advance ${advanceMs} ms` : '';
  return `${kind} ${sizeMs} ms${advance}, grace ${graceMs} ms, retention ${retentionMs} ms`;
}

function aggregateText(
  calls: readonly AggregateCall[],
  spec: WindowSpec | null,
  isFinal: boolean,
): string {
  const window = spec === null ? '' : ` | ${windowText(spec)}`;
  return calls.map(callText).join(', ') + window + (isFinal ? ' | final' : '');
}

function inputsOf(node: LogicalPlan): readonly LogicalPlan[] {
  if (node.kind === 'scan') return [];
  return node.kind === 'join' ? [node.left, node.right] : [node.input];
}

function describeNode(node: LogicalPlan): string {
  switch (node.kind) {
    case 'scan':
      return node.alias === node.source ? node.source : `${node.source} AS ${node.alias}`;
    case 'filter':
      return printExpression(node.predicate);
    case 'project':
    case 'emit':
      return listText(node.columns);
    case 'rekey':
      return node.by.length === 0 ? 'no key' : listText(node.by);
    case 'flatten':
      return node.calls.map(callText).join(', ');
    case 'aggregate':
      return `${listText(node.by)} | ${aggregateText(node.calls, node.spec, node.final)}`;
    case 'join':
      return `${node.type} ${node.join}`;
    case 'sink':
      return `${node.source} to ${node.topic}`;
    default:
      return unreachable(node);
  }
}

function describeStep(step: Step): string {
  switch (step.op as StepOp) {
    case 'source@1':
      return sourceText(argsOf(step, 'source@1'));
    case 'filter@1':
      return printExpression(argsOf(step, 'filter@1').predicate);
    case 'project@1':
      return listText(argsOf(step, 'project@1').columns);
    case 'flatten@1':
      return argsOf(step, 'flatten@1').calls.map(callText).join(', ');
    case 'rekey@1':
      return listText(argsOf(step, 'rekey@1').by) || 'no key';
    case 'group@1':
      return listText(argsOf(step, 'group@1').by);
    case 'exchange@1': {
      const { key, keyFormat, like } = argsOf(step, 'exchange@1');
      return `${columnsText(key, [])} in ${keyFormat.format}, partitions as ${like}`;
    }
    case 'aggregate@1': {
      const { calls, spec, final } = argsOf(step, 'aggregate@1');
      return aggregateText(calls, spec, final);
    }
    case 'join@1': {
      const { type, join } = argsOf(step, 'join@1');
      return `${type} ${join}`;
    }
    case 'materialize@1':
      return '';
    case 'sink@1': {
      const { source, topic, key, value } = argsOf(step, 'sink@1');
      return `${source} to ${topic}, ${columnsText(key, value)}`;
    }
    case 'emit@1':
      return listText(argsOf(step, 'emit@1').columns);
    default:
      return '';
  }
}

function sourceText(args: SourceArgs): string {
  const needed = args.needed.map((index) => args.value[index]!);
  const read = columnsText(args.key, needed) || 'nothing';
  return `${args.source} from ${args.topic}, reads ${read}${args.store ? ', keeps rows' : ''}`;
}
