/** Stored plans may come from a newer version, whose steps mean nothing here. */
import { type ProblemError, problem } from '../../base/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { PhysicalPlan } from '../../plan/physical.ts';
import { isStepOp } from '../../plan/steps.ts';

/** Versions of plans up to this one can be run. */
const planVersionMax = 1;

/** Throws `catalog.newer-plan` for the first query whose plan this version does not know: to guess would be to write wrong rows. */
export function requireStepsOf(catalog: Catalog): void {
  for (const { id, plan } of catalog.queries.values()) {
    const unknown = unknownIn(plan);
    if (unknown !== null) throw newer(id, unknown);
  }
}

function unknownIn(plan: PhysicalPlan): string | null {
  const version: number = plan.version;
  if (version > planVersionMax) return `a plan of version ${version}`;
  const step = plan.steps.find(({ op }) => !isStepOp(op));
  return step === undefined ? null : `the step ${step.op}`;
}

function newer(query: string, what: string): ProblemError {
  return problem(
    'catalog.newer-plan',
    `Query ${query} has ${what}, which this version does not know`,
    {
      hint: 'The data directory was written by a newer version: run that or a newer one.',
    },
  );
}
