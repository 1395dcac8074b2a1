/** Makes functions of generated source. The text holds no name or literal of a user's; those come in through `k`. */
import type { Bytes } from '../base/env.ts';
import type { Row, Value } from '../types/value.ts';
import type { ByteWriter, Codec, CodecSource } from './format.ts';

export type DecodeFunction = (bytes: Bytes, start: number, end: number, into: Value[]) => boolean;
export type EncodeFunction = (row: Row, out: ByteWriter) => boolean;

/** `Codec.decode` from its source. */
export function decodeFunction(source: CodecSource, needed: readonly number[]): DecodeFunction {
  const slots = needed.map((_, i) => `s${i}`);
  const text = `return function decode(bytes, start, end, into) {
let present = true;
${slots.map((slot) => `let ${slot} = null;`).join(' ')}
${source.decode(slots, 'k', 'present')}
${slots.map((slot, i) => `into[${needed[i]}] = ${slot};`).join(' ')}
return present;
};`;
  return new Function('k', text)(source.constants) as DecodeFunction;
}

/** `Codec.encode` from its source. */
export function encodeFunction(source: CodecSource, columnCount: number): EncodeFunction {
  const values = Array.from({ length: columnCount }, (_, i) => `row[${i}]`);
  const text = `return function encode(row, out) {
let written = true;
${source.encode(values, 'k', 'written')}
return written;
};`;
  return new Function('k', text)(source.constants) as EncodeFunction;
}

/** A codec of two functions, whose source calls them: for formats that have nothing to gain from being fused. */
export function codecOfFunctions(
  decode: DecodeFunction,
  encode: EncodeFunction,
  needed: readonly number[],
): Codec {
  const scratch: Value[] = [];
  const source: CodecSource = {
    constants: [decode, encode, scratch],
    spelling: null,
    decode: (slots, k, present) => `{
const $present = ${k}[0](bytes, start, end, ${k}[2]);
${present === undefined ? '' : `${present} = $present;`}
${slots.map((slot, i) => `${slot} = $present ? ${k}[2][${needed[i]}] : null;`).join(' ')}
}`,
    encode: (values, k, written) =>
      `${written === undefined ? '' : `${written} = `}${k}[1]([${values.join(', ')}], out);`,
  };
  return { decode, encode, source };
}
