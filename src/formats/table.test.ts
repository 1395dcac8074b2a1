import { expect, it } from 'vitest';
import { formatByName, formats } from './table.ts';

it('finds formats by name, whatever its case', () => {
  expect(formatByName('JSON').name).toBe('JSON');
  expect(formatByName('json').name).toBe('JSON');
});

it('refuses other names', () => {
  expect(() => formatByName('FOO')).toThrow(
    expect.objectContaining({ code: 'format.unknown', message: 'Unknown format: FOO' }),
  );
});

it('lists each format once, in alphabetical order', () => {
  expect(formats.map((format) => format.name)).toEqual([
    'AVRO',
    'DELIMITED',
    'JSON',
    'JSON_SR',
    'KAFKA',
    'NONE',
    'PROTOBUF',
    'PROTOBUF_NOSR',
  ]);
});
