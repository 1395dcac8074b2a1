/** Prints moments by the items of a pattern. */
import { fieldOf, nanosPerSecond, type Moment } from './fields.ts';
import { nameOf } from './names.ts';
import type { Item, NumberItem, OffsetShape } from './pattern.ts';

/** Throws when the moment lacks a part the pattern asks for, but in optional sections. */
export function printItems(items: readonly Item[], moment: Moment): string {
  let text = '';
  for (const item of items) text += printItem(item, moment);
  return text;
}

function printItem(item: Item, moment: Moment): string {
  switch (item.kind) {
    case 'literal':
      return item.text;
    case 'number':
      return printNumber(item, fieldOf(moment, item.field));
    case 'fraction': {
      const nanos = fieldOf(moment, 'NanoOfSecond') % nanosPerSecond;
      return String(nanos).padStart(9, '0').slice(0, item.width);
    }
    case 'text':
      return nameOf(item.field, fieldOf(moment, item.field), item.style);
    case 'offset':
      return printOffset(offsetOf(moment), item.shape, item.zero);
    case 'localized-offset':
      return printLocalizedOffset(offsetOf(moment), item.isFull);
    case 'zone-id':
      return zoneOf(moment).zone.id;
    case 'zone-text':
      return printZoneText(moment, item.isFull);
    case 'padded': {
      const text = printItem(item.item, moment);
      if (text.length > item.width) {
        throw new Error(
          `Cannot print as output of ${text.length} characters exceeds pad width of ${item.width}`,
        );
      }
      return text.padStart(item.width);
    }
    case 'optional':
      return printOptional(item.items, moment);
  }
}

/** An optional section that asks for a part that is not there prints nothing. */
function printOptional(items: readonly Item[], moment: Moment): string {
  return items.every((item) => isPrintable(item, moment)) ? printItems(items, moment) : '';
}

function isPrintable(item: Item, moment: Moment): boolean {
  switch (item.kind) {
    case 'literal':
    case 'optional':
      return true;
    case 'padded':
      return isPrintable(item.item, moment);
    case 'number':
    case 'text':
    case 'fraction':
      try {
        fieldOf(moment, item.kind === 'fraction' ? 'NanoOfSecond' : item.field);
        return true;
      } catch {
        return false;
      }
    default:
      return moment.zone !== null;
  }
}

function printNumber(item: NumberItem, value: number): string {
  if (item.isReduced) return String(Math.abs(value) % 100).padStart(2, '0');
  const digits = String(Math.abs(value));
  if (digits.length > item.maxWidth) {
    throw new Error(
      `Field ${item.field} cannot be printed as the value ${value} exceeds the maximum print width of ${item.maxWidth}`,
    );
  }
  const padded = digits.padStart(item.minWidth, '0');
  if (value < 0) {
    if (item.sign !== 'not-negative') return `-${padded}`;
    throw new Error(
      `Field ${item.field} cannot be printed as the value ${value} cannot be negative according to the SignStyle`,
    );
  }
  const isLong = item.sign === 'exceeds-pad' && digits.length > item.minWidth;
  return isLong ? `+${padded}` : padded;
}

function zoneOf(moment: Moment): NonNullable<Moment['zone']> {
  if (moment.zone === null) throw new Error('Unable to extract ZoneId from temporal');
  return moment.zone;
}

function offsetOf(moment: Moment): number {
  if (moment.zone === null) throw new Error('Unsupported field: OffsetSeconds');
  return moment.zone.zone.offsetAt(moment.zone.instantMs);
}

const two = (value: number): string => String(value).padStart(2, '0');

function printOffset(seconds: number, shape: OffsetShape, zero: string): string {
  const magnitude = Math.abs(seconds);
  const minute = Math.floor(magnitude / 60) % 60;
  const second = magnitude % 60;
  const colon = shape.hasColons ? ':' : '';
  let text = two(Math.floor(magnitude / 3600));
  let printed = Math.floor(magnitude / 3600);
  if (shape.minutes === 'always' || minute > 0) {
    text += colon + two(minute);
    printed += minute;
    if (shape.seconds === 'unless-zero' && second > 0) {
      text += colon + two(second);
      printed += second;
    }
  }
  return printed === 0 ? zero : (seconds < 0 ? '-' : '+') + text;
}

function printLocalizedOffset(seconds: number, isFull: boolean): string {
  if (seconds === 0) return 'GMT';
  const magnitude = Math.abs(seconds);
  const hour = Math.floor(magnitude / 3600);
  const minute = Math.floor(magnitude / 60) % 60;
  const second = magnitude % 60;
  let text = `GMT${seconds < 0 ? '-' : '+'}${isFull ? two(hour) : hour}`;
  if (isFull || minute > 0 || second > 0) text += `:${two(minute)}`;
  return second > 0 ? `${text}:${two(second)}` : text;
}

/** `CEST` or `Central European Summer Time`. */
function printZoneText(moment: Moment, isFull: boolean): string {
  const { zone, instantMs } = zoneOf(moment);
  if (zone.isOffset) return zone.id;
  if (!isFull) return zone.abbreviationAt(instantMs);
  // The one use of the platform's locale data: it depends on its arguments alone.
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone.id, timeZoneName: 'long' });
  const name = parts.formatToParts(instantMs).find(({ type }) => type === 'timeZoneName');
  return name?.value ?? zone.id;
}
