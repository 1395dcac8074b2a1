/** Cases as people read them, and as files. */
import { rowText } from './check.ts';
import type { Case } from './model.ts';
import { printQuery, printSource } from './print.ts';
import { sourceNamed, sourcesOf } from './schema.ts';

/** A SQL script and the records, in the order in which they are appended. */
export function showCase(of: Case): string {
  const sources = sourcesOf(of);
  const records = of.records.map(
    ({ source, key, value, timestamp, partition }) =>
      `-- ${source}/${partition} ${rowText(key)} -> ${rowText(value)} @${timestamp}`,
  );
  return [
    ...of.sources.map(printSource),
    ...records.slice(0, of.backlog),
    ...of.queries.map((query) => printQuery(query, sourceNamed(sources, query.sink).kind)),
    ...records.slice(of.backlog),
  ].join('\n');
}

/** JSON; integers are `{"$": "1"}`, so that none loses a digit. */
export function caseToJson(of: Case): string {
  return JSON.stringify(of, (_key, value: unknown) =>
    typeof value === 'bigint' ? { $: value.toString() } : value,
  );
}

export function caseFromJson(text: string): Case {
  return JSON.parse(text, (_key, value: unknown) => {
    const digits = (value as { $?: unknown } | null)?.$;
    return typeof digits === 'string' ? BigInt(digits) : value;
  }) as Case;
}
