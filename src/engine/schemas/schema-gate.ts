/**
 * Before a query whose schemas are in a remote registry: a batch with ids that nobody has seen yet is not let through, and the
 * query stands still until they are fetched. It then reads the batch from the log. So codecs find every schema there is.
 * PRINT, which can do without and only guesses which bytes are ids, asks once for each and goes on.
 */
import type { Catalog } from '../../catalog/catalog.ts';
import { formatByName } from '../../formats/table.ts';
import type { RecordBatch } from '../../log/log.ts';
import { type FramedSides, frameIds } from '../../registry/remote/frame-ids.ts';
import type { SchemaFetcher } from './schema-fetcher.ts';

/** Unknown ids of a batch that PRINT asks for; bytes that are none may look like many. */
const askedIdsMax = 20;

export class SchemaGate {
  readonly #fetcher: SchemaFetcher;
  readonly #sides: ReadonlyMap<string, FramedSides>;
  #missing: readonly number[] = [];
  #isReachable = true;

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

  /** Fetches what the batch seems to name; gives up for good when the registry cannot be asked. */
  async ask(batch: RecordBatch, sides: FramedSides): Promise<void> {
    if (!this.#isReachable) return;
    const ids = new Set<number>();
    frameIds(batch, sides, ids);
    const unknown = [...ids].filter((id) => !this.#fetcher.isSettled(id));
    this.#isReachable = await this.#fetcher.ask(unknown.slice(0, askedIdsMax));
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
