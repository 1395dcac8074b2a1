/** What materialised tables hold and how far they are behind their sources, for `/clusterStatus` (spec: api.md §11). */
import type { Catalog } from '../../catalog/catalog.ts';
import type { PhysicalPlan } from '../../plan/physical.ts';
import type { StoreLag } from '../api.ts';

/** `next`: offset of the next record to read per topic and partition of a query. */
export function storeLags(
  catalog: Catalog,
  next: (query: string) => Readonly<Record<string, readonly number[]>>,
  endOf: (topic: string, partition: number) => number,
): readonly StoreLag[] {
  return [...catalog.queries.values()].flatMap(({ id, plan }) => {
    const store = storeName(plan);
    if (store === null) return [];
    const partitions = Object.entries(next(id)).flatMap(([topic, offsets]) =>
      offsets.map((position, partition) => ({
        topic,
        partition,
        position,
        end: Math.max(position, endOf(topic, partition)),
      })),
    );
    return [{ query: id, store, partitions }];
  });
}

/** As ksqlDB calls the store that pull queries read; null where nothing is kept for them. */
function storeName({ materialized, steps }: PhysicalPlan): string | null {
  if (materialized === null) return null;
  const step = steps.find(({ id }) => id === materialized.store);
  return step?.op === 'aggregate@1' ? 'Aggregate-Aggregate-Materialize' : 'KsqlTopic-Reduce';
}
