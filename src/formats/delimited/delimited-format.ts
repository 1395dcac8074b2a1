/** The DELIMITED format: one line of CSV (spec: semantics.md §3.5). */
import type { Problem } from '../../base/errors.ts';
import type { Field } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { type Codec, type CodecRequest, type FormatDef, FormatError } from '../format.ts';
import { codecOfFunctions } from '../generate.ts';
import { appendText, textOf } from '../payload-text.ts';
import { csvField, parseCsv } from './csv.ts';
import { delimiterCharacter } from './delimiter.ts';
import { type FieldReader, fieldReader, fieldText } from './fields.ts';

export const delimitedFormat: FormatDef = {
  name: 'DELIMITED',
  doc: 'Comma-separated values, one record per message; another delimiter by KEY_DELIMITER and VALUE_DELIMITER.',
  properties: ['delimiter'],
  singleDefault: 'unwrapped',
  wrapping: [false],
  unwrapsKeys: true,
  multipleKeyColumns: true,
  registry: false,
  check,
  codec: delimitedCodec,
};

const CONTAINERS: ReadonlySet<string> = new Set(['ARRAY', 'MAP', 'STRUCT']);

function check(columns: readonly Field[]): Problem | null {
  const unsupported = columns.find((column) => CONTAINERS.has(column.type.kind));
  if (unsupported === undefined) return null;
  return {
    code: 'format.type',
    message: `The 'DELIMITED' format does not support type '${unsupported.type.kind}', column: \`${unsupported.name}\``,
  };
}

function delimitedCodec({ columns, needed, spec, topic }: CodecRequest): Codec {
  const delimiter = delimiterCharacter(spec.properties.delimiter ?? ',');
  const isNeeded = columns.map((_, index) => needed.includes(index));
  const readers = columns.map((column) => fieldReader(column.type));
  const texts = columns.map((column) => fieldText(column.type));
  return codecOfFunctions(
    (bytes, start, end, into) => {
      const fields = parseCsv(textOf(bytes, start, end), delimiter);
      if (fields.length === 0) throw new FormatError('No fields in record');
      if (fields.length !== columns.length) {
        throw new FormatError(
          `Column count mismatch on deserialization. topic: ${topic}, ` +
            `expected: ${columns.length}, got: ${fields.length}`,
        );
      }
      // All are read, needed or not: a record is bad whoever reads it.
      for (let i = 0; i < fields.length; i++) {
        const value = fields[i] === '' ? null : read(readers[i]!, fields[i]!, columns[i]!);
        if (isNeeded[i]) into[i] = value;
      }
      return true;
    },
    (row, out) => {
      if (columns.length === 1 && row[0] === null) return false;
      // A windowed key's row is longer than its columns.
      const fields = texts.map((text, i) =>
        row[i] === null ? '' : csvField(text(row[i]!), delimiter, i === 0),
      );
      appendText(out, fields.join(delimiter));
      return true;
    },
    needed,
  );
}

function read(reader: FieldReader, text: string, column: Field): Value {
  try {
    return reader(text);
  } catch (error) {
    throw new FormatError(`${(error as Error).message}, column: \`${column.name}\``);
  }
}
