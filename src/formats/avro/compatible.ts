/** Whether data of one Avro schema can be read with another (Avro specification, "Schema Resolution"). */
import { type AvroField, type AvroRecord, type AvroSchema, simpleName } from './schema.ts';

/** A line for each reason why not. */
export function avroIncompatibilities(reader: AvroSchema, writer: AvroSchema): readonly string[] {
  const checker = new Checker(new Map());
  checker.check(reader, writer, '');
  return checker.reasons;
}

/** What a writer's primitive may be read as besides itself. */
const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

type Pairs = Map<AvroRecord, Set<AvroRecord>>;

class Checker {
  readonly reasons: string[] = [];
  /** Pairs of records already looked at: recursive schemas come back to them. */
  readonly #seen: Pairs;

  constructor(seen: Pairs) {
    this.#seen = new Map([...seen].map(([reader, writers]) => [reader, new Set(writers)]));
  }

  check(reader: AvroSchema, writer: AvroSchema, path: string): void {
    if (writer.kind === 'union') {
      for (const branch of writer.branches) this.check(reader, branch, path);
    } else if (reader.kind === 'union') this.#checkBranch(reader.branches, writer, path);
    else this.#checkTypes(reader, writer, path);
  }

  #checkBranch(branches: readonly AvroSchema[], writer: AvroSchema, path: string): void {
    const fits = branches.some((branch) => {
      const trial = new Checker(this.#seen);
      trial.check(branch, writer, path);
      return trial.reasons.length === 0;
    });
    if (fits) return;
    this.#refuse(
      'MISSING_UNION_BRANCH',
      path,
      `reader union lacking writer type: ${writer.kind.toUpperCase()}`,
    );
  }

  #checkTypes(reader: AvroSchema, writer: AvroSchema, path: string): void {
    if (reader.kind === 'record' && writer.kind === 'record')
      this.#checkRecords(reader, writer, path);
    else if (reader.kind === 'array' && writer.kind === 'array') {
      this.check(reader.items, writer.items, `${path}/items`);
    } else if (reader.kind === 'map' && writer.kind === 'map') {
      this.check(reader.values, writer.values, `${path}/values`);
    } else if (reader.kind === 'enum' && writer.kind === 'enum') {
      this.#checkNames(reader, writer, path);
      const missing = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol));
      if (missing.length > 0 && reader.default === null) {
        this.#refuse('MISSING_ENUM_SYMBOLS', `${path}/symbols`, `[${missing.join(', ')}]`);
      }
    } else if (reader.kind === 'fixed' && writer.kind === 'fixed') {
      this.#checkNames(reader, writer, path);
      if (reader.size !== writer.size) {
        this.#refuse(
          'FIXED_SIZE_MISMATCH',
          `${path}/size`,
          `expected: ${writer.size}, found: ${reader.size}`,
        );
      }
    } else if (
      reader.kind !== writer.kind &&
      promotions[writer.kind]?.includes(reader.kind) !== true
    ) {
      this.#refuse(
        'TYPE_MISMATCH',
        path,
        `reader type: ${reader.kind.toUpperCase()} not compatible with writer type: ${writer.kind.toUpperCase()}`,
      );
    }
  }

  #checkRecords(reader: AvroRecord, writer: AvroRecord, path: string): void {
    const seen = this.#seen.get(reader) ?? new Set();
    if (seen.has(writer)) return;
    this.#seen.set(reader, seen.add(writer));
    this.#checkNames(reader, writer, path);
    for (const [at, field] of reader.fields.entries()) {
      const found = writerField(field, writer);
      if (found !== undefined) this.check(field.type, found.type, `${path}/fields/${at}/type`);
      else if (field.default === undefined) {
        this.#refuse('READER_FIELD_MISSING_DEFAULT_VALUE', `${path}/fields/${at}`, field.name);
      }
    }
  }

  #checkNames(
    reader: { readonly name: string; readonly aliases: readonly string[] },
    writer: { readonly name: string },
    path: string,
  ): void {
    const names = [reader.name, ...reader.aliases].map(simpleName);
    if (names.includes(simpleName(writer.name))) return;
    this.#refuse('NAME_MISMATCH', `${path}/name`, `expected: ${writer.name}`);
  }

  #refuse(type: string, path: string, description: string): void {
    this.reasons.push(
      `{errorType:'${type}', description:'${description}', location:'${path === '' ? '/' : path}'}`,
    );
  }
}

function writerField(field: AvroField, writer: AvroRecord): AvroField | undefined {
  return (
    writer.fields.find(({ name }) => name === field.name) ??
    writer.fields.find(({ name }) => field.aliases.includes(name))
  );
}
