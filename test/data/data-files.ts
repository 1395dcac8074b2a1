/** Real data for tests: wherever LEAT_DATA says, a folder beside the checkout, or else the sample that is committed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const beside = join(import.meta.dirname, '../../../shared/data');
const sample = join(import.meta.dirname, 'sample');
const directory = process.env['LEAT_DATA'] ?? (existsSync(beside) ? beside : sample);

export interface Flight {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}
export interface Airport {
  readonly iata: string;
  readonly name: string;
  readonly city: string;
  readonly state: string;
}

function read(name: string): string {
  const path = join(directory, name);
  if (!existsSync(path))
    throw new Error(`${path} is missing: LEAT_DATA names the folder that holds it`);
  return readFileSync(path, 'utf8');
}

/** In order of their date. */
export function flights(): readonly Flight[] {
  return read('flights.ndjson')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

export function airports(): readonly Airport[] {
  const [, ...lines] = read('airports.csv').split(/\r?\n/);
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [iata = '', name = '', city = '', state = ''] = fieldsOf(line);
      return { iata, name, city, state };
    });
}

/** Fields of a line of CSV; quotes are doubled inside quotes. */
function fieldsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}
