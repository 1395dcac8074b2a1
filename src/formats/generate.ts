/** Makes functions of generated source. The text holds no name or literal of a user's; those come in through `k`. */
import type { Bytes } from '../base/env.ts';
import type { Row, Value } from '../types/value.ts';
import type { ByteWriter, CodecSource } from './format.ts';

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
