/** Rows of `/inserts-stream` as records of the target (spec: api.md §7). */
import { ByteWriter } from '../../base/bytes.ts';
import { type Problem, problem, type ProblemError } from '../../base/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { SourceDef } from '../../catalog/command.ts';
import { type Codec, FormatError, type FormatSpec } from '../../formats/format.ts';
import type { SchemaResolver } from '../../formats/schema.ts';
import { formatByName } from '../../formats/table.ts';
import { isEnabled, propertyValue } from '../../sql/properties.ts';
import type { SchemaChange } from '../../sql/schema-change.ts';
import { schemaChanges } from '../../sql/source-schemas.ts';
import { matchesTopicList } from '../../sql/source-topic.ts';
import type { Field } from '../../types/type.ts';
import type { Row } from '../../types/value.ts';
import type { ProduceRecord } from '../api.ts';
import { RowError, rowReader } from './row-object.ts';

/** Turns row texts into records of one source. It is worth keeping: its codecs take longer to make than a few rows to turn. */
export class RowInserter {
  readonly #source: SourceDef;
  readonly #read: (text: string) => Row;
  readonly #key: Codec;
  readonly #value: Codec;
  readonly #out = new ByteWriter();
  /** What the source's schemas are registered with before its first record is written. */
  readonly schemas: readonly SchemaChange[];

  /** Throws when nothing may be inserted into `target`, a name folded to upper case unless in back quotes. */
  constructor(
    catalog: Catalog,
    target: string,
    properties: Readonly<Record<string, string>>,
    schemas: SchemaResolver,
  ) {
    checkEnabled(properties);
    const source = sourceOf(catalog, target, properties);
    this.#source = source;
    this.#read = rowReader([...source.schema.key, ...source.schema.value]);
    const topic = source.topic;
    const codec = (columns: readonly Field[], spec: FormatSpec, side: 'key' | 'value'): Codec =>
      formatByName(spec.format).codec({
        columns,
        needed: columns.map((_, at) => at),
        spec,
        side,
        topic,
        schemas,
      });
    this.#key = codec(source.schema.key, source.keyFormat, 'key');
    this.#value = codec(source.schema.value, source.valueFormat, 'value');
    this.schemas = schemaChanges(source, ['key', 'value'], false);
  }

  /** Whether it is still what `catalog` says of its source, as far as that does not depend on registered schemas. */
  isCurrent(catalog: Catalog): boolean {
    return this.schemas.length === 0 && catalog.sources.get(this.#source.name) === this.#source;
  }

  /** The record of a row, or why it is refused. */
  record(text: string): ProduceRecord | Problem {
    try {
      const row = this.#read(text);
      const keyCount = this.#source.schema.key.length;
      const missing = this.#source.schema.key.find((_, at) => row[at] === null);
      if (missing !== undefined) return refusal(`Key field must be specified: ${missing.name}`);
      return {
        topic: this.#source.topic,
        partition: null,
        key: this.#encoded(this.#key, row.slice(0, keyCount)),
        value: this.#encoded(this.#value, row.slice(keyCount)),
        timestamp: null,
        headers: [],
      };
    } catch (error) {
      if (error instanceof RowError || error instanceof FormatError) return refusal(error.message);
      throw error;
    }
  }

  /** The bytes are copied once more, into their batch: they come from Node's pool. */
  #encoded(codec: Codec, row: Row): Uint8Array | null {
    if (row.length === 0) return null;
    const out = this.#out;
    out.clear();
    return codec.encode(row, out) ? Buffer.from(out.view()) : null;
  }
}

function refusal(message: string): Problem {
  return { code: 'insert.invalid-row', message };
}

function checkEnabled(properties: Readonly<Record<string, string>>): void {
  const name = 'ksql.insert.into.values.enabled';
  if (isEnabled(properties, name)) return;
  throw problem(
    'request.inserts-disabled',
    `The server has disabled INSERT INTO ... VALUES functionality. To enable it, restart your ksqlDB server with '${name}'=true`,
  );
}

function sourceOf(
  catalog: Catalog,
  target: string,
  properties: Readonly<Record<string, string>>,
): SourceDef {
  const quoted = /^`(.+)`$/s.exec(target);
  if (quoted === null && !/^\w+$/.test(target))
    throw problem('request.invalid-target', `Invalid target name: ${target}`);
  const source = catalog.sources.get(quoted?.[1]?.replaceAll('``', '`') ?? target.toUpperCase());
  if (source === undefined)
    throw refused(`Cannot insert values into an unknown stream/table: ${target}`);
  if (source.isSource)
    throw refused(`Cannot insert values into read-only ${source.collection}: ${source.name}`);
  if (source.window !== null) throw refused('Cannot insert values into windowed stream/table');
  if (source.schema.value.some((column) => 'header' in column))
    throw refused(`Cannot insert into ${source.name} because it has header columns`);
  if (matchesTopicList(source.topic, propertyValue(properties, 'ksql.readonly.topics') ?? ''))
    throw refused(`Cannot insert values into read-only topic: ${source.topic}`);
  return source;
}

function refused(message: string): ProblemError {
  return problem('insert.refused', message);
}
