/** Time zones as `java.time.ZoneId` names them: offsets, UTC, and the regions of the time-zone database. */
import { type RegionRules, regionNamed, regionRules } from './joda.ts';

export interface Zone extends RegionRules {
  /** A zone that is an offset and nothing else. */
  readonly isOffset: boolean;
}

const secondsMax = 18 * 3600;

/** `Z`, `+h`, `+hh`, `+hhmm`, `+hh:mm`, `+hhmmss`, `+hh:mm:ss` in seconds; null for other text. */
export function parseOffset(text: string): number | null {
  if (text === 'Z' || text === 'z') return 0;
  const match =
    /^([+-])(\d{1,2})$/.exec(text) ??
    /^([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text) ??
    /^([+-])(\d{2})(\d{2})(\d{2})?$/.exec(text);
  if (match === null) return null;
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  if (Number(minutes) > 59 || Number(seconds) > 59) return null;
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  if (total > secondsMax) return null;
  return sign === '-' ? -total : total;
}

/** `+02:00`, `-03:30:15`; `Z` for none. */
function offsetId(seconds: number): string {
  if (seconds === 0) return 'Z';
  const magnitude = Math.abs(seconds);
  const parts = [Math.floor(magnitude / 3600), Math.floor(magnitude / 60) % 60, magnitude % 60];
  const shown = parts[2] === 0 ? parts.slice(0, 2) : parts;
  const text = shown.map((part) => String(part).padStart(2, '0')).join(':');
  return (seconds < 0 ? '-' : '+') + text;
}

function fixedZone(id: string, seconds: number, isOffset: boolean): Zone {
  return {
    id,
    isOffset,
    offsetAt: () => seconds,
    offsetAtLocal: () => seconds,
    abbreviationAt: () => id,
  };
}

/** The zone of an offset in seconds. */
export function offsetZone(seconds: number): Zone {
  return fixedZone(offsetId(seconds), seconds, true);
}

const utc: Zone = fixedZone('UTC', 0, false);

/** The zone of this name; null if it is none. Loads the database only for the name of a region. */
export function findZone(text: string): Zone | null {
  const offset = parseOffset(text);
  if (offset !== null) return offsetZone(offset);
  if (text === 'UTC') return utc;
  const prefixed = /^(UTC|GMT|UT)([+-].+)?$/.exec(text);
  if (prefixed !== null) {
    const [, prefix = '', suffix] = prefixed;
    if (suffix === undefined) return fixedZone(prefix, 0, false);
    const seconds = parseOffset(suffix);
    if (seconds === null) return null;
    return fixedZone(prefix + (seconds === 0 ? '' : offsetId(seconds)), seconds, false);
  }
  // Java's grammar for region names; anything else need not wake the database.
  if (!/^[A-Za-z][A-Za-z0-9~/._+-]+$/.test(text)) return null;
  const rules = regionRules(text);
  return rules === null ? null : { ...rules, isOffset: false };
}

/** As `findZone`, without regard to case: how zones are found in parsed text. */
export function findZoneInAnyCase(text: string): Zone | null {
  const upper = text.toUpperCase();
  if (/^(?:Z$|UTC|GMT|UT$|UT[+-]|[+-])/.test(upper)) return findZone(upper);
  if (!/^[A-Za-z][A-Za-z0-9~/._+-]+$/.test(text)) return null;
  const id = regionNamed(text);
  return id === null ? null : findZone(id);
}

/** Throws ksqlDB's `Invalid time zone: …` for a name that is none. */
function zoneOf(text: string): Zone {
  const zone = findZone(text);
  if (zone === null) throw new Error(`Invalid time zone: ${text}`);
  return zone;
}

/** Zone names are nearly always literals: remembers the last one. One per call site. */
export function rememberedZone(): (text: string) => Zone {
  let last: { readonly text: string; readonly zone: Zone } | null = null;
  return (text) => {
    if (last?.text !== text) last = { text, zone: zoneOf(text) };
    return last.zone;
  };
}
