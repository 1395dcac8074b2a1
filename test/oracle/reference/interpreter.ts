/**
 * The reference: one query over the records of its inputs, one record at a time, in the order that the specification gives
 * them. Slow and plain; it shares nothing with the engine. Answers the records that the query's topic must hold, in order.
 */
import { encode, partitionOf, throughTopic } from '../codec.ts';
import { mergeOrder } from '../merge-order.ts';
import type { Query, TopicRecord, Value } from '../model.ts';
import { resultSource, type SourceMap, sourceNamed } from '../schema.ts';
import { aggregateNode } from './aggregate.ts';
import { joinNode } from './join.ts';
import type { Change, Node } from './node.ts';
import { filterNode, partitionByNode, recordTime, sourceNode, columnValue } from './stateless.ts';

/** The inputs of a query as they stand in the log. */
export interface QueryInput {
  readonly query: Query;
  readonly sources: SourceMap;
  /** By topic. */
  readonly records: ReadonlyMap<string, readonly TopicRecord[]>;
  /** By topic: where each partition ended when the query was created. */
  readonly backlogEnds: ReadonlyMap<string, readonly number[]>;
}

export type Expected = Omit<TopicRecord, 'offset'>;

export function interpret(input: QueryInput): Expected[] {
  const { query, sources } = input;
  const node = nodeOf(query, sources);
  const result = resultSource(query, sources);
  const write = sinkOf(query, result);
  return inputOrder(input, node.exchanges).flatMap(({ topic, record }) =>
    node.take(topic, record).map((change) => write(change, record)),
  );
}

/** Records of all inputs in the order in which they are taken. */
export function inputOrder(
  { query, sources, records, backlogEnds }: QueryInput,
  exchanges: boolean,
): { readonly topic: string; readonly record: TopicRecord }[] {
  const names = [query.source, ...query.joins.map((join) => join.source)];
  const inputs = [...new Set(names.map((name) => sourceNamed(sources, name)))];
  const merged = mergeOrder(
    inputs.map((source) => ({
      topic: source.topic,
      records: records.get(source.topic) ?? [],
      backlogEnds: backlogEnds.get(source.topic) ?? [],
      timestampOf: (record: TopicRecord) => recordTime(source, record) ?? record.timestamp,
    })),
    inputs.length > 1 || exchanges,
  );
  return merged.map(({ input, record }) => ({ topic: inputs[input]!.topic, record }));
}

export function nodeOf(query: Query, sources: SourceMap): Node {
  let node = sourceNode(sourceNamed(sources, query.source), query.alias);
  for (const join of query.joins) {
    node = joinNode(node, sourceNode(sourceNamed(sources, join.source), join.alias), join);
  }
  if (query.where !== null) node = filterNode(node, query.where);
  if (query.partitionBy !== null) node = partitionByNode(node, query.partitionBy);
  if (query.groupBy !== null) node = aggregateNode(node, query);
  if (query.having !== null) node = filterNode(node, query.having);
  return node;
}

/** The projection and what it writes. */
function sinkOf(
  query: Query,
  result: ReturnType<typeof resultSource>,
): (change: Change, origin: TopicRecord) => Expected {
  const items = query.select.filter((item) => item.key === null);
  return ({ key, window, row, timestamp }, origin) => {
    const keyValues = result.key.length === 0 ? null : key;
    const bytes =
      keyValues === null ? null : encode(result.keyFormat, result.key, keyValues, 'key');
    const values = row === null ? null : items.map(({ expr }): Value => columnValue(expr, row));
    return {
      partition:
        bytes === null
          ? origin.partition % result.partitions
          : partitionOf(bytes, result.partitions),
      time: origin.time,
      timestamp,
      key: bytes === null ? null : throughTopic(result.keyFormat, result.key, keyValues, 'key'),
      window,
      value: throughTopic(result.valueFormat, result.value, values, 'value'),
    };
  };
}
