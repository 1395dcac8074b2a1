/** Pieces of generated decoders of messages (decode-source.ts): cases of the switch over tags, lengths, and what steps over fields. */
import type { Bytes } from '../../base/env.ts';
import { shortVarintSource, skipVarintSource, SLOW } from '../varint-source.ts';

/** A case of the switch over tags. */
export function caseSource(number: number, wireType: number, source: string): string {
  return `case ${number * 8 + wireType}: {\n${source}\nbreak;\n}\n`;
}

/** `$c`: the length of what ends at `$p`, which is not behind `end`. */
export function lengthSource(end: string): string {
  return `${shortVarintSource}\nif ($c > ${end} - $p) ${SLOW}\n$p += $c;`;
}

/** Declares where a part with its length before it ends. */
export function endSource(name: string, outer: string): string {
  return `${shortVarintSource}\nif ($c > ${outer} - $p) ${SLOW}\nconst ${name} = $p + $c;`;
}

export function skipSource(wireType: number, end: string): string {
  switch (wireType) {
    case 0:
      return skipVarintSource;
    case 1:
      return '$p += 8;';
    case 2:
      return lengthSource(end);
    default:
      return '$p += 4;';
  }
}

/** Steps over a field whose tag has been read; -1 for what the slow reader is to look at, the fields of these numbers included. */
export function skipper(
  known: readonly number[],
): (bytes: Bytes, start: number, end: number, tag: number) => number {
  const numbers = new Set([0, ...known]);
  return (bytes, start, end, tag) => {
    if (numbers.has(tag >>> 3)) return -1;
    let p = start;
    switch (tag & 7) {
      case 0:
        while (p < end && bytes[p]! >= 0x80) p++;
        p++;
        return p - start > 10 ? -1 : p;
      case 1:
        return start + 8;
      case 2: {
        const length = bytes[p]!;
        return length >= 0x80 ? skipLong(bytes, p, end) : p + 1 + length;
      }
      case 5:
        return start + 4;
      default:
        return -1;
    }
  };
}

/** Behind a part whose length takes two to four bytes; -1 for longer ones. */
function skipLong(bytes: Bytes, start: number, end: number): number {
  let length = 0;
  for (let at = 0; at < 4 && start + at < end; at++) {
    const byte = bytes[start + at]!;
    length |= (byte & 0x7f) << (7 * at);
    if (byte < 0x80) return start + at + 1 + length;
  }
  return -1;
}
