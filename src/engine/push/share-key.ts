/**
 * Which push queries can run as one: those that make each row from one record, whoever asks and whenever. Then a query that begins
 * anywhere in the log gives the rows that any other gave from there on, so readers may leave a common task and come back.
 */
import type { Json } from '../../base/env.ts';
import { builtinFunctions } from '../../functions/table.ts';
import type { PhysicalPlan, Step } from '../../plan/physical.ts';

/** Steps that look at one record at a time; sources only where they keep no rows. */
const statelessSteps: ReadonlySet<string> = new Set([
  'source@1',
  'filter@1',
  'project@1',
  'flatten@1',
  'rekey@1',
  'emit@1',
]);
/** What they give depends on when they are asked. Functions of users may be such, too. */
export const restlessFunctions: ReadonlySet<string> = new Set([
  'PARSE_DATE',
  'RANDOM',
  'UNIX_DATE',
  'UNIX_TIMESTAMP',
  'UUID',
]);
const builtinNames: ReadonlySet<string> = new Set(builtinFunctions.map(({ name }) => name));
/** Say where a query begins, not what its rows are. */
const startProperties: ReadonlySet<string> = new Set(['auto.offset.reset']);

/** The same for queries whose rows are the same, their LIMIT apart; null for one that has to run alone. */
export function shareKey(
  { steps }: PhysicalPlan,
  properties: Readonly<Record<string, string>>,
): string | null {
  const sources = steps.filter(({ op }) => op === 'source@1');
  if (sources.length !== 1 || !steps.every(isStateless)) return null;
  const settings = Object.entries(properties)
    .filter(([name]) => !startProperties.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([steps.map(withoutLimit), settings]);
}

/** The plan without its LIMIT, which is each reader's own. */
export function unlimited(plan: PhysicalPlan): PhysicalPlan {
  return { ...plan, steps: plan.steps.map(withoutLimit) };
}

function withoutLimit(step: Step): Step {
  return step.op === 'emit@1' ? { ...step, args: { ...(step.args as object), limit: null } } : step;
}

function isStateless({ op, args }: Step): boolean {
  if (!statelessSteps.has(op)) return false;
  if (op === 'source@1' && (args as { readonly store?: boolean }).store === true) return false;
  return !callsRestless(args);
}

function callsRestless(json: Json): boolean {
  if (json === null || typeof json !== 'object') return false;
  if (Array.isArray(json)) return json.some(callsRestless);
  const { name, fn = name, signature } = json as { readonly [name: string]: Json };
  if (typeof fn === 'string' && typeof signature === 'string') {
    const called = fn.toUpperCase();
    if (restlessFunctions.has(called) || !builtinNames.has(called)) return true;
  }
  return Object.values(json).some(callsRestless);
}
