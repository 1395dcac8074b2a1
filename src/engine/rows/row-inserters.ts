/** The converters of inserted rows that are in use, by target as clients write it. */
import type { Catalog } from '../../catalog/catalog.ts';
import type { SchemaResolver } from '../../formats/schema.ts';
import { RowInserter } from './insert-rows.ts';
import { insertersMax } from '../limits.ts';

export class RowInserters {
  readonly #properties: Readonly<Record<string, string>>;
  readonly #schemas: SchemaResolver;
  readonly #known = new Map<string, RowInserter>();

  constructor(properties: Readonly<Record<string, string>>, schemas: SchemaResolver) {
    this.#properties = properties;
    this.#schemas = schemas;
  }

  /** Throws what is wrong with the target. */
  of(target: string, catalog: Catalog): RowInserter {
    const known = this.#known.get(target);
    if (known?.isCurrent(catalog)) return known;
    const inserter = new RowInserter(catalog, target, this.#properties, this.#schemas);
    if (this.#known.size >= insertersMax) this.#known.clear();
    this.#known.set(target, inserter);
    return inserter;
  }
}
