/**
 * Units of time as arguments (spec: functions.md §3.9). DAY, HOUR, MINUTE and SECOND are no reserved words, so the grammar
 * takes them for columns; where a function wants a unit they are one.
 */
import type * as ast from '../../../grammar/ast.ts';

/** Functions whose first argument is a unit. */
const takesUnit: ReadonlySet<string> = new Set([
  'DATEADD',
  'DATESUB',
  'TIMEADD',
  'TIMESUB',
  'TIMESTAMPADD',
  'TIMESTAMPSUB',
]);

const unitWords: ReadonlyMap<string, ast.TimeUnit> = new Map([
  ['DAY', 'DAYS'],
  ['HOUR', 'HOURS'],
  ['MINUTE', 'MINUTES'],
  ['SECOND', 'SECONDS'],
]);

/** The call's arguments, a unit being one. */
export function argumentsOf(call: ast.FunctionCall): readonly ast.Argument[] {
  const [first, ...rest] = call.arguments;
  if (!takesUnit.has(call.name.name) || first?.kind !== 'column') return call.arguments;
  if (first.source !== null || first.name.quoted) return call.arguments;
  const unit = unitWords.get(first.name.name);
  if (unit === undefined) return call.arguments;
  return [{ kind: 'intervalUnit', unit, span: first.span }, ...rest];
}
