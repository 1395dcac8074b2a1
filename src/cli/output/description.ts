/** Replies that are read rather than scanned: DESCRIBE, EXPLAIN, DESCRIBE FUNCTION (spec: cli.md §4.3). */
import type { Entity } from '../../sql/statements/statement.ts';
import { typeText } from './entity-table.ts';
import { plainTableText } from './plain-table.ts';

type Fields = Readonly<Record<string, unknown>>;
type Width = number | null;

const text = (value: unknown): string =>
  value === null || value === undefined ? '' : String(value);
const list = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? (value as Fields[]) : [];
const label = (name: string, value: string): string => `${name.padEnd(20)} : ${value}\n`;
const section = (title: string, body: string, dashes: number = title.length): string =>
  `\n${title}\n${'-'.repeat(dashes)}\n${body}`;
const oneLine = (value: unknown): string => text(value).replace(/\s+/g, ' ').trim();

/** Null for other replies. */
export function descriptionText(entity: Entity, width: Width): string | null {
  const fields = entity as unknown as Fields;
  switch (entity['@type']) {
    case 'sourceDescription':
      return sourceText(fields['sourceDescription'] as Fields, width);
    case 'source_descriptions':
      return list(fields['sourceDescriptions'])
        .map((source) => sourceText(source, width))
        .join('\n');
    case 'queryDescription':
      return queryText(fields['queryDescription'] as Fields, list(fields['planStages']), width);
    case 'query_descriptions':
      return list(fields['queryDescriptions'])
        .map((query) => queryText(query, [], width))
        .join('\n');
    case 'describe_function':
      return functionText(fields, width);
    default:
      return null;
  }
}

function fieldTable(fields: unknown, isTable: boolean, windowType: unknown, width: Width): string {
  const window = text(windowType) === '' ? '' : ` (Window type: ${text(windowType)})`;
  const marker = (field: Fields): string => {
    if (field['fieldType'] === 'KEY') return ` ${isTable ? '(primary key)' : '(key)'}${window}`;
    if (field['fieldType'] !== 'HEADER') return '';
    return field['headerKey'] === undefined
      ? ' (headers)'
      : ` (header('${text(field['headerKey'])}'))`;
  };
  const rows = list(fields).map((field) => {
    const type = typeText(field['schema'] as Fields);
    const mark = marker(field);
    return [text(field['name']), mark === '' ? type : type.padEnd(16) + mark];
  });
  return plainTableText({ headers: ['Field', 'Type'], rows }, width);
}

function sourceText(source: Fields, width: Width): string {
  const isTable = source['type'] === 'TABLE';
  const fields = fieldTable(source['fields'], isTable, source['windowType'], width);
  if (source['extended'] !== true) {
    return `${label('Name', text(source['name']))}${fields}For runtime statistics and query details run: DESCRIBE <Stream,Table> EXTENDED;\n`;
  }
  const timestamp = text(source['timestamp']);
  const queries = (key: string, title: string) => {
    const found = list(source[key]);
    if (found.length === 0) return '';
    const lines = found
      .map(
        (query) =>
          `${text(query['id'])} (${text(query['state']) || 'N/A'}) : ${oneLine(query['queryString'])}\n`,
      )
      .join('');
    return `${section(title, lines, 35)}\nFor query topology and execution plan please run: EXPLAIN <QueryId>\n`;
  };
  const constraints = (source['sourceConstraints'] ?? []) as string[];
  return [
    label('Name', text(source['name'])),
    label('Type', text(source['type'])),
    label('Timestamp field', timestamp === '' ? 'Not set - using <ROWTIME>' : timestamp),
    label('Key format', text(source['keyFormat'])),
    label('Value format', text(source['valueFormat'])),
    label(
      'Kafka topic',
      `${text(source['topic'])} (partitions: ${text(source['partitions'])}, replication: ${text(source['replication'])})`,
    ),
    label('Statement', text(source['statement'])),
    `\n${fields}`,
    constraints.length === 0
      ? ''
      : section(
          'Sources that have a DROP constraint on this source',
          `${constraints.join('\n')}\n`,
        ),
    queries('readQueries', `Queries that read from this ${text(source['type'])}`),
    queries('writeQueries', `Queries that write from this ${text(source['type'])}`),
    section(
      'Local runtime statistics',
      `${text(source['statistics'])}\n${text(source['errorStats'])}\n`,
    ),
    `(Statistics of the local KSQL server interaction with the Kafka topic ${text(source['topic'])})\n`,
  ].join('');
}

function queryText(query: Fields, stages: readonly Fields[], width: Width): string {
  const names = (key: string) =>
    ((query[key] ?? []) as string[]).map((name) => `${name}\n`).join('');
  const overridden = Object.entries((query['overriddenProperties'] ?? {}) as Fields).map(
    ([name, value]) => [name, text(value)],
  );
  return [
    label('ID', text(query['id'])),
    label('Query Type', text(query['queryType'])),
    label('SQL', text(query['statementText'])),
    label(
      'Host Query Status',
      JSON.stringify(query['ksqlHostQueryStatus'] ?? {})
        .replaceAll('"', '')
        .replaceAll(/:(?=[A-Z])/g, '='),
    ),
    `\n${fieldTable(query['fields'], false, query['windowType'], width)}`,
    `\nSources that this query reads from: \n${names('sources')}\nFor source description please run: DESCRIBE [EXTENDED] <SourceId>\n`,
    names('sinks') === ''
      ? ''
      : `\nSinks that this query writes to: \n${names('sinks')}\nFor sink description please run: DESCRIBE [EXTENDED] <SinkId>\n`,
    ...stages.map((stage) => section(text(stage['name']), `${text(stage['plan'])}\n`)),
    section('Execution plan', `${text(query['executionPlan'])}\n`),
    section('Processing topology', `${text(query['topology'])}\n`),
    overridden.length === 0
      ? ''
      : `\nOverridden Properties\n${plainTableText({ headers: ['Property', 'Value'], rows: overridden }, width)}`,
    ...list(query['queryErrors']).map(
      (error) =>
        `\n${label('Error Date', new Date(Number(error['timestamp'])).toISOString())}${label('Error Details', text(error['errorMessage']))}${label('Error Type', text(error['type']))}`,
    ),
  ].join('');
}

function examplesText(examples: readonly Fields[]): string {
  if (examples.length === 0) return '';
  const lines = examples.map(
    (example) => `\t${text(example['sql'])}\n\t  => ${oneLine(example['result'])}\n`,
  );
  return `\nExamples    : \n${lines.join('')}`;
}

function functionText(entity: Fields, width: Width): string {
  const line = (name: string, value: unknown) =>
    text(value) === '' ? '' : `${name.padEnd(12)}: ${text(value)}\n`;
  const variation = (fn: Fields): string => {
    const args = list(fn['arguments']);
    const types = args.map((arg) =>
      [text(arg['name']), `${text(arg['type'])}${arg['isVariadic'] === true ? '[]' : ''}`]
        .filter((part) => part !== '')
        .join(' '),
    );
    const documented = args
      .filter((arg) => text(arg['description']) !== '')
      .map((arg) => `\t${text(arg['name']).padEnd(12)}: ${text(arg['description'])}\n`);
    return `\n\tVariation   : ${text(entity['name'])}(${types.join(', ')})\n\tReturns     : ${text(fn['returnType'])}\n\tDescription : ${text(fn['description'])}\n${documented.join('')}`;
  };
  return [
    line('Name', entity['name']),
    line('Author', entity['author']),
    line('Version', entity['version']),
    line('Overview', overview(entity['description'], width)),
    line('Type', entity['type']),
    line('Jar', entity['path']),
    'Variations  : \n',
    ...list(entity['functions']).map(variation),
    examplesText(list(entity['examples'])),
  ].join('');
}

/** Wrapped at words, what follows the first line under its text. */
function overview(description: unknown, width: Width): string {
  const indent = 'Overview    : '.length;
  const room = Math.max(width ?? 80, 80) - indent;
  const lines: string[] = [];
  for (const word of oneLine(description).split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}
