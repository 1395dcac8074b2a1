/** What a query is at each stage of planning: as analysed, and after the rules. The physical plan comes after these. */
import { parse } from '../../../grammar/parse.ts';
import type { Statement } from '../../../grammar/ast.ts';
import { printLogicalPlan } from '../../plan/print.ts';
import { rewrite } from '../../plan/rules/rules.ts';
import type { LogicalPlan } from '../../plan/logical.ts';
import { analyzePersistent, analyzeTransient } from '../query/analyze.ts';
import type { PersistentTarget } from '../query/analyzed.ts';
import { queryContext } from './analyze.ts';
import type { PrepareContext } from './statement.ts';

/** A stage and the plan as it then is, printed. */
export interface PlanStage {
  readonly name: string;
  readonly plan: string;
}

/** None for pull queries over tables, which are not planned, and for what runs no query. */
export function planStages(statement: Statement, context: PrepareContext): readonly PlanStage[] {
  const plan = logicalPlan(statement, context);
  if (plan === null) return [];
  return [
    { name: 'Logical plan', plan: printLogicalPlan(plan) },
    { name: 'Logical plan after rules', plan: printLogicalPlan(rewrite(plan)) },
  ];
}

/** Of a query that runs, from the text it is stored with. */
export function planStagesOf(sql: string, context: PrepareContext): readonly PlanStage[] {
  const [statement] = parse(sql);
  return statement === undefined ? [] : planStages(statement, { ...context, text: sql });
}

function logicalPlan(statement: Statement, context: PrepareContext): LogicalPlan | null {
  const analysis = queryContext(context);
  switch (statement.kind) {
    case 'select':
      return statement.query.emit === null
        ? null
        : analyzeTransient(statement.query, analysis).plan;
    case 'createSourceAs': {
      const target: PersistentTarget = {
        sink: statement.name.name,
        statement: `CREATE ${statement.sourceType} AS SELECT`,
      };
      return analyzePersistent(statement.query, analysis, target).plan;
    }
    case 'insertInto': {
      const target: PersistentTarget = { sink: statement.target.name, statement: 'INSERT INTO' };
      return analyzePersistent(statement.query, analysis, target).plan;
    }
    default:
      return null;
  }
}
