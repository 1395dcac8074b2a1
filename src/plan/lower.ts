/**
 * Logical plan to physical plan: one walk from the root that carries down what is needed below (columns, rows before a
 * change, kept state) and brings up what stands there (partitioning, where rows are materialised).
 *
 * - Sources decode only the columns that somebody reads.
 * - A stream that was re-keyed moves to its key's partition only where that matters: before an aggregation or a join. What
 *   filters and projects stands before the exchange.
 * - A table source keeps its rows only if somebody reads the row before a change (WHERE, GROUP BY over a table) or pull
 *   queries will want them.
 */
import { assert, unreachable } from '../base/assert.ts';
import type { FormatSpec } from '../formats/format.ts';
import type { TopicSpec } from '../log/log.ts';
import type { Field, Schema } from '../types/type.ts';
import { addValueColumns } from './columns.ts';
import {
  allColumns,
  type Demand,
  isSameKey,
  type Lowered,
  readBy,
  slotted,
  splitColumns,
  transformed,
  underneath,
  unread,
} from './demand.ts';
import { internalKeyFormat } from './key-format.ts';
import type { LogicalPlan, WindowedKey } from './logical.ts';
import type { PhysicalPlan, Step } from './physical.ts';
import { rewrite } from './rules/rules.ts';
import { makeStep, type StepArgs, type StepOp } from './steps.ts';

/** What lowering wants to know of a source; a catalog's SourceDef is one. */
export interface ScanSource {
  readonly name: string;
  readonly collection: 'stream' | 'table';
  readonly schema: Schema;
  readonly topic: string;
  readonly keyFormat: FormatSpec;
  readonly valueFormat: FormatSpec;
  readonly window: WindowedKey | null;
  readonly timestamp: { readonly column: string; readonly format: string | null } | null;
}
/** Finds a source by name. */
export type SourceLookup = (name: string) => ScanSource;

export interface LowerContext {
  readonly sources: SourceLookup;
  /** `_confluent-ksql-<service id>query_<query id>`, in whose name internal topics are listed; none are without. */
  readonly internalTopicPrefix?: string;
  /** Partition counts, for the internal topics. */
  readonly partitions?: (topic: string) => number;
}

/** Lowers a query whose root is a sink, an emit or (a materialised source table) a scan. */
export function lowerQuery(logical: LogicalPlan, context: LowerContext): PhysicalPlan {
  const lowering = new Lowering(context);
  const plan = rewrite(logical);
  const materialized = lowering.root(plan);
  return {
    version: 1,
    steps: lowering.steps,
    internalTopics: lowering.internalTopics,
    materialized,
  };
}

type Of<Kind extends LogicalPlan['kind']> = Extract<LogicalPlan, { kind: Kind }>;

class Lowering {
  readonly steps: Step[] = [];
  readonly internalTopics: TopicSpec[] = [];
  readonly #context: LowerContext;
  readonly #ids = new Set<string>();

  constructor(context: LowerContext) {
    this.#context = context;
  }

  root(plan: LogicalPlan): PhysicalPlan['materialized'] {
    const base = { before: false, exact: true, path: '', scan: 'KsqlTopic' };
    if (plan.kind === 'emit') {
      const columns = readBy(plan.columns.map((column) => column.expression));
      const input = this.#node(plan.input, { ...base, columns, keep: false });
      this.#step('emit@1', 'Emit', [input.id], {
        columns: plan.columns,
        limit: plan.limit,
        collection: plan.collection,
        valueWidth: plan.input.value.length,
      });
      return null;
    }
    const keep = plan.collection === 'table';
    if (plan.kind !== 'sink')
      return this.#node(plan, { ...base, columns: allColumns(plan), keep }).materialized;
    return this.#sink(plan, keep);
  }

  #sink(plan: Of<'sink'>, keep: boolean): PhysicalPlan['materialized'] {
    let input = this.#node(plan.input, {
      columns: allColumns(plan.input),
      before: false,
      exact: true,
      keep,
      path: '',
      scan: 'KsqlTopic',
    });
    if (keep && input.materialized === null) input = this.#materialize(plan, input);
    this.#step('sink@1', 'Sink', [input.id], {
      source: plan.source,
      topic: plan.topic,
      key: plan.key,
      value: plan.value,
      keyFormat: plan.keyFormat,
      valueFormat: plan.valueFormat,
      window: plan.window,
      timestamp: plan.timestamp,
      collection: plan.collection,
    });
    return keep ? input.materialized : null;
  }

  #materialize(plan: Of<'sink'>, input: Lowered): Lowered {
    const id = this.#step('materialize@1', 'Materialize', [input.id], {
      key: plan.key,
      value: plan.value,
      window: plan.window,
      keyFormat: input.keyFormat,
    });
    return { ...input, id, materialized: { store: id, transforms: [] } };
  }

  #node(node: LogicalPlan, demand: Demand): Lowered {
    switch (node.kind) {
      case 'scan':
        return this.#scan(node, demand);
      case 'filter':
        return this.#filter(node, demand);
      case 'project':
        return this.#project(node, demand);
      case 'rekey':
        return this.#rekey(node, demand);
      case 'flatten':
        return this.#flatten(node, demand);
      case 'aggregate':
        return this.#aggregate(node, demand);
      case 'join':
        return this.#join(node, demand);
      case 'sink':
      case 'emit':
        assert(false, `${node.kind} only at the root of a plan`);
        break;
      default:
        unreachable(node);
    }
    return unreachable(node as never);
  }

  #scan(node: Of<'scan'>, demand: Demand): Lowered {
    const source = this.#context.sources(node.source);
    const { value } = source.schema;
    const store = node.collection === 'table' && (demand.before || demand.keep);
    // Rows that are kept are whole: an upgraded query may ask for columns that this one does not.
    const isWhole = store && demand.keep;
    const id = this.#step('source@1', demand.path + demand.scan, [], {
      source: source.name,
      topic: source.topic,
      collection: source.collection,
      keyFormat: source.keyFormat,
      valueFormat: source.valueFormat,
      key: source.schema.key,
      value,
      needed: value.flatMap((_, index) => (isWhole || demand.columns.has(index) ? [index] : [])),
      window: source.window,
      timestamp: source.timestamp,
      pseudo: node.pseudo,
      store,
    });
    return {
      id,
      isPartitioned: source.schema.key.length > 0,
      keyFormat: source.keyFormat,
      topic: source.topic,
      materialized: store ? { store: id, transforms: [] } : null,
    };
  }

  #filter(node: Of<'filter'>, demand: Demand): Lowered {
    const columns = new Set(demand.columns);
    addValueColumns(node.predicate, columns);
    const exact = node.collection === 'table' && demand.exact;
    const input = this.#node(node.input, { ...demand, columns, before: demand.before || exact });
    const isHaving = underneath(node.input).kind === 'aggregate';
    const name = isHaving ? 'Aggregate-HavingFilter' : 'WhereFilter';
    const id = this.#step('filter@1', demand.path + name, [input.id], {
      collection: node.collection,
      predicate: node.predicate,
      text: node.text,
      exact,
    });
    return transformed(input, id);
  }

  #project(node: Of<'project'>, demand: Demand): Lowered {
    const columns = node.columns.map((column, index) =>
      demand.columns.has(index) ? column : unread(column),
    );
    const input = this.#node(node.input, {
      ...demand,
      columns: readBy(columns.map((column) => column.expression)),
    });
    const isAggregate = underneath(node.input).kind === 'aggregate';
    const id = this.#step(
      'project@1',
      `${demand.path}${isAggregate ? 'Aggregate-Project' : 'Project'}`,
      [input.id],
      { columns, before: demand.before },
    );
    return transformed(input, id);
  }

  #rekey(node: Of<'rekey'>, demand: Demand): Lowered {
    const by = node.by.map((column) => column.expression);
    const input = this.#node(node.input, { ...demand, columns: readBy(by, demand.columns) });
    const id = this.#step('rekey@1', `${demand.path}PartitionBy`, [input.id], {
      by: node.by,
    });
    return {
      ...input,
      id,
      isPartitioned: false,
      keyFormat: internalKeyFormat(input.keyFormat, node.key),
      materialized: null,
    };
  }

  #flatten(node: Of<'flatten'>, demand: Demand): Lowered {
    const width = node.input.value.length;
    const passed = new Set([...demand.columns].filter((index) => index < width));
    const columns = readBy(
      node.calls.flatMap((call) => call.args),
      passed,
    );
    const input = this.#node(node.input, { ...demand, columns });
    const id = this.#step('flatten@1', `${demand.path}FlatMap`, [input.id], {
      calls: node.calls,
    });
    return { ...input, id, materialized: null };
  }

  #aggregate(node: Of<'aggregate'>, demand: Demand): Lowered {
    const args = node.calls.flatMap((call) => call.args);
    const isTable = node.input.collection === 'table';
    const input = this.#node(node.input, {
      ...demand,
      columns: readBy([...node.by.map((column) => column.expression), ...args]),
      before: isTable,
      exact: isTable,
      keep: false,
    });
    const keyFormat = internalKeyFormat(input.keyFormat, node.key);
    const group = this.#step('group@1', `${demand.path}Aggregate-GroupBy`, [input.id], {
      by: node.by,
      columns: args.map((expression, index) => ({ name: `ARG_${index}`, expression, text: '' })),
      collection: node.input.collection,
    });
    const isInPlace = input.isPartitioned && isSameKey(node.by, node.input.key);
    const keyed = isInPlace
      ? group
      : this.#exchange(`${demand.path}Aggregate-exchange`, group, {
          key: node.key,
          keyFormat,
          like: input.topic,
        });
    if (!isInPlace) this.#listTopic(`${demand.path}Aggregate-GroupBy-repartition`, input.topic);
    this.#listTopic(`${demand.path}Aggregate-Aggregate-Materialize-changelog`, input.topic);
    const id = this.#step('aggregate@1', `${demand.path}Aggregate`, [keyed], {
      key: node.key,
      calls: slotted(node.calls),
      spec: node.spec,
      final: node.final,
      collection: node.input.collection,
      keyFormat,
      before: demand.before,
    });
    return {
      id,
      isPartitioned: true,
      keyFormat,
      topic: input.topic,
      materialized: { store: id, transforms: [] },
    };
  }

  #join(node: Of<'join'>, demand: Demand): Lowered {
    const width = node.left.value.length;
    const { left: leftColumns, right: rightColumns } = splitColumns(demand.columns, width);
    if (node.foreignKey !== null) addValueColumns(node.foreignKey, leftColumns);
    const side = { before: false, exact: false, keep: false };
    const path = node.left.kind === 'join' || underneath(node.left).kind === 'join' ? 'L_' : '';
    const left = this.#node(node.left, {
      ...side,
      columns: leftColumns,
      path: `${demand.path}${path}`,
      scan: 'KafkaTopic_Left',
    });
    const right = this.#node(node.right, {
      ...side,
      columns: rightColumns,
      path: demand.path,
      scan: 'KafkaTopic_Right',
    });
    const inputs =
      node.join === 'foreign-key'
        ? { left, right }
        : this.#copartition(node, { left, right, path: demand.path });
    const id = this.#step('join@1', `${demand.path}Join`, [inputs.left.id, inputs.right.id], {
      join: node.join,
      type: node.type,
      key: node.key,
      leftKey: node.left.key,
      rightKey: node.right.key,
      left: node.left.value,
      right: node.right.value,
      window: node.window,
      within: node.within,
      foreignKey: node.foreignKey,
      keyFormat: inputs.left.keyFormat,
    });
    return { ...inputs.left, id, isPartitioned: true, materialized: null };
  }

  /**
   * Brings both sides to the partitions of one key format. Where one side has to move, the other goes through an exchange as
   * well: it costs a hash and makes the join right whoever partitioned that side's topic, and however.
   */
  #copartition(
    node: Of<'join'>,
    sides: { readonly left: Lowered; readonly right: Lowered; readonly path: string },
  ): { readonly left: Lowered; readonly right: Lowered } {
    const { left, right, path } = sides;
    const differ = left.keyFormat.format !== right.keyFormat.format;
    if (left.isPartitioned && right.isPartitioned && !differ) return { left, right };
    const canMoveRight = node.right.collection === 'stream';
    const isRightMoved = !right.isPartitioned || (differ && left.isPartitioned && canMoveRight);
    const common = left.isPartitioned || isRightMoved ? left : right;
    const move = (from: Lowered, name: string, key: readonly Field[]): Lowered => {
      if (!from.isPartitioned) this.#listTopic(`${path}${name}-repartition`, common.topic);
      const { keyFormat, topic } = common;
      const id = this.#exchange(`${path}${name}-exchange`, from.id, {
        key,
        keyFormat,
        like: topic,
      });
      return { ...from, id, isPartitioned: true, keyFormat, topic };
    };
    const name = node.join === 'stream-table' ? 'Join' : 'Join-left';
    return {
      left: move(left, name, node.left.key),
      right: move(right, 'Join-right', node.right.key),
    };
  }

  #exchange(name: string, input: string, args: StepArgs['exchange@1']): string {
    return this.#step('exchange@1', name, [input], args);
  }

  #step<Op extends StepOp>(
    op: Op,
    name: string,
    inputs: readonly string[],
    args: StepArgs[Op],
  ): string {
    let id = name;
    for (let copy = 2; this.#ids.has(id); copy++) id = `${name}-${copy}`;
    this.#ids.add(id);
    this.steps.push(makeStep(op, id, { inputs, args }));
    return id;
  }

  #listTopic(name: string, like: string): void {
    const { internalTopicPrefix, partitions } = this.#context;
    if (internalTopicPrefix === undefined || partitions === undefined) return;
    this.internalTopics.push({
      name: `${internalTopicPrefix}-${name}`,
      partitions: partitions(like),
      cleanup: name.endsWith('-changelog') ? 'compact' : 'delete',
      retentionMs: null,
    });
  }
}
