import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Field } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { byteWriter, writtenBytes } from '../byte-writer.ts';
import { decodeConstants, decodeSource } from './decode-source.ts';
import { jsonFormat } from './json-format.ts';

const columns: readonly Field[] = [
  { name: 'A', type: { kind: 'STRING' } },
  { name: 'B', type: { kind: 'STRING' } },
];
const { decode, encode } = jsonFormat.codec({
  columns,
  needed: [0, 1],
  spec: { format: 'JSON', properties: {}, features: [] },
  side: 'value',
  topic: 't',
});

/** Texts of a few to some thousand units with runs of what is plain, escapes, characters of every length and halves of pairs. */
const texts = fc
  .tuple(
    fc.array(
      fc.oneof(
        fc.nat(40).map((length) => 'plain text '.repeat(4).slice(0, length)),
        fc.constantFrom('\n', '"', '\\', '/', '\u0000', '\u001f', '\u007f'),
        fc.constantFrom('é', '\u0080', '字', '\ufffd', '😀', '\ud83d', '\ude00'),
      ),
      { maxLength: 8 },
    ),
    fc.constantFrom(1, 1, 1, 1, 100),
  )
  .map(([pieces, times]) => pieces.join('').repeat(times));

/** Escapes as others write them. */
const spellings = fc.constantFrom<(json: string) => string>(
  (json) => json,
  (json) => json.replaceAll('/', '\\/'),
  (json) =>
    json.replace(
      /[^ -~]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
    ),
);

/** The first column, or null where the document is refused. */
function readFirst(bytes: Uint8Array<ArrayBuffer>): Value {
  const row: Value[] = [null, null];
  try {
    decode(bytes, 0, bytes.length, row);
  } catch {
    return null;
  }
  return row[0]!;
}

function parseFirst(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)).A;
  } catch {
    return null;
  }
}

it('reads texts however they are escaped', () => {
  fc.assert(
    fc.property(texts, spellings, (text, spell) => {
      const document = `{"A":${spell(JSON.stringify(text))},"B":"b"}`;
      expect(readFirst(new TextEncoder().encode(document))).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

it('refuses what JSON.parse refuses', () => {
  fc.assert(
    fc.property(
      texts.filter((text) => text.length < 200),
      spellings,
      fc.nat(),
      fc.oneof(fc.nat(255), fc.constantFrom(0x22, 0x5c, 0x75, 0x80, 0xc3, 0xe5, 0xf0)),
      (text, spell, place, byte) => {
        const string = spell(JSON.stringify(text));
        const bytes = new TextEncoder().encode(`{"A":${string},"B":"b"}`);
        // Any byte of the string but for its opening quote.
        bytes[6 + (place % (bytes.length - 15))] = byte;
        expect(readFirst(bytes)).toBe(parseFirst(bytes));
      },
    ),
    { numRuns: 3000 },
  );
});

it('writes texts that JSON.parse reads', () => {
  fc.assert(
    fc.property(texts, texts, (first, second) => {
      const out = byteWriter();
      encode([first, second], out);
      const document = new TextDecoder('utf-8', { fatal: true }).decode(writtenBytes(out));
      expect(JSON.parse(document)).toEqual({ A: first, B: second });
    }),
    { numRuns: 1000 },
  );
});

it('reads texts at the end of the bytes without parsing the document again', () => {
  let parsedCount = 0;
  const shape = { columns, needed: [0, 1], wrapped: true };
  const constants = decodeConstants(shape, () => {
    parsedCount++;
    return [null, null];
  });
  const names = { slots: ['a', 'b'], k: 'k', present: undefined, ranges: undefined };
  const read = new Function(
    'k',
    `return (bytes, start, end) => { let a, b; ${decodeSource(shape, names)} return [a, b]; };`,
  )(constants);
  const found = ['', 'é', '\n'].flatMap((before) =>
    Array.from({ length: 40 }, (_, length) => {
      const row = { A: 'a', B: `${before}${'x'.repeat(length)}` };
      const bytes = new TextEncoder().encode(JSON.stringify(row));
      expect(read(bytes, 0, bytes.length)).toEqual([row.A, row.B]);
      return row;
    }),
  );
  expect([found.length, parsedCount]).toEqual([120, 0]);
});
