/** Random sources and the records in their topics. */
import { encode, partitionOf } from './codec.ts';
import { randomValue, scalarTypes } from './generate-expression.ts';
import {
  BIGINT,
  type Column,
  type FormatName,
  INTEGER,
  type InputRecord,
  type Source,
  STRING,
  type Type,
  type Value,
} from './model.ts';
import type { Random } from './random.ts';
import { fitsKafka } from './schema.ts';

export interface SourceWishes {
  readonly kind: 'stream' | 'table';
  /** Exactly one key column of this type. */
  readonly keyType?: Type;
  readonly keyFormat?: FormatName;
  readonly partitions?: number;
  /** A value column of this type is wanted. */
  readonly valueType?: Type;
}

export function randomSource(random: Random, name: string, wishes: SourceWishes): Source {
  const key = keyColumns(random, wishes);
  const value: Column[] = Array.from({ length: random.between(1, 4) }, (_, at) => ({
    name: `V${at}`,
    type: random.pick(scalarTypes),
  }));
  if (wishes.valueType !== undefined) value[0] = { name: 'V0', type: wishes.valueType };
  let timestamp: string | null = null;
  if (random.chance(0.06)) {
    timestamp = 'TS';
    value.push({ name: 'TS', type: BIGINT });
  }
  return {
    name,
    topic: name.toLowerCase(),
    kind: wishes.kind,
    key,
    value,
    keyFormat: canHold(wishes.keyFormat, key) ?? keyFormatFor(random, key),
    valueFormat: random.weighted([
      [7, 'JSON' as const],
      [3, 'DELIMITED' as const],
    ]),
    partitions:
      wishes.partitions ??
      random.weighted([
        [4, 1],
        [3, 2],
        [2, 3],
        [1, 4],
      ]),
    timestamp,
    window: null,
  };
}

function keyColumns(random: Random, { kind, keyType }: SourceWishes): Column[] {
  const type = (): Type => random.pick([INTEGER, STRING, STRING, INTEGER, ...scalarTypes]);
  if (keyType !== undefined) return [{ name: 'K0', type: keyType }];
  const count = random.weighted([
    [16, 1],
    [3, 2],
    [kind === 'stream' ? 2 : 0, 0],
  ]);
  return Array.from({ length: count }, (_, at) => ({ name: `K${at}`, type: type() }));
}

/** A format that can hold the key; texts in DELIMITED are left out: when they are quoted is not written down. */
export function keyFormatFor(random: Random, key: readonly Column[]): FormatName {
  if (key.length === 0) return 'NONE';
  const hasText = key.some((column) => column.type.kind === 'STRING');
  return random.weighted<FormatName>([
    [3, 'JSON'],
    [fitsKafka(key) ? 5 : 0, 'KAFKA'],
    [hasText ? 0 : 2, 'DELIMITED'],
  ]);
}

function canHold(format: FormatName | undefined, key: readonly Column[]): FormatName | null {
  if (format === undefined || (format === 'KAFKA' && !fitsKafka(key))) return null;
  const hasText = key.some((column) => column.type.kind === 'STRING');
  return format === 'DELIMITED' && hasText ? null : format;
}

/** Few keys, so that they meet. */
function keyValue(random: Random, type: Type): Value {
  switch (type.kind) {
    case 'STRING':
      return random.pick(['a', 'b', '\uff5e', '\u{1f600}']);
    case 'BOOLEAN':
      return random.chance(0.5);
    case 'DOUBLE':
      return random.between(-1, 3) / 2;
    default:
      return BigInt(random.between(-1, 2));
  }
}

export function randomRecord(random: Random, source: Source, timestamp: number): InputRecord {
  const isTable = source.kind === 'table';
  const hasKey = source.key.length > 0 && !random.chance(isTable ? 0.02 : 0.06);
  const nullPart = isTable ? 0.01 : 0.05;
  const key = hasKey
    ? source.key.map(({ type }) => (random.chance(nullPart) ? null : keyValue(random, type)))
    : null;
  const value = random.chance(isTable ? 0.2 : 0.07) ? null : randomRow(random, source, timestamp);
  const bytes = key === null ? null : encode(source.keyFormat, source.key, key, 'key');
  return {
    source: source.name,
    key: bytes === null ? null : key,
    value,
    timestamp,
    partition:
      bytes === null
        ? random.between(0, source.partitions - 1)
        : partitionOf(bytes, source.partitions),
  };
}

function randomRow(random: Random, source: Source, timestamp: number): readonly Value[] {
  return source.value.map(({ name, type }) => {
    if (name !== source.timestamp) {
      // Values that serve as keys of others are like keys.
      return random.chance(0.5) ? randomValue(random, type) : keyLike(random, type);
    }
    if (random.chance(0.1)) return random.pick([null, -5n]);
    return BigInt(Math.max(0, timestamp + random.between(-3000, 3000)));
  });
}

function keyLike(random: Random, type: Type): Value {
  return random.chance(0.06) ? null : keyValue(random, type);
}
