/** What Java says (test/golden/README.md) against what Leat says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resultOf } from '../../src/functions/scalar/call-in-test.ts';
import { hashOrdered } from '../../src/functions/scalar/map/hash-order.ts';
import { castFunction } from '../../src/types/cast.ts';
import { naturalOrder } from '../../src/types/compare.ts';
import {
  type DecimalOperator,
  decimalOperation,
  decimalText,
  parseDecimal,
} from '../../src/types/decimal.ts';
import {
  divideInt32,
  divideInt64,
  remainderInt32,
  remainderInt64,
} from '../../src/types/integer.ts';
import { javaDoubleText, javaTrim, parseDouble } from '../../src/types/java-text.ts';
import type { DecimalType } from '../../src/types/numeric-types.ts';
import type { SqlType } from '../../src/types/type.ts';
import type { Value } from '../../src/types/value.ts';

type Cell = string | number | null | readonly Cell[];
const vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, 'vectors.json'), 'utf8'),
) as Readonly<Record<string, readonly (readonly Cell[])[]>>;

/** Compares a group line by line; `actual` gives the line that Leat would have written. */
function compare(
  group: string,
  isComparable: (line: readonly Cell[]) => boolean,
  actual: (line: readonly Cell[]) => readonly Cell[],
): void {
  const lines = vectors[group]!.filter(isComparable);
  expect(lines.length).toBeGreaterThan(0);
  const wrong = lines.flatMap((line) => {
    const own = actual(line);
    const [java, leat] = [JSON.stringify(line), JSON.stringify(own)];
    return java === leat ? [] : [`Java ${java}, Leat ${leat}`];
  });
  expect(wrong).toEqual([]);
}

const all = (): boolean => true;

function orNull<T>(compute: () => T): T | null {
  try {
    return compute();
  } catch {
    return null;
  }
}

const view = new DataView(new ArrayBuffer(8));

function doubleOf(bits: Cell): number {
  view.setBigUint64(0, BigInt(`0x${bits as string}`));
  return view.getFloat64(0);
}

function bitsOf(value: number): string {
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

function hex(bytes: Value): string {
  return Buffer.from(bytes as Uint8Array).toString('hex');
}

describe('numbers', () => {
  test('doubles print as Double.toString', () => {
    compare('doubleText', all, ([bits]) => [bits!, javaDoubleText(doubleOf(bits!))]);
  });

  test('doubles parse as Double.parseDouble', () => {
    compare('parseDouble', all, ([text]) => [
      text!,
      orNull(() => bitsOf(parseDouble(javaTrim(text as string)))),
    ]);
  });

  test('doubles become integers as a Java cast, and by ROUND', () => {
    const cast = (to: 'INTEGER' | 'BIGINT') => castFunction({ kind: 'DOUBLE' }, { kind: to })!;
    compare('doubleCasts', all, ([bits, , , rounded]) => {
      const value = doubleOf(bits!);
      const round = String(resultOf('ROUND', ['DOUBLE'], value));
      return [
        bits!,
        cast('INTEGER')(value) as number,
        String(cast('BIGINT')(value)),
        rounded!,
        round,
      ];
    });
  });

  test('INTEGER wraps around and divides toward zero', () => {
    compare('integers', all, ([a, b]) => {
      const [x, y] = [a as number, b as number];
      const divided = orNull(() => divideInt32(x, y) + 0);
      const rest = orNull(() => remainderInt32(x, y) + 0);
      const absolute = resultOf('ABS', ['INTEGER'], x) as number;
      return [x, y, (x + y) | 0, (x - y) | 0, Math.imul(x, y), divided, rest, -x | 0, absolute];
    });
  });

  test('BIGINT wraps around and divides toward zero', () => {
    const wrap = (value: bigint): string => String(BigInt.asIntN(64, value));
    compare('longs', all, ([a, b]) => {
      const [x, y] = [BigInt(a as string), BigInt(b as string)];
      const absolute = String(resultOf('ABS', ['BIGINT'], x));
      const narrow = castFunction({ kind: 'BIGINT' }, { kind: 'INTEGER' })!(x) as number;
      const divided = orNull(() => String(divideInt64(x, y)));
      const rest = orNull(() => String(remainderInt64(x, y)));
      return [
        a!,
        b!,
        wrap(x + y),
        wrap(x - y),
        wrap(x * y),
        divided,
        rest,
        wrap(-x),
        absolute,
        narrow,
      ];
    });
  });

  const decimal = (precision: Cell, scale: Cell): DecimalType => ({
    kind: 'DECIMAL',
    precision: precision as number,
    scale: scale as number,
  });
  const unscaled = (text: Cell): bigint => parseDecimal(text as string)!.unscaled;

  test('DECIMAL arithmetic is exact or fails', () => {
    compare('decimalArithmetic', all, (line) => {
      const [op, x, p1, s1, y, p2, s2, , scale] = line;
      const result = orNull(() =>
        decimalText(
          decimalOperation(
            op as DecimalOperator,
            decimal(p1!, s1!),
            decimal(p2!, s2!),
          )(unscaled(x!), unscaled(y!)),
          scale as number,
        ),
      );
      return [...line.slice(0, -1), result];
    });
  });

  test('DECIMAL rounds half up in casts, towards positive infinity in ROUND', () => {
    compare('decimalRounding', all, (line) => {
      const [text, scale] = line;
      const places = scale as number;
      const value = parseDecimal(text as string)!;
      const type = decimal(38, value.scale);
      const shown = (result: Value): string | null =>
        result === null ? null : decimalText(result as bigint, Math.max(places, 0));
      const to = decimal(38, Math.max(places, 0));
      const halfUp = castFunction(type, to)!(value.unscaled);
      const at = (name: string): string | null => {
        const sql = `DECIMAL(38, ${value.scale})`;
        const result = resultOf(name, [sql, 'INTEGER'], value.unscaled, places);
        return shown(castFunction(type, to)!(result));
      };
      // A cast has no scale below zero, and CEIL and FLOOR only know scale 0.
      const whole = (name: string, java: Cell): Cell =>
        places === 0
          ? shown(
              castFunction(type, to)!(
                resultOf(name, [`DECIMAL(38, ${value.scale})`], value.unscaled),
              ),
            )
          : java;
      const [, , up, , ceiling, floor] = line;
      return [
        text!,
        scale!,
        places < 0 ? up! : shown(halfUp),
        at('TRUNC'),
        whole('CEIL', ceiling!),
        whole('FLOOR', floor!),
        at('ROUND'),
      ];
    });
  });

  test('text becomes a DECIMAL as new BigDecimal reads it', () => {
    // Differs: Java reads the digits of every script.
    const isLatin = ([text]: readonly Cell[]): boolean =>
      !/\p{Nd}/u.test((text as string).replace(/[0-9]/g, ''));
    compare('decimalText', isLatin, ([text]) => {
      const value = parseDecimal(text as string);
      if (value === null) return [text!, null, null];
      const { unscaled: digits, scale } = value;
      const plain =
        scale < 0 ? decimalText(digits * 10n ** BigInt(-scale), 0) : decimalText(digits, scale);
      return [text!, plain, bitsOf(Number(plain))];
    });
  });

  test('a double becomes the DECIMAL of its text', () => {
    compare('doubleToDecimal', all, ([bits, java]) => {
      const scale = java === null ? 0 : ((java as string).split('.')[1] ?? '').length;
      const to: SqlType = { kind: 'DECIMAL', precision: 1000, scale };
      const cast = castFunction({ kind: 'DOUBLE' }, to)!;
      return [bits!, orNull(() => decimalText(cast(doubleOf(bits!)) as bigint, scale))];
    });
  });
});

describe('text', () => {
  const text = (name: string, ...args: readonly Value[]): Value =>
    resultOf(
      name,
      args.map((arg) => (typeof arg === 'number' ? 'INTEGER' : 'STRING')),
      ...args,
    );

  test('functions of one text see UTF-16 code units', () => {
    compare('strings', all, (line) => {
      const value = line[0] as string;
      // Java's reverse keeps surrogate pairs; no function of ksqlDB reverses.
      return [
        value,
        text('LEN', value) as number,
        text('UCASE', value) as string,
        text('LCASE', value) as string,
        text('TRIM', value) as string,
        line[5]!,
        text('REPLACE', value, '', '|') as string,
        text('MASK', value) as string,
        text('SPLIT', value, '') as Cell,
        text('MD5', value) as string,
      ];
    });
  });

  test('SUBSTRING cuts between the halves of a pair', () => {
    compare('substrings', all, ([value, from, length]) => [
      value!,
      from!,
      length!,
      text('SUBSTRING', value as string, from as number, length as number) as string,
    ]);
  });

  test('INSTR finds from the left and from the right', () => {
    compare('positions', all, (line) => {
      const [value, part] = line as readonly string[];
      if (part === '') return line;
      return [
        value!,
        part!,
        text('INSTR', value!, part!) as number,
        text('INSTR', value!, part!, -1) as number,
      ];
    });
  });

  test('texts are ordered by UTF-16 code unit', () => {
    const order = naturalOrder({ kind: 'STRING' })!;
    compare('order', all, ([a, b]) => [
      a!,
      b!,
      ...[b!, '\uffff', 'a'].map((other) => Math.sign(order(a as string, other as string))),
    ]);
  });

  test('CHR gives a code point or NULL', () => {
    compare('codePoints', all, ([code]) => [
      code!,
      orNull(() => text('CHR', code as number)) as Cell,
    ]);
  });

  test('TO_BYTES writes what has no code point as a question mark', () => {
    compare('utf8', all, ([value]) => [
      value!,
      hex(text('TO_BYTES', value as string, 'utf8')),
      hex(text('TO_BYTES', value as string, 'ascii')),
    ]);
  });

  test('FROM_BYTES replaces what is malformed', () => {
    compare('utf8Decoding', all, ([bytes]) => {
      const value = Uint8Array.from(Buffer.from(bytes as string, 'hex'));
      const decoded = (name: string): string =>
        resultOf('FROM_BYTES', ['BYTES', 'STRING'], value, name) as string;
      return [bytes!, decoded('utf8'), decoded('ascii')];
    });
  });

  test('URLs are form-encoded', () => {
    compare('urlEncoding', all, ([value]) => [
      value!,
      text('URL_ENCODE_PARAM', value as string) as string,
    ]);
    compare('urlDecoding', all, ([value]) => [
      value!,
      orNull(() => text('URL_DECODE_PARAM', value as string)) as Cell,
    ]);
  });

  test('maps are folded in the order of a hash map', () => {
    compare('hashOrder', all, ([keys]) => {
      const map = new Map((keys as readonly string[]).map((key) => [key, 1]));
      return [keys!, hashOrdered(map).map(([key]) => key as string)];
    });
  });
});

describe('dates', () => {
  test('timestamps print by DateTimeFormatter patterns', () => {
    compare('formatTimestamp', all, ([pattern, instant, zone]) => [
      pattern!,
      instant!,
      zone!,
      orNull(() =>
        resultOf(
          'FORMAT_TIMESTAMP',
          ['TIMESTAMP', 'STRING', 'STRING'],
          instant as number,
          pattern as string,
          zone as string,
        ),
      ) as Cell,
    ]);
  });

  test('zones have the offsets of ZoneId.of', () => {
    compare('zoneOffsets', all, ([zone, instant]) => [
      zone!,
      instant!,
      orNull(() => {
        const shifted = resultOf(
          'CONVERT_TZ',
          ['TIMESTAMP', 'STRING', 'STRING'],
          instant as number,
          'UTC',
          zone as string,
        );
        return ((shifted as number) - (instant as number)) / 1000;
      }),
    ]);
  });

  test('PARSE_DATE reads by SimpleDateFormat patterns', () => {
    compare('parseDate', all, ([pattern, value]) => [
      pattern!,
      value!,
      orNull(() =>
        resultOf('PARSE_DATE', ['STRING', 'STRING'], value as string, pattern as string),
      ) as Cell,
    ]);
  });
});

/** What a matcher that never backtracks has not: these are refused, whatever the text (reliability: matching cannot run away). */
const REFUSED_PATTERNS: ReadonlySet<Cell> = new Set([
  'a?+a',
  '(?>a+)a',
  '(?=b)',
  '(?<=a)b',
  '(?<!a)b',
  '(?!b).',
  '(.)\\1',
  '(?<x>a)\\k<x>',
  '\\1',
  '\\X',
  '\\N{LATIN SMALL LETTER A}',
]);
/** Java also matches nothing between the halves of a surrogate pair and tears it apart by replacing; Leat steps over pairs. */
const isTorn = ([pattern, value]: readonly Cell[]): boolean =>
  ['a*', 'a||b', '()', '', '(a*)*'].includes(pattern as string) && /😀/u.test(value as string);

describe('regular expressions', () => {
  test('that could run away are refused', () => {
    for (const pattern of REFUSED_PATTERNS) {
      const extract = () =>
        resultOf('REGEXP_EXTRACT_ALL', ['STRING', 'STRING'], pattern as string, 'a');
      expect(extract).toThrow();
    }
  });

  test('find and replace as java.util.regex does', () => {
    const comparable = (line: readonly Cell[]): boolean =>
      !REFUSED_PATTERNS.has(line[0]!) && !isTorn(line);
    compare('regularExpressions', comparable, ([pattern, value]) => [
      pattern!,
      value!,
      orNull(() =>
        resultOf('REGEXP_EXTRACT_ALL', ['STRING', 'STRING'], pattern as string, value as string),
      ) as Cell,
      orNull(() =>
        resultOf(
          'REGEXP_REPLACE',
          ['STRING', 'STRING', 'STRING'],
          value as string,
          pattern as string,
          '<$0>',
        ),
      ) as Cell,
    ]);
  });
});
