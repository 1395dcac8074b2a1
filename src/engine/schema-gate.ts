/**
 * Before a query whose schemas are in a remote registry: a batch with ids that nobody has seen yet is not let through, and the
 * query stands still until they are fetched. It then reads the batch from the log. So codecs find every schema there is.
 */
import type { Catalog } from '../catalog/catalog.ts';
import { formatByName } from '../formats/table.ts';
import type { RecordBatch } from '../log/log.ts';
import { type FramedSides, frameIds } from '../registry/remote/frame-ids.ts';
import type { SchemaFetcher } from './schema-fetcher.ts';

export class SchemaGate {
  readonly #fetcher: SchemaFetcher;
  readonly #sides: ReadonlyMap<string, FramedSides>;
  #missing: readonly number[] = [];

  constructor(fetcher: SchemaFetcher, catalog: Catalog) {
    this.#fetcher = fetcher;
    this.#sides = framedSides(catalog);
  }

  /** Is nothing missing? */
  get isOpen(): boolean {
    if (this.#missing.length > 0)
      this.#missing = this.#missing.filter((id) => !this.#fetcher.isSettled(id));
    return this.#missing.length === 0;
  }

  admits(topic: string, batch: RecordBatch): boolean {
    const sides = this.#sides.get(topic);
    if (sides === undefined) return true;
    const ids = new Set<number>();
    frameIds(batch, sides, ids);
    this.#missing = [...ids].filter((id) => !this.#fetcher.isSettled(id));
    this.#fetcher.want(this.#missing);
    return this.#missing.length === 0;
  }
}

/** Of the topics that any source reads with a registered schema. */
function framedSides(catalog: Catalog): ReadonlyMap<string, FramedSides> {
  const sides = new Map<string, FramedSides>();
  for (const { topic, keyFormat, valueFormat } of catalog.sources.values()) {
    const others = sides.get(topic);
    const key = (others?.key ?? false) || formatByName(keyFormat.format).registry;
    const value = (others?.value ?? false) || formatByName(valueFormat.format).registry;
    if (key || value) sides.set(topic, { key, value });
  }
  return sides;
}
