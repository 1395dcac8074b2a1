import { describe, expect, test } from 'vitest';
import type { StatementReply } from '../../engine/api.ts';
import type { Entity } from '../../sql/statements/statement.ts';
import { TabularPrinter } from './tabular.ts';

function printed(entity: object, rest: Partial<StatementReply> = {}, alone = true): string {
  let text = '';
  const printer = new TabularPrinter({
    write: (piece) => {
      text += piece;
    },
    width: 80,
  });
  const reply = { statementText: 'SHOW X;', warnings: [], session: null, ...rest };
  printer.reply({ ...reply, entity: entity as Entity }, alone);
  return text;
}

describe('replies', () => {
  test('a command shows the first line of its message', () => {
    const commandStatus = { status: 'SUCCESS', message: 'Stream created\nand more' };
    expect(printed({ '@type': 'currentStatus', commandStatus })).toBe(
      '\n Message\n----------------\n Stream created\n----------------\n',
    );
  });

  test('one of several shows its statement, and warnings follow', () => {
    const entity = { '@type': 'warning_entity', message: 'm' };
    expect(printed(entity, { warnings: ['take care'] }, false)).toBe(
      '\nSHOW X;\n Message\n---------\n m\n---------\nWARNING: take care\n',
    );
  });

  test('streams are sorted by name', () => {
    const stream = { type: 'STREAM', topic: 't', keyFormat: 'KAFKA', valueFormat: 'JSON' };
    const streams = [
      { ...stream, name: 'B', isWindowed: false },
      { ...stream, name: 'A', isWindowed: true },
    ];
    expect(printed({ '@type': 'streams', streams })).toBe(
      `
 Stream Name | Kafka Topic | Key Format | Value Format | Windowed
------------------------------------------------------------------
 A           | t           | KAFKA      | JSON         | true
 B           | t           | KAFKA      | JSON         | false
------------------------------------------------------------------
`,
    );
  });

  test('functions stand by category with a blank row between', () => {
    const functions = [
      { name: 'UCASE', category: 'STRING' },
      { name: 'ABS', category: 'MATHEMATICAL' },
      { name: 'LCASE', category: 'STRING' },
    ];
    expect(printed({ '@type': 'function_names', functions }).split('\n').slice(3, 8)).toEqual([
      ' ABS           | MATHEMATICAL',
      '               |',
      ' LCASE         | STRING',
      ' UCASE         | STRING',
      '------------------------------',
    ]);
  });

  test('topics show their replicas once where all have as many', () => {
    const topics = [
      { name: 'a', replicaInfo: [1, 1] },
      { name: 'b', replicaInfo: [1, 2] },
      { name: 'c', replicaInfo: [] },
    ];
    expect(printed({ '@type': 'kafka_topics', topics }).split('\n').slice(3, 6)).toEqual([
      ' a           | 2          | 1',
      ' b           | 2          | 1, 2',
      ' c           | 0          | 0',
    ]);
  });

  test('properties say where they come from', () => {
    const properties = [
      { name: 'b', scope: 'KSQL', value: null },
      { name: 'a', scope: 'KSQL', value: '1' },
    ];
    const entity = { '@type': 'properties', properties, overwrittenProperties: ['a'] };
    expect(
      printed({ ...entity, defaultProperties: ['b'] })
        .split('\n')
        .slice(3, 5),
    ).toEqual([
      ' a        | KSQL  | SESSION          | 1',
      ' b        | KSQL  |                  | NULL',
    ]);
  });

  test.each([
    [{ '@type': 'terminate_query', queryId: 'Q1' }, 'Terminated query "Q1"'],
    [{ '@type': 'assert_topic', topicName: 't', exists: true }, 'Topic t exists.'],
    [{ '@type': 'assert_topic', topicName: 't', exists: false }, 'Topic t does not exist.'],
    [
      { '@type': 'assert_schema', subject: 's', id: 3, exists: true },
      'Schema with subject s id 3 exists.',
    ],
    [{ '@type': 'drop_connector', connectorName: 'C' }, 'Dropped connector "C"'],
    [{ '@type': 'connector_info', info: { name: 'C' } }, 'Created connector C'],
  ])('%j', (entity, message) => {
    expect(printed(entity).split('\n')[3]).toBe(` ${message}`);
  });
});

describe('descriptions', () => {
  const schema = (type: string) => ({ type, fields: null, memberSchema: null });

  test('of a source name its columns and what they are for', () => {
    const fields = [
      { name: 'ID', schema: schema('INTEGER'), fieldType: 'KEY' },
      { name: 'TAGS', schema: { ...schema('ARRAY'), memberSchema: schema('STRING') } },
      { name: 'H', schema: schema('BYTES'), fieldType: 'HEADER', headerKey: 'k' },
    ];
    const sourceDescription = { name: 'S', type: 'STREAM', windowType: 'TUMBLING', fields };
    expect(printed({ '@type': 'sourceDescription', sourceDescription })).toBe(
      `
Name                 : S
 Field | Type
------------------------------------------------------------
 ID    | INTEGER          (key) (Window type: TUMBLING)
 TAGS  | ARRAY<VARCHAR(STRING)>
 H     | BYTES            (header('k'))
------------------------------------------------------------
For runtime statistics and query details run: DESCRIBE <Stream,Table> EXTENDED;
`.replace(/-{60}/g, '-'.repeat(10 + 'INTEGER          (key) (Window type: TUMBLING)'.length)),
    );
  });

  test('of a function list its variations', () => {
    const args = [{ name: 'x', type: 'INT', description: 'a number', isVariadic: true }];
    const functions = [{ arguments: args, returnType: 'INT', description: 'adds' }];
    const description = `${'word '.repeat(15)}end`;
    const entity = { '@type': 'describe_function', name: 'F', description, functions };
    expect(printed({ ...entity, type: 'SCALAR', path: 'internal', author: '' })).toBe(
      `
Name        : F
Overview    : word word word word word word word word word word word word word
              word word end
Type        : SCALAR
Jar         : internal
Variations  : 

	Variation   : F(x INT[])
	Returns     : INT
	Description : adds
	x           : a number
`,
    );
  });
});

test('rows after a resize stand in a table of the new width', () => {
  let text = '';
  const output = {
    width: 20,
    write: (piece: string) => {
      text += piece;
    },
  };
  const printer = new TabularPrinter(output);
  const columns = [{ name: 'X', type: { kind: 'INTEGER' }, role: 'value' }] as const;
  printer.queryHead({ queryId: 'q', kind: 'push', columns, table: true });
  printer.queryRows(['[1]', '[null]'], new Set([1]));
  output.width = 10;
  printer.queryRows(['[2]'], new Set());
  printer.queryEnd('Limit Reached');
  expect(text).toBe(
    [
      '+------------------+',
      '|X                 |',
      '+------------------+',
      '|1                 |',
      '|<TOMBSTONE>       |',
      '+--------+',
      '|X       |',
      '+--------+',
      '|2       |',
      'Limit Reached',
      'Query terminated\n',
    ].join('\n'),
  );
});

test.each([
  [
    ['["lamp",1]', '["chair",20]'],
    ['+-----+--+', '|NAME |N |', '+-----+--+', '|lamp |1 |', '|chair|20|'],
  ],
  [[], ['+----+-+', '|NAME|N|', '+----+-+']],
])('without a terminal the table fits its first rows: %j', (rows, expected) => {
  let text = '';
  const write = (piece: string) => {
    text += piece;
  };
  const printer = new TabularPrinter({ width: null, write });
  const columns = [
    { name: 'NAME', type: { kind: 'STRING' }, role: 'key' },
    { name: 'N', type: { kind: 'INTEGER' }, role: 'value' },
  ] as const;
  printer.queryHead({ queryId: 'q', kind: 'pull', columns, table: true });
  if (rows.length > 0) printer.queryRows(rows, new Set());
  printer.queryEnd(null);
  expect(text).toBe([...expected, 'Query terminated\n'].join('\n'));
});
