import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type ConfigSources, effectiveSettings, unknownSettings } from './effective.ts';
import { propertiesOfEnvironment, propertiesOfOptions } from './environment.ts';
import { leatTable } from './leat-table.ts';
import { propertyLines } from './listing.ts';
import { readProperties } from './properties-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'leat-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

function effective(sources: Partial<ConfigSources>) {
  return effectiveSettings({ files: [], environment: {}, flags: {}, ...sources });
}

test('properties files are read as Java reads them', () => {
  const text = `# a comment
! another
ksql.service.id=orders_
  listeners : http://0.0.0.0:8088
spaced  value with blanks  
list=a,\\
     b
escaped\\=name\\ here=tab\\tu\\u0041
empty=
same=1
same=2
path=c:\\\\data`;
  expect(readProperties(text)).toEqual({
    'ksql.service.id': 'orders_',
    listeners: 'http://0.0.0.0:8088',
    spaced: 'value with blanks  ',
    list: 'a,b',
    'escaped=name here': 'tab\tuA',
    empty: '',
    same: '2',
    path: 'c:\\data',
  });
});

test('variables are named as in ksqlDB’s images; those of their scripts are left alone', () => {
  const environment = {
    KSQL_KSQL_SERVICE_ID: 'a',
    KSQL_LISTENERS: 'http://0.0.0.0:1',
    KSQL_WITH__DASH___UNDER: 'x',
    KSQL_HEAP_OPTS: '-Xmx1g',
    KSQL_LOG4J_ROOT_LOGLEVEL: 'INFO',
    LEAT_LIMIT_STATE_ROWS: '5',
    LEAT_DATA: '/somewhere',
    PATH: '/bin',
  };
  expect(propertiesOfEnvironment(environment, (name) => name === 'leat.limit.state.rows')).toEqual({
    'ksql.service.id': 'a',
    listeners: 'http://0.0.0.0:1',
    'with-dash_under': 'x',
    'leat.limit.state.rows': '5',
  });
});

test('KSQL_OPTS holds system properties', () => {
  expect(propertiesOfOptions(`-Xmx1g -Dksql.service.id=b -Da.b="c d" -De='f g'`)).toEqual({
    'ksql.service.id': 'b',
    'a.b': 'c d',
    e: 'f g',
  });
  expect(propertiesOfOptions(undefined)).toEqual({});
});

test('the command line wins over KSQL_OPTS, that over the environment, that over files, the last file first', () => {
  const name = 'ksql.service.id';
  const files = [file('1', `${name}=one\nksql.max.push.queries=1`), file('2', `${name}=two`)];
  const environment = { KSQL_KSQL_SERVICE_ID: 'three', KSQL_OPTS: `-D${name}=four` };
  const set = (sources: Partial<ConfigSources>) => effective(sources).get(name);
  expect(set({ files })).toEqual({ value: 'two', source: `file ${files[1]}` });
  expect(effective({ files }).get('ksql.max.push.queries')?.value).toBe('1');
  expect(set({ files, environment: { KSQL_KSQL_SERVICE_ID: 'three' } })).toEqual({
    value: 'three',
    source: 'environment',
  });
  expect(set({ files, environment })).toEqual({ value: 'four', source: 'KSQL_OPTS' });
  expect(set({ files, environment, flags: { [name]: 'five' } })).toEqual({
    value: 'five',
    source: 'command line',
  });
});

describe('refused', () => {
  test.each([
    [
      { 'leat.limit.state.row': '1' },
      'config.unknown-property',
      /no property leat\.limit\.state\.row \(command line\)/,
    ],
    [{ 'leat.limit.state.rows': 'many' }, 'config.invalid-limit', /is many, which is no number/],
    [{ 'leat.limit.sql.joins': '33' }, 'config.invalid-limit', /from 1 to 32/],
    [
      { 'ksql.max.push.queries': 'x' },
      'config.invalid-property',
      /Invalid value x for configuration ksql\.max\.push\.queries: Not a number of type INT \(command line\)/,
    ],
    [
      { 'ksql.streams.auto.offset.reset': 'sometime' },
      'config.invalid-property',
      /String must be one of: latest, earliest, none/,
    ],
  ])('%j', (flags, code, message) => {
    expect(() => effective({ flags })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test('a file that is not there', () => {
    expect(() => effective({ files: [join(directory, 'none')] })).toThrow(
      expect.objectContaining({ code: 'config.unreadable' }),
    );
  });
});

test('what nobody knows is told with what is like it, and goes through', () => {
  const settings = effective({ flags: { 'ksql.servic.id': 'x', 'ksql.functions.f.g': '1' } });
  expect(unknownSettings(settings)).toEqual([
    {
      name: 'ksql.servic.id',
      source: 'command line',
      hint: expect.stringContaining('ksql.service.id'),
    },
  ]);
});

test('a server keeps a processing log unless it is told otherwise', () => {
  const name = 'ksql.logging.processing.topic.auto.create';
  expect(effective({}).get(name)).toEqual({ value: 'true', source: 'leat serve' });
  expect(effective({ flags: { [name]: 'false' } }).get(name)?.value).toBe('false');
});

test('the listing shows everything, what is set with its source, and no password', () => {
  const settings = effective({
    flags: {
      'ksql.streams.auto.offset.reset': 'earliest',
      'ssl.keystore.password': 'geheim',
      'sasl.jaas.config': 'geheim',
    },
  });
  const lines = propertyLines(settings);
  const of = (name: string) => lines.find((line) => line.name === name);
  expect(of('ksql.streams.auto.offset.reset')).toMatchObject({
    value: 'earliest',
    source: 'command line',
    default: 'latest',
  });
  expect(of('leat.limit.state.rows')).toMatchObject({ value: '50000000', source: 'default' });
  expect(JSON.stringify(lines)).not.toContain('geheim');
  expect(lines.every(({ meaning }) => meaning.endsWith('.'))).toBe(true);
  expect(propertyLines(settings, 'STATE.ROWS').map(({ name }) => name)).toEqual([
    'leat.limit.state.rows',
  ]);
});

test('every limit of Leat is refused where it is no number, so it is read', () => {
  for (const { name, type } of leatTable.filter((property) => property.type === 'number')) {
    expect(type).toBe('number');
    expect(() => effective({ flags: { [name]: '0' } })).toThrow(`${name} is 0`);
  }
});
