/**
 * Generates the JSON encoder of a row: room for all primitive values is made once, then braces, names and values are stored; names
 * stand in the text as words. Containers write themselves.
 */
import type { Field } from '../../types/type.ts';
import {
  copySource,
  presentSource,
  reserveSource,
  writeConstants,
  type WriteNames,
} from './write-source.ts';
import { objectSource, writerOf } from './writers.ts';

/** What `encodeSource` refers to by number. */
export function encodeConstants(columns: readonly Field[]): readonly unknown[] {
  return writeConstants(
    columns,
    columns.map(({ type }) => writerOf(type)),
  );
}

/** The parameters of `CodecSource.encode`; the constants are in `k` from `offset` on. */
export interface EncodeNames extends WriteNames {
  readonly values: readonly string[];
  readonly written: string | undefined;
}

/** Statements as `CodecSource.encode` describes them. */
export function encodeSource(
  { columns, wrapped }: { readonly columns: readonly Field[]; readonly wrapped: boolean },
  names: EncodeNames,
): string {
  const { values, written } = names;
  const locals = values.map((value, index) => `const $v${index} = ${value};`).join('\n');
  if (wrapped) {
    return `{
${locals}
${written === undefined ? '' : `${written} = true;`}
${objectSource(columns, names)}
}`;
  }
  const [column] = columns as readonly [Field];
  const range = names.ranges?.[0] ?? null;
  const isPresent = range === null ? '$v0 !== null' : `$v0 !== null || ${range.start} !== -1`;
  return `{
${locals}
const $present = ${isPresent};
${written === undefined ? '' : `${written} = $present;`}
if ($present) {
${reserveSource(columns, names, ['0'])}
${copySource(0, names)}{ ${presentSource(column, 0, names)} }
out.length = $n;
}
}`;
}
