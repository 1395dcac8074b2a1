/**
 * What was entered before, oldest first: plain data. In the file an entry is a line, its own line breaks written as `\n` and
 * its backslashes doubled.
 */
import { historyEntriesMax, historyEntryLengthMax } from './limits.ts';

/** The entries with another one; blank ones, repetitions of the last and very long ones are not worth keeping. */
export function withEntry(entries: readonly string[], entry: string): readonly string[] {
  const text = entry.trim();
  if (text === '' || text.length > historyEntryLengthMax || text === entries.at(-1)) return entries;
  return [...entries, text].slice(-historyEntriesMax);
}

/** The line of the file for an entry, without its line end. */
export function encodeEntry(entry: string): string {
  return entry.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** The last entries of the file's text; lines that are blank are left out. */
export function decodeEntries(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-historyEntriesMax)
    .map((line) => line.replace(/\\(.)/g, (_, next: string) => (next === 'n' ? '\n' : next)));
}

/** The last entry before `from` that contains `query`, in any case; null if there is none. */
export function searchBack(entries: readonly string[], query: string, from: number): number | null {
  const wanted = query.toLowerCase();
  for (let at = Math.min(from, entries.length) - 1; at >= 0; at--) {
    if ((entries[at] as string).toLowerCase().includes(wanted)) return at;
  }
  return null;
}

/**
 * History expansion, only where the line begins with `!` or `^` (spec: cli.md §2): `!!`, `!n`, `!-n`, `!prefix`, `!?text`,
 * `^old^new^`. Entries are numbered from 1. Null when there is no such entry, the line itself when it asks for none.
 */
export function expandEntry(entries: readonly string[], line: string): string | null {
  if (line.startsWith('^')) {
    const [, old = '', replacement = ''] = line.split('^');
    const last = entries.at(-1);
    return last === undefined || old === '' || !last.includes(old)
      ? null
      : last.replace(old, () => replacement);
  }
  if (!line.startsWith('!')) return line;
  const event = line.slice(1).trim();
  if (event === '!') return entries.at(-1) ?? null;
  if (/^-?\d+$/.test(event)) {
    const number = Number(event);
    return entries.at(number < 0 ? number : number - 1) ?? null;
  }
  if (event.startsWith('?')) {
    const text = event.slice(1).replace(/\?$/, '');
    return entries.findLast((entry) => entry.includes(text)) ?? null;
  }
  return event === '' ? null : (entries.findLast((entry) => entry.startsWith(event)) ?? null);
}
