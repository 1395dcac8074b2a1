/**
 * The order in which queries run within a tick: a query after those that write what it reads, so that one pass carries every
 * record through the whole graph. Queries on a cycle keep their order of creation; what such a query writes to a query at or
 * before its own place comes back as a new arrival.
 */

/** A query as the order sees it: topics. */
export interface GraphNode {
  readonly id: string;
  readonly reads: readonly string[];
  readonly writes: string | null;
}

export interface GraphOrder {
  /** Ids in the order in which they run. */
  readonly ids: readonly string[];
  /** Place of each in `ids`. */
  readonly rank: ReadonlyMap<string, number>;
  /** Ids of the queries that read each topic. */
  readonly readers: ReadonlyMap<string, readonly string[]>;
  /** Ids of the queries that write each topic. */
  readonly writers: ReadonlyMap<string, readonly string[]>;
}

/** Depth-first from each query in order of creation over the writers of its inputs; an edge back into the path is a cycle's. */
export function orderGraph(nodes: readonly GraphNode[]): GraphOrder {
  const readers = new Map<string, string[]>();
  const writers = new Map<string, string[]>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) {
    for (const topic of new Set(node.reads)) add(readers, topic, node.id);
    if (node.writes !== null) add(writers, node.writes, node.id);
  }
  const rank = new Map<string, number>();
  const onPath = new Set<string>();
  const visit = (node: GraphNode): void => {
    if (rank.has(node.id) || onPath.has(node.id)) return;
    onPath.add(node.id);
    for (const topic of node.reads) {
      for (const id of writers.get(topic) ?? []) visit(byId.get(id) as GraphNode);
    }
    onPath.delete(node.id);
    rank.set(node.id, rank.size);
  };
  for (const node of nodes) visit(node);
  return { ids: [...rank.keys()], rank, readers, writers };
}

function add(map: Map<string, string[]>, key: string, id: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [id]);
  else list.push(id);
}
