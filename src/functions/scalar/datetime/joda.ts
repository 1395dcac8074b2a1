/**
 * The only file that knows @js-joda: the rules of named time zones.
 *
 * Loaded with `require` on the first use of a named zone, because the core is synchronous and a static import would put the
 * tables of every zone (a tenth of a second, several megabytes) into every cold start; most servers never name a zone.
 * Patterns are our own (formatter.ts): js-joda's print `ET` for EST and know no padding.
 */
import { createRequire } from 'node:module';
import type * as JodaCore from '@js-joda/core';

/** What differs from zone to zone. */
export interface RegionRules {
  /** As the database spells it. */
  readonly id: string;
  /** Seconds east of Greenwich at an instant in milliseconds. */
  offsetAt(instantMs: number): number;
  /** Seconds east of Greenwich at a local time; in a gap or an overlap the offset before it, as Java resolves both. */
  offsetAtLocal(localMs: number): number;
  /** Such as `CEST`; a numeric offset where the database has no letters. */
  abbreviationAt(instantMs: number): string;
}

interface Loaded {
  readonly core: typeof JodaCore;
  /** By lower-case name. */
  readonly ids: ReadonlyMap<string, string>;
  readonly regions: Map<string, RegionRules>;
}

let loaded: Loaded | null = null;

/** Abbreviations the database has as names, which Java refuses because they are ambiguous. */
const refused: ReadonlySet<string> = new Set(['est', 'mst', 'hst', 'roc']);

function load(): Loaded {
  if (loaded !== null) return loaded;
  const require = createRequire(import.meta.url);
  const core = require('@js-joda/core') as typeof JodaCore;
  require('@js-joda/timezone');
  const names = core.ZoneRulesProvider.getAvailableZoneIds();
  const ids = new Map<string, string>();
  for (const name of names) {
    if (!refused.has(name.toLowerCase())) ids.set(name.toLowerCase(), name);
  }
  loaded = { core, ids, regions: new Map() };
  return loaded;
}

/** The name of a zone in the database's spelling; null if there is none of this name in any case. */
export function regionNamed(name: string): string | null {
  return load().ids.get(name.toLowerCase()) ?? null;
}

/** The rules of a zone given in the database's spelling; null if it is unknown. */
export function regionRules(id: string): RegionRules | null {
  const { core, ids, regions } = load();
  if (ids.get(id.toLowerCase()) !== id) return null;
  const known = regions.get(id);
  if (known !== undefined) return known;
  const rules = core.ZoneId.of(id).rules();
  const region: RegionRules = {
    id,
    offsetAt: (instantMs) => rules.offset(core.Instant.ofEpochMilli(instantMs)).totalSeconds(),
    offsetAtLocal: (localMs) => {
      const local = core.LocalDateTime.ofEpochSecond(
        Math.floor(localMs / 1000),
        core.ZoneOffset.UTC,
      );
      return rules.offset(local).totalSeconds();
    },
    abbreviationAt: (instantMs) => abbreviation(rules, instantMs),
  };
  regions.set(id, region);
  return region;
}

/** js-joda keeps the abbreviations beside the transitions but has no method for them. */
interface WithAbbreviations {
  readonly _tzdbInfo?: { readonly abbrs: readonly string[]; readonly untils: readonly number[] };
}

function abbreviation(rules: JodaCore.ZoneRules, instantMs: number): string {
  const info = (rules as WithAbbreviations)._tzdbInfo;
  if (info === undefined) return '';
  // `untils` ascend and end with infinity.
  let low = 0;
  let high = info.untils.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (instantMs < (info.untils[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
    else low = middle + 1;
  }
  return info.abbrs[low] ?? '';
}
