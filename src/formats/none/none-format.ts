/** The NONE format: for the side of a source that has no columns. Writes null payloads and ignores what it reads. */
import type { Codec, FormatDef } from '../format.ts';
import { formatColumns } from '../format-column.ts';

export const noneFormat: FormatDef = {
  name: 'NONE',
  doc: 'No data: for keys of streams without key columns.',
  properties: [],
  singleDefault: 'unwrapped',
  wrapping: [],
  unwrapsKeys: false,
  multipleKeyColumns: false,
  registry: false,
  check(columns, side) {
    if (columns.length === 0) return null;
    return {
      code: 'format.none-with-columns',
      message: `The 'NONE' format can only be used when no columns are defined. Got: ${formatColumns(columns, side)}`,
    };
  },
  codec: () => noneCodec,
};

const noneCodec: Codec = {
  decode: () => true,
  encode: () => false,
  source: {
    constants: [],
    spelling: null,
    decode: (_slots, _k, present) => (present === undefined ? '' : `${present} = true;`),
    encode: (_values, _k, written) => (written === undefined ? '' : `${written} = false;`),
  },
};
