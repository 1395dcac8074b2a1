/** What a pull query over a table answers, compared with the fold of the table's topic. */
import { throughTopic } from './codec.ts';
import type { Query, Source, TopicRecord } from './model.ts';
import type { PulledRow } from './run-engine.ts';
import { folded } from './sqlite/compare.ts';
import { listText } from './sqlite/oracle.ts';

function rowText({ key, window, value }: PulledRow): string {
  return `${listText(key)} ${window?.start} ${window?.end} ${listText(value)}`;
}

/** null: equal, give or take windows whose retention is over. */
export function comparePulled(
  query: Query,
  source: Source,
  of: {
    readonly records: readonly TopicRecord[];
    readonly pulled: readonly PulledRow[];
    /** The largest of any input. */
    readonly streamTime: number;
  },
): string | null {
  // Before they are final, rows of EMIT FINAL are in the state and not on the topic.
  if (query.final) return null;
  const rows = folded(of.records);
  const expected = rows.map(rowText);
  // The topic's format may know fewer values than the state; a NULL that it writes as no value is a row only in the state.
  const actual = of.pulled
    .map((row) => ({
      ...row,
      value: throughTopic(source.valueFormat, source.value, row.value, 'value'),
    }))
    .filter((row) => row.value !== null)
    .map(rowText);
  const extra = actual.filter((text) => !expected.includes(text));
  const oldest = oldestKept(query, of.streamTime);
  const missing = rows
    .filter((row) => oldest === null || isKept(query, row, oldest))
    .map(rowText)
    .filter((text) => !actual.includes(text));
  if (extra.length === 0 && missing.length === 0 && new Set(actual).size === actual.length) {
    return null;
  }
  return [
    ...missing.map((text) => `missing in the pull query: ${text}`),
    ...extra.map((text) => `extra in the pull query: ${text}`),
    `answered: ${actual.join('; ')}`,
  ].join('\n');
}

/** Windows from here on must still be there; null: there are none. */
function oldestKept({ window }: Query, streamTime: number): number | null {
  if (window === null) return null;
  const graceMs = window.graceMs ?? 86_400_000;
  if (window.kind === 'session') return streamTime - window.gapMs - graceMs;
  return streamTime - (window.retentionMs ?? window.sizeMs + graceMs);
}

function isKept({ window }: Query, row: TopicRecord, oldest: number): boolean {
  const place = window?.kind === 'session' ? row.window!.end : row.window!.start;
  return place >= oldest;
}
