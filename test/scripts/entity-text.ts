/** Answers of statements as text: what a reader of a script wants to see of them, and nothing that depends on time. */
import type { StatementReply } from '../../src/engine/api.ts';
import type { Entity } from '../../src/sql/statements/statement.ts';

type Fields = Readonly<Record<string, unknown>>;

export function replyText(reply: StatementReply): readonly string[] {
  const warnings = reply.warnings.map((message) => `warning: ${message.split('\n')[0]}`);
  return [...(reply.entity === null ? [] : entityText(reply.entity)), ...warnings];
}

function entityText(entity: Entity): readonly string[] {
  const fields = entity as Fields;
  switch (entity['@type']) {
    case 'currentStatus':
      return [String((fields['commandStatus'] as Fields)['message'])];
    case 'warning_entity':
      return [`warning: ${String(fields['message'])}`];
    case 'streams':
      return list(fields['streams'], sourceText);
    case 'tables':
      return list(fields['tables'], sourceText);
    case 'kafka_topics':
      return list(
        fields['topics'],
        ({ name, replicaInfo }) => `${name} ${JSON.stringify(replicaInfo)}`,
      );
    case 'queries':
      return list(fields['queries'], queryText);
    case 'queryDescription': {
      const { executionPlan } = fields['queryDescription'] as Fields;
      return String(executionPlan).split('\n');
    }
    case 'sourceDescription':
      return descriptionText(fields['sourceDescription'] as Fields);
    case 'variables':
      return list(fields['variables'], ({ name, value }) => `${name} = ${value}`);
    case 'type_list':
      return Object.entries(fields['types'] as Fields).map(
        ([name, type]) => `${name}: ${schemaText(type as Fields)}`,
      );
    default:
      return [JSON.stringify(fields)];
  }
}

function list(value: unknown, text: (item: Fields) => string): readonly string[] {
  return (value as readonly Fields[]).map(text);
}

function sourceText({ type, name, topic, keyFormat, valueFormat, isWindowed }: Fields): string {
  return `${type} ${name} topic=${topic} key=${keyFormat} value=${valueFormat}${isWindowed === true ? ' windowed' : ''}`;
}

function queryText({ id, queryType, state, sinks }: Fields): string {
  return `${queryType === 'PUSH' ? 'push' : id} ${state} -> ${(sinks as readonly string[]).join(', ')}`;
}

function descriptionText(source: Fields): readonly string[] {
  const named = (of: unknown) => (of as readonly Fields[]).map(({ id }) => id).join(', ');
  return [
    sourceText({ ...source, isWindowed: source['windowType'] !== null }),
    ...list(
      source['fields'],
      ({ name, schema, fieldType }) =>
        `  ${name} ${schemaText(schema as Fields)}${fieldType === undefined ? '' : ` ${fieldType}`}`,
    ),
    `  read by: ${named(source['readQueries'])}`,
    `  written by: ${named(source['writeQueries'])}`,
  ];
}

function schemaText({ type, fields, memberSchema, parameters }: Fields): string {
  const { precision, scale } = (parameters ?? {}) as Fields;
  if (type === 'DECIMAL') return `DECIMAL(${precision}, ${scale})`;
  if (type === 'STRUCT')
    return `STRUCT<${list(fields, ({ name, schema }) => `${name} ${schemaText(schema as Fields)}`).join(', ')}>`;
  return memberSchema === null ? String(type) : `${type}<${schemaText(memberSchema as Fields)}>`;
}
