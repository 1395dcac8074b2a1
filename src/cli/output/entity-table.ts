/** Replies of statements as tables: one function per `@type` (spec: cli.md §4.3). */
import type { Entity } from '../../sql/statements/statement.ts';
import type { PlainTable } from './plain-table.ts';

type Fields = Readonly<Record<string, unknown>>;
type ToTable = (entity: Fields) => PlainTable;

const text = (value: unknown): string =>
  value === null || value === undefined ? '' : String(value);
const list = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? (value as Fields[]) : [];
const firstLine = (value: unknown): string => text(value).split('\n', 1)[0] as string;
const by = (name: string) => (a: Fields, b: Fields) => (text(a[name]) < text(b[name]) ? -1 : 1);
const oneLine = (value: unknown): string => text(value).replace(/\s+/g, ' ').trim();

function message(value: string): PlainTable {
  return { headers: ['Message'], rows: [[value]] };
}

function sources(entity: Fields, key: 'streams' | 'tables', title: string): PlainTable {
  return {
    headers: [title, 'Kafka Topic', 'Key Format', 'Value Format', 'Windowed'],
    rows: [...list(entity[key])]
      .sort(by('name'))
      .map((source) =>
        ['name', 'topic', 'keyFormat', 'valueFormat', 'isWindowed'].map((field) =>
          text(source[field]),
        ),
      ),
  };
}

function replicas(value: unknown): string {
  const counts = Array.isArray(value) ? value.map(text) : [];
  if (counts.length === 0) return '0';
  return counts.every((count) => count === counts[0]) ? (counts[0] as string) : counts.join(', ');
}

function topics(entity: Fields, extended: boolean): PlainTable {
  return {
    headers: [
      'Kafka Topic',
      'Partitions',
      'Partition Replicas',
      ...(extended ? ['Consumers', 'ConsumerGroups'] : []),
    ],
    rows: [...list(entity['topics'])]
      .sort(by('name'))
      .map((topic) => [
        text(topic['name']),
        String(Array.isArray(topic['replicaInfo']) ? topic['replicaInfo'].length : 0),
        replicas(topic['replicaInfo']),
        ...(extended ? [text(topic['consumerCount']), text(topic['consumerGroupCount'])] : []),
      ]),
  };
}

function statusCount(value: unknown): string {
  return Object.entries((value ?? {}) as Fields)
    .map(([status, count]) => `${status}:${text(count)}`)
    .join(',');
}

function functions(entity: Fields): PlainTable {
  const order = (a: Fields, b: Fields) =>
    a['category'] === b['category'] ? by('name')(a, b) : by('category')(a, b);
  const rows: string[][] = [];
  let category: string | null = null;
  for (const fn of [...list(entity['functions'])].sort(order)) {
    if (category !== null && category !== text(fn['category'])) rows.push(['', '']);
    category = text(fn['category']);
    rows.push([text(fn['name']), category]);
  }
  return {
    headers: ['Function Name', 'Category'],
    rows,
    footer: 'For detailed information about a function, run: DESCRIBE FUNCTION <Function Name>;',
  };
}

function properties(entity: Fields): PlainTable {
  const overwritten = new Set((entity['overwrittenProperties'] ?? []) as string[]);
  const defaults = new Set((entity['defaultProperties'] ?? []) as string[]);
  const origin = (name: string) =>
    overwritten.has(name) ? 'SESSION' : defaults.has(name) ? '' : 'SERVER';
  return {
    headers: ['Property', 'Scope', 'Default override', 'Effective Value'],
    rows: [...list(entity['properties'])]
      .sort(by('name'))
      .map((property) => [
        text(property['name']),
        text(property['scope']),
        origin(text(property['name'])),
        property['value'] === null ? 'NULL' : text(property['value']),
      ]),
  };
}

const tables: Readonly<Record<string, ToTable>> = {
  currentStatus: (entity) => message(firstLine((entity['commandStatus'] as Fields)['message'])),
  warning_entity: (entity) => message(text(entity['message'])),
  streams: (entity) => sources(entity, 'streams', 'Stream Name'),
  tables: (entity) => sources(entity, 'tables', 'Table Name'),
  kafka_topics: (entity) => topics(entity, false),
  kafka_topics_extended: (entity) => topics(entity, true),
  queries: (entity) => ({
    headers: ['Query ID', 'Query Type', 'Status', 'Sink Name', 'Sink Kafka Topic', 'Query String'],
    rows: list(entity['queries']).map((query) => [
      text(query['id']),
      text(query['queryType']),
      statusCount(query['statusCount']),
      ((query['sinks'] ?? []) as string[]).join(','),
      ((query['sinkKafkaTopics'] ?? []) as string[]).join(','),
      oneLine(query['queryString']),
    ]),
    footer: 'For detailed information on a Query run: EXPLAIN <Query ID>;',
  }),
  function_names: functions,
  properties,
  type_list: (entity) => ({
    headers: ['Type Name', 'Schema'],
    rows: Object.entries((entity['types'] ?? {}) as Fields).map(([name, schema]) => [
      name,
      typeText(schema as Fields),
    ]),
  }),
  variables: (entity) => ({
    headers: ['Variable Name', 'Value'],
    rows: list(entity['variables']).map((variable) => [
      text(variable['name']),
      text(variable['value']),
    ]),
  }),
  connector_list: (entity) => ({
    headers: ['Connector Name', 'Type', 'Class', 'Status'],
    rows: columns(entity['connectors'], ['name', 'type', 'className', 'state']),
  }),
  connector_plugins_list: (entity) => ({
    headers: ['Class', 'Type', 'Version'],
    rows: columns(entity['connectorsPlugins'], ['className', 'type', 'version']),
  }),
  connector_info: (entity) =>
    message(`Created connector ${text((entity['info'] as Fields | undefined)?.['name'])}`),
  drop_connector: (entity) => message(`Dropped connector "${text(entity['connectorName'])}"`),
  terminate_query: (entity) => message(`Terminated query "${text(entity['queryId'])}"`),
  assert_schema: (entity) =>
    message(
      `Schema with subject ${text(entity['subject'])} id ${text(entity['id'])} ${entity['exists'] === true ? 'exists' : 'does not exist'}.`,
    ),
  assert_topic: (entity) =>
    message(
      `Topic ${text(entity['topicName'])} ${entity['exists'] === true ? 'exists' : 'does not exist'}.`,
    ),
};

function columns(items: unknown, names: readonly string[]): string[][] {
  return list(items).map((item) => names.map((name) => text(item[name])));
}

/** Null for replies that are not tables. */
export function entityTable(entity: Entity): PlainTable | null {
  return tables[entity['@type']]?.(entity as unknown as Fields) ?? null;
}

/** The text of a schema object (spec: api.md §4). */
export function typeText(schema: Fields): string {
  const member = schema['memberSchema'] as Fields | null;
  const parameters = schema['parameters'] as Fields | undefined;
  switch (schema['type']) {
    case 'STRING':
      return 'VARCHAR(STRING)';
    case 'DECIMAL':
      return `DECIMAL(${text(parameters?.['precision'])}, ${text(parameters?.['scale'])})`;
    case 'ARRAY':
      return `ARRAY<${member === null ? '' : typeText(member)}>`;
    case 'MAP':
      return `MAP<STRING, ${member === null ? '' : typeText(member)}>`;
    case 'STRUCT':
      return `STRUCT<${list(schema['fields'])
        .map((field) => `${text(field['name'])} ${typeText(field['schema'] as Fields)}`)
        .join(', ')}>`;
    default:
      return text(schema['type']);
  }
}
