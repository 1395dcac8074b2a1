/**
 * Parses text by the items of a pattern, without regard to case, as a strict-width, case-insensitive DateTimeFormatter does.
 * What is found is a set of fields; resolve.ts makes dates and times of them.
 */
import { type Field, nanosPerSecond } from './fields.ts';
import { nameAt, zoneAbbreviations } from './names.ts';
import type { Item, NumberItem, OffsetShape } from './pattern.ts';
import { type Zone, findZone, findZoneInAnyCase, offsetZone, parseOffset } from './zone.ts';

/** What a text said. */
export interface ParsedFields {
  readonly values: Map<Field, number>;
  zone: Zone | null;
}

/** Throws Java's `Text '…' could not be parsed …` unless the whole text matches. */
export function parseItems(items: readonly Item[], text: string): ParsedFields {
  const parser = new Parser(text);
  const end = parser.sequence(items, 0);
  if (end < 0) {
    throw new Error(`Text '${text}' could not be parsed at index ${parser.failedAt}`);
  }
  if (end < text.length) {
    throw new Error(`Text '${text}' could not be parsed, unparsed text found at index ${end}`);
  }
  return parser.parsed;
}

class Parser {
  readonly #text: string;
  parsed: ParsedFields = { values: new Map(), zone: null };
  failedAt = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The position behind the items, or -1. */
  sequence(items: readonly Item[], start: number): number {
    let position = start;
    // Of numbers side by side, those behind the first have exactly their width.
    let isInRun = false;
    for (const item of items) {
      const next = this.#item(item, position, isInRun);
      if (next < 0) {
        this.failedAt = Math.max(position, 0);
        return -1;
      }
      position = next;
      isInRun = item.kind === 'number' || (item.kind === 'fraction' && isInRun);
    }
    return position;
  }

  #item(item: Item, position: number, isInRun: boolean): number {
    switch (item.kind) {
      case 'literal':
        return this.#isHere(item.text, position) ? position + item.text.length : -1;
      case 'number':
        return this.#number(item, position, isInRun);
      case 'fraction':
        return this.#fraction(item.width, position);
      case 'text': {
        const name = nameAt(item.field, item.style, this.#text, position);
        return name === null ? -1 : this.#set(item.field, name.value, name.end);
      }
      case 'offset':
        return this.#offset(item.shape, item.zero, position);
      case 'localized-offset':
        return this.#localizedOffset(item.isFull, position);
      case 'zone-id':
        return this.#zone(position, false);
      case 'zone-text':
        return this.#zone(position, true);
      case 'padded':
        return this.#padded(item.item, item.width, position);
      case 'optional': {
        const saved = { values: new Map(this.parsed.values), zone: this.parsed.zone };
        const end = this.sequence(item.items, position);
        if (end >= 0) return end;
        this.parsed = saved;
        return position;
      }
    }
  }

  #isHere(text: string, position: number): boolean {
    const found = this.#text.slice(position, position + text.length);
    return found === text || found.toLowerCase() === text.toLowerCase();
  }

  /** A field may be said twice only if both agree. */
  #set(field: Field, value: number, end: number): number {
    const known = this.parsed.values.get(field);
    if (known !== undefined && known !== value) return -1;
    this.parsed.values.set(field, value);
    return end;
  }

  #digitsFrom(position: number, most: number): number {
    let end = position;
    while (end < position + most && isDigit(this.#text.charCodeAt(end))) end += 1;
    return end - position;
  }

  #number(item: NumberItem, start: number, isInRun: boolean): number {
    const signCharacter = this.#text.charAt(start);
    const hasSign = signCharacter === '+' || signCharacter === '-';
    if (hasSign && !acceptsSign(item, signCharacter)) return -1;
    const position = hasSign ? start + 1 : start;
    const isFixed = isInRun && item.sign === 'not-negative' && item.minWidth === item.maxWidth;
    const reserved = isFixed ? 0 : item.reserved;
    let digits = this.#digitsFrom(position, item.maxWidth + reserved);
    if (reserved > 0) digits = Math.max(Math.min(item.minWidth, digits), digits - reserved);
    digits = Math.min(digits, item.maxWidth);
    if (digits < item.minWidth) return -1;
    const magnitude = Number(this.#text.slice(position, position + digits));
    if (signCharacter === '-' && magnitude === 0) return -1;
    if (item.sign === 'exceeds-pad' && signCharacter !== '-') {
      if (hasSign !== digits > item.minWidth) return -1;
    }
    const value = item.isReduced ? 2000 + magnitude : magnitude;
    return this.#set(item.field, signCharacter === '-' ? -value : value, position + digits);
  }

  #fraction(width: number, position: number): number {
    if (this.#digitsFrom(position, width) < width) return -1;
    const digits = this.#text.slice(position, position + width);
    const nanos = Math.round(Number(`0.${digits}`) * nanosPerSecond);
    return this.#set('NanoOfSecond', nanos, position + width);
  }

  #setZone(zone: Zone, end: number): number {
    const known = this.parsed.zone;
    // An offset beside a region's name is decided by resolve's caller: the region counts.
    if (known === null || known.isOffset) this.parsed.zone = zone;
    return end;
  }

  #offset(shape: OffsetShape, zero: string, position: number): number {
    if (this.#isHere(zero, position)) return this.#setZone(offsetZone(0), position + zero.length);
    const match = this.#matchAt(offsetPattern(shape), position);
    const seconds = match === null ? null : parseOffset(match);
    return match === null || seconds === null
      ? -1
      : this.#setZone(offsetZone(seconds), position + match.length);
  }

  #localizedOffset(isFull: boolean, position: number): number {
    if (!this.#isHere('GMT', position)) return -1;
    const start = position + 3;
    const pattern = isFull ? /[+-]\d{2}:\d{2}(?::\d{2})?/y : /[+-]\d{1,2}(?::\d{2}(?::\d{2})?)?/y;
    const match = this.#matchAt(pattern, start);
    if (match === null) return this.#setZone(offsetZone(0), start);
    const seconds = parseOffset(match.replace(/^([+-])(\d)(?!\d)/, '$10$2'));
    return seconds === null ? -1 : this.#setZone(offsetZone(seconds), start + match.length);
  }

  /** The longest text from here that names a zone. */
  #zone(position: number, withAbbreviations: boolean): number {
    const candidate = this.#matchAt(/[A-Za-z+-][A-Za-z0-9~/._:+-]*/y, position) ?? '';
    for (let length = candidate.length; length > 0; length -= 1) {
      const name = candidate.slice(0, length);
      const region = withAbbreviations ? zoneAbbreviations.get(name.toUpperCase()) : undefined;
      const zone = region === undefined ? findZoneInAnyCase(name) : findZone(region);
      if (zone !== null) return this.#setZone(zone, position + length);
    }
    return -1;
  }

  #padded(item: Item, width: number, position: number): number {
    const end = position + width;
    if (end > this.#text.length) return -1;
    let start = position;
    while (start < end && this.#text.charAt(start) === ' ') start += 1;
    return this.#item(item, start, false) === end ? end : -1;
  }

  #matchAt(pattern: RegExp, position: number): string | null {
    pattern.lastIndex = position;
    return pattern.exec(this.#text)?.[0] ?? null;
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function acceptsSign(item: NumberItem, sign: string): boolean {
  if (item.sign === 'not-negative') return false;
  return sign === '-' || item.sign === 'exceeds-pad';
}

function offsetPattern({ hasColons, minutes, seconds }: OffsetShape): RegExp {
  const pair = hasColons ? ':\\d{2}' : '\\d{2}';
  const secondsPart = seconds === 'never' ? '' : `(?:${pair})?`;
  const minutesPart = pair + secondsPart;
  return new RegExp(`[+-]\\d{2}${minutes === 'always' ? minutesPart : `(?:${minutesPart})?`}`, 'y');
}
