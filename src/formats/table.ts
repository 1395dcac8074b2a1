/** All formats. */
import { problem } from '../base/errors.ts';
import { delimitedFormat } from './delimited/delimited-format.ts';
import type { FormatDef } from './format.ts';
import { jsonFormat } from './json/json-format.ts';
import { kafkaFormat } from './kafka/kafka-format.ts';
import { noneFormat } from './none/none-format.ts';

/** In the order in which listings show them. */
export const formats: readonly FormatDef[] = [delimitedFormat, jsonFormat, kafkaFormat, noneFormat];

const byName: ReadonlyMap<string, FormatDef> = new Map(
  formats.map((format) => [format.name, format]),
);

/** The format of this name, in whatever case. Throws `format.unknown`. */
export function formatByName(name: string): FormatDef {
  const format = byName.get(name.toUpperCase());
  if (format === undefined) throw problem('format.unknown', `Unknown format: ${name}`);
  return format;
}
