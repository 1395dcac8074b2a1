/** How a stage fuses two codecs: decode, filter, project and encode in one function. */
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../base/env.ts';
import type { Field } from '../types/type.ts';
import { byteWriter, writtenBytes } from './byte-writer.ts';
import type { ByteWriter, CodecSource } from './format.ts';
import { formatByName } from './table.ts';

const columns: readonly Field[] = [
  { name: 'ID', type: { kind: 'BIGINT' } },
  { name: 'NAME', type: { kind: 'STRING' } },
  { name: 'PRICE', type: { kind: 'DOUBLE' } },
];

function source(format: string, of: readonly Field[], needed: readonly number[]): CodecSource {
  const codec = formatByName(format).codec({
    columns: of,
    needed,
    spec: { format, properties: {}, features: [] },
    side: 'value',
    topic: 't',
  });
  return codec.source!;
}

type Stage = (bytes: Bytes, start: number, end: number, out: ByteWriter) => string;

/** `SELECT PRICE * 2, ID WHERE PRICE > 1`, from JSON to JSON. */
function stage(): Stage {
  const input = source('JSON', columns, [2, 0]);
  const output = source('JSON', [columns[2]!, columns[0]!], []);
  const text = `return (bytes, start, end, out) => {
let price, id, present, written;
${input.decode(['price', 'id'], 'k0', 'present')}
if (!present) return 'null row';
if (!(price > 1)) return 'filtered';
${output.encode(['price * 2', 'id'], 'k1', 'written')}
return 'written';
};`;
  return new Function('k0', 'k1', text)(input.constants, output.constants);
}

describe('a fused stage', () => {
  const run = stage();
  function feed(document: string): string {
    const bytes = Buffer.from(document);
    const out = byteWriter(1);
    const result = run(bytes, 0, bytes.length, out);
    return out.length === 0 ? result : new TextDecoder().decode(writtenBytes(out));
  }

  it('decodes, projects and encodes', () => {
    expect(feed('{"id":9007199254740993,"name":"x","price":1.5}')).toBe(
      '{"PRICE":3.0,"ID":9007199254740993}',
    );
  });

  it('takes the slow path in its stride', () => {
    expect(feed('{"id":1e1,"price":"2"}')).toBe('{"PRICE":4.0,"ID":10}');
  });

  it('sees what does not pass', () => {
    expect(feed('{"price":0.5}')).toBe('filtered');
    expect(feed('null')).toBe('null row');
  });

  it('throws for bad records, also in columns that nobody needs', () => {
    expect(() => feed('{"price":true}')).toThrow('path: $.PRICE');
    expect(feed('{"price":2,"name":[1]}')).toBe('{"PRICE":4.0,"ID":null}');
    expect(() => feed('{"price":2,"name":[1}')).toThrow('malformed JSON');
  });
});

it('DELIMITED can be fused as well', () => {
  const input = source('DELIMITED', columns, [1]);
  const output = source('DELIMITED', [columns[1]!, columns[1]!], []);
  const text = `return (bytes, start, end, out) => {
let name, present, written;
${input.decode(['name'], 'k0', 'present')}
${output.encode(['name', 'name + "!"'], 'k1', 'written')}
return present && written;
};`;
  const run = new Function('k0', 'k1', text)(input.constants, output.constants) as (
    ...parameters: Parameters<Stage>
  ) => boolean;
  const out = byteWriter(1);
  expect(run(Buffer.from('1,a b,2.5'), 0, 9, out)).toBe(true);
  expect(new TextDecoder().decode(writtenBytes(out))).toBe('a b,a b!');
});

it('KAFKA can be fused as well', () => {
  const key = [columns[0]!];
  const input = source('KAFKA', key, [0]);
  const output = source('KAFKA', [columns[1]!], []);
  const text = `return (bytes, start, end, out) => {
let id, written;
${input.decode(['id'], 'k0')}
${output.encode(['id === 0n ? null : String(id)'], 'k1', 'written')}
return written;
};`;
  const run = new Function('k0', 'k1', text)(input.constants, output.constants) as (
    ...parameters: Parameters<Stage>
  ) => boolean;
  const out = byteWriter(1);
  expect(run(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 42), 0, 8, out)).toBe(true);
  expect(new TextDecoder().decode(writtenBytes(out))).toBe('42');
  expect(run(new Uint8Array(8), 0, 8, out)).toBe(false);
});
