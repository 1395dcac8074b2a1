/** What EXPLAIN and SHOW QUERIES EXTENDED say of a query: its columns, its plan (spec: api.md §4). */
import type { Json } from '../../../base/env.ts';
import type { QueryDef } from '../../../catalog/command.ts';
import type { PhysicalPlan } from '../../../plan/physical.ts';
import { printPhysicalPlan } from '../../../plan/print.ts';
import type { PrepareContext, ResultColumn } from '../statement.ts';
import type { QueryText } from './query-json.ts';
import { fieldsJson, schemaJson } from './schema-json.ts';

/** Of a persistent query in the catalog. */
export function runningQueryText(query: QueryDef, context: PrepareContext): QueryText {
  const name = query.sink ?? query.sources[0] ?? '';
  const source = context.catalog.sources.get(name);
  return {
    id: query.id,
    sql: query.sql,
    windowType: source?.window?.kind ?? null,
    fields: source === undefined ? [] : fieldsJson(source.schema),
    sources: query.sources,
    sinks: query.sink === null ? [] : [query.sink],
    topology: topologyText(query.plan),
    executionPlan: printPhysicalPlan(query.plan),
    overrides: query.properties,
    queryType: 'PERSISTENT',
  };
}

/** Of a push query that runs, where only its text is known. */
export function pushQueryText(query: { readonly id: string; readonly sql: string }): QueryText {
  return {
    id: query.id,
    sql: query.sql,
    windowType: null,
    fields: [],
    sources: [],
    sinks: [],
    topology: '',
    executionPlan: '',
    overrides: {},
    queryType: 'PUSH',
  };
}

/** Columns of a result; transient queries do not mark keys. */
export function resultFieldsJson(columns: readonly ResultColumn[]): readonly Json[] {
  return columns.map(({ name, type }) => ({ name, schema: schemaJson(type) }));
}

/** The steps as a graph in the form of Kafka Streams' topology descriptions: one sub-topology, a node a step. */
export function topologyText(plan: PhysicalPlan): string {
  const lines = ['Topologies:', '   Sub-topology: 0'];
  for (const step of plan.steps) {
    const next = plan.steps.filter((other) => other.inputs.includes(step.id)).map(({ id }) => id);
    const kind = step.op.startsWith('source@')
      ? 'Source'
      : step.op.startsWith('sink@')
        ? 'Sink'
        : 'Processor';
    lines.push(`    ${kind}: ${step.id} (${step.op})`);
    if (next.length > 0) lines.push(`      --> ${next.join(', ')}`);
    if (step.inputs.length > 0) lines.push(`      <-- ${step.inputs.join(', ')}`);
  }
  return `${lines.join('\n')}\n`;
}
