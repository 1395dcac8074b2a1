/** The server's properties as configured, and as ALTER SYSTEM has changed them. */
import type { Catalog } from '../../catalog/catalog.ts';

type Properties = Readonly<Record<string, string>>;

export class CurrentProperties {
  readonly #configured: Properties;
  #last: { readonly of: Catalog; readonly all: Properties } | null = null;

  constructor(configured: Properties) {
    this.#configured = configured;
  }

  /** As of `catalog`; the same object for the same catalog. */
  as(catalog: Catalog): Properties {
    if (this.#last?.of !== catalog) {
      const changed = Object.fromEntries(catalog.properties);
      this.#last = { of: catalog, all: { ...this.#configured, ...changed } };
    }
    return this.#last.all;
  }
}
