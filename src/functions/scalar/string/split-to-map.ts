import type { ScalarDef } from '../../define.ts';
import { checkLimit, resultElementsMax } from '../limits.ts';
import { scalar, strict } from '../scalar.ts';

/** SPLIT_TO_MAP: entries without a key-value delimiter are skipped. */
export const splitToMap: ScalarDef = scalar({
  name: 'SPLIT_TO_MAP',
  category: 'MAP',
  doc: 'A map out of a text of entries; later entries win.',
  examples: [["split_to_map('a=1&b=2&c', '&', '=')", '{a=1, b=2}']],
  overloads: [
    strict(
      '(STRING text, STRING entryDelimiter, STRING keyValueDelimiter) -> MAP<STRING, STRING>',
      (text: string, entryDelimiter: string, keyValueDelimiter: string) => {
        if (entryDelimiter === '' || keyValueDelimiter === '') return null;
        if (entryDelimiter === keyValueDelimiter) return null;
        const map = new Map<string, string>();
        for (const entry of text.split(entryDelimiter)) {
          const [key = '', value] = entry.split(keyValueDelimiter, 2);
          if (value !== undefined) map.set(key, value);
        }
        checkLimit(resultElementsMax, 'entries', map.size);
        return map;
      },
    ),
  ],
});
