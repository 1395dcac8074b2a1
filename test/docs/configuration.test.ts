/** docs/configuration.md: made of the tables that the server reads; `UPDATE=1` rewrites it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { env } from 'node:process';
import { expect, test } from 'vitest';
import { leatTable } from '../../src/cli/config/leat-table.ts';
import { propertyLines } from '../../src/cli/config/listing.ts';
import { metricTable } from '../../src/server/metrics/metric-table.ts';
import { propertyMeanings } from '../../src/sql/property-meaning-table.ts';
import { propertyTable } from '../../src/sql/property-table.ts';
import { limitTable } from './limit-table.ts';

const root = resolve(import.meta.dirname, '../..');

function isFresh(name: string, text: string): void {
  const path = join(root, 'docs', name);
  if (env['UPDATE'] === '1') writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
}

/** Named with a part put in. */
const assembled =
  /^ksql\.persistence\.default\.format\.|^ksql\.properties\.overrides\.(?:deny|allow)list$/;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '\\<');

test('docs/configuration.md lists every property', () => {
  const lines = propertyLines(new Map());
  const row = ({ name, default: fallback, meaning }: (typeof lines)[number]): string =>
    `| \`${name}\` | ${fallback === null || fallback === '' ? '' : `\`${fallback}\``} | ${cell(meaning)} |`;
  const head = '| property | default | meaning |\n|---|---|---|';
  const isOf = (prefix: RegExp) =>
    lines
      .filter(({ name }) => prefix.test(name))
      .map(row)
      .join('\n');
  isFresh(
    'configuration.md',
    `# Configuration

\`leat serve\` takes properties from four places. Of what stands in several of them the last counts:

1. properties files, in Java's format: \`--config server.properties\`, as often as you like;
2. environment variables as ksqlDB's images name them: \`KSQL_KSQL_SERVICE_ID\` is \`ksql.service.id\`, \`KSQL_LISTENERS\` is
   \`listeners\` (\`_\` is a dot, \`__\` a dash, \`___\` an underscore); Leat's own: \`LEAT_LIMIT_STATE_ROWS\` is \`leat.limit.state.rows\`;
3. \`KSQL_OPTS="-Dname=value …"\`;
4. the command line: \`--property name=value\`, or \`--set name=value\`, which is the same.

\`leat config\` with the same options lists every property with its value, where that is from, its default and its meaning;
\`leat config join\` those that have to do with joins, \`--json\` for programs. A name that nobody knows is told in the log and has no
effect, as in ksqlDB. A value that a property cannot have, and a \`leat.\` property that does not exist, stop the start (status 78).

This page is generated: \`UPDATE=1 npm test -- test/docs\` rewrites it.

## Leat's own

${head}
${isOf(/^leat\./)}

## ksqlDB's

${head}
${isOf(/^(?!leat\.|ksql\.streams\.)/)}

## Kafka Streams'

Written with or without \`ksql.streams.\` before them. All other properties of Kafka's clients are accepted as well.

${head}
${isOf(/^ksql\.streams\./)}
`,
  );
});

test('docs/metrics.md lists every metric', () => {
  const rows = Object.entries(metricTable).map(
    ([name, [type, help]]) => `| \`leat_${name}\` | ${type} | ${cell(help)} |`,
  );
  isFresh(
    'metrics.md',
    `# Metrics

\`GET /metrics\` in Prometheus' text format. Nothing is measured per record, nothing is loaded before the first scrape, and an engine
that is at work is not waited for longer than two seconds: \`leat_engine_up\` is then 0. Labels are bounded: of topics and queries
the first thousand are told apart, of lags the thousand largest; the rest is \`other\`.

This page is generated: \`UPDATE=1 npm test -- test/docs\` rewrites it.

| metric | type | meaning |
|---|---|---|
${rows.join('\n')}
`,
  );
});

test.each(['alerts.yml', 'grafana-dashboard.json'])(
  'docs/%s asks for metrics that there are',
  (file) => {
    const text = readFileSync(join(root, 'docs', file), 'utf8');
    const names = [...text.matchAll(/\bleat_(\w+)/g)].map(([, name = '']) =>
      name.replace(/_bucket$/, ''),
    );
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !(name in metricTable))).toEqual([]);
  },
);

test('docs/operations.md lists the events of the log', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts') && !/\.test/.test(file));
  const text = files.map((file) => readFileSync(join(root, 'src', file), 'utf8')).join('\n');
  const logged = [
    ...text.matchAll(/(?:logger\??|env\.logger)\s*\.?\??\.(?:error|warn|info)\(\s*'([a-z-]+)'/g),
    ...text.matchAll(/#say\((?:[^'()]*\? )?'([a-z-]+)'/g),
  ].map(([, event]) => event as string);
  expect(logged.length).toBeGreaterThan(10);
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  expect(logged.filter((event) => !page.includes(`\`${event}\``))).toEqual([]);
});

test('a property has a meaning exactly where a source names it', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true })
    .map(String)
    .filter(
      (file) =>
        file.endsWith('.ts') && !/\.test|property-(?:meaning-)?table|cli\/config/.test(file),
    );
  const text = files.map((file) => readFileSync(join(root, 'src', file), 'utf8')).join('\n');
  const isNamed = (name: string): boolean => text.includes(`'${name}'`) || assembled.test(name);
  const names = propertyTable.map(({ name }) => name);
  expect(Object.keys(propertyMeanings).filter((name) => !names.includes(name))).toEqual([]);
  const wrong = names.filter((name) => isNamed(name) !== name in propertyMeanings);
  expect(wrong).toEqual([]);
});

test('the limits that docs/limits.md calls properties are those of the configuration', () => {
  const documented = new Set(
    limitTable.flatMap(([, rows]) => rows.filter(({ isSet }) => isSet).map(({ key }) => key)),
  );
  const configurable = leatTable
    .map(({ name }) => name)
    .filter((name) => name.startsWith('leat.limit.'));
  expect(configurable.filter((name) => !documented.has(name))).toEqual([]);
  const known = new Set([...configurable, ...propertyTable.map(({ name }) => name)]);
  expect([...documented].filter((key) => !known.has(key ?? ''))).toEqual([]);
});
