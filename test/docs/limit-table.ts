/**
 * docs/limits.md: every limit that somebody may meet, in the order in which a request meets them. Values are read from the sources,
 * so that no layer has to know another: `defined` names a file and its constant.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LimitRow {
  readonly what: string;
  /** Name in messages; the property that sets it, where `isSet`. Null where messages say it in other words. */
  readonly key: string | null;
  /** `file#constant`. */
  readonly defined: string;
  /** How the value reads. */
  readonly unit?: 'bytes' | 'ms';
  /** The server's property of that name sets it. */
  readonly isSet?: true;
  /** What happens above it. */
  readonly passed: string;
  /** Where that is decided. */
  readonly enforced: string;
}

const statement = 'the statement is refused';
const evaluation = 'the evaluation fails: NULL and a line in the processing log';
const query = 'the query fails and is shown as ERROR; all others go on';
const skipped = 'the record is left out, with a line in the processing log';

const sql: readonly LimitRow[] = [
  {
    what: 'Characters of SQL in one request',
    key: 'leat.limit.sql.bytes',
    defined: 'grammar/limits.ts#sqlLengthMax',
    passed: 'the request is refused',
    enforced: 'grammar/parse.ts',
  },
  {
    what: 'Statements of one request',
    key: 'leat.limit.sql.statements',
    defined: 'src/engine/limits.ts#statementsMax',
    isSet: true,
    passed: 'the request is refused',
    enforced: 'src/engine/statements/statement-runner.ts',
  },
  {
    what: 'Nesting of brackets, types and calls',
    key: null,
    defined: 'grammar/limits.ts#nestingDepthMax',
    passed: statement,
    enforced: 'grammar/parser.ts',
  },
  {
    what: 'Depth of a syntax tree, chains of operators included',
    key: null,
    defined: 'grammar/limits.ts#treeDepthMax',
    passed: statement,
    enforced: 'grammar/tree.ts',
  },
  {
    what: 'Characters of a name',
    key: null,
    defined: 'grammar/limits.ts#identifierLengthMax',
    passed: statement,
    enforced: 'grammar/rules/names.ts',
  },
  {
    what: 'Nodes of a statement: expressions, types, clauses',
    key: 'leat.limit.sql.nodes',
    defined: 'src/sql/limits.ts#nodesMax',
    isSet: true,
    passed: statement,
    enforced: 'src/sql/statement-limits.ts',
  },
  {
    what: 'Columns of a source, and of a SELECT',
    key: 'leat.limit.sql.columns',
    defined: 'src/sql/limits.ts#columnsMax',
    isSet: true,
    passed: statement,
    enforced: 'src/sql/statement-limits.ts',
  },
  {
    what: 'Items of an IN list',
    key: 'leat.limit.sql.in',
    defined: 'src/sql/limits.ts#inItemsMax',
    isSet: true,
    passed: statement,
    enforced: 'src/sql/statement-limits.ts',
  },
  {
    what: 'Joins of a query',
    key: 'leat.limit.sql.joins',
    defined: 'src/sql/limits.ts#joinsMax',
    isSet: true,
    passed: statement,
    enforced: 'src/sql/statement-limits.ts',
  },
  {
    what: 'Hopping windows of one row: size over advance',
    key: 'leat.limit.window.hops',
    defined: 'src/sql/limits.ts#windowHopsMax',
    isSet: true,
    passed: statement,
    enforced: 'src/sql/statement-limits.ts',
  },
  {
    what: 'Persistent queries',
    key: 'ksql.query.persistent.active.limit',
    defined: 'src/engine/limits.ts#persistentQueriesMax',
    isSet: true,
    passed: statement,
    enforced: 'src/engine/statements/query-limit.ts',
  },
];

const state: readonly LimitRow[] = [
  {
    what: 'Rows that a query keeps: keys, windows, sessions, rows that wait in joins',
    key: 'leat.limit.state.rows',
    defined: 'src/execution/limits.ts#stateRowsMax',
    isSet: true,
    passed: query,
    enforced: 'src/execution/state/budget.ts',
  },
  {
    what: 'What these rows take, in memory and on disk, about',
    key: 'leat.limit.state.bytes',
    defined: 'src/execution/limits.ts#stateBytesMax',
    unit: 'bytes',
    isSet: true,
    passed: query,
    enforced: 'src/execution/state/budget.ts',
  },
  {
    what: 'Memory that the rows of all queries take, about; by default a quarter of what the process may use, if that is less; 4 GiB at most',
    key: 'leat.limit.state.memory',
    defined: 'src/execution/limits.ts#stateMemoryMax',
    unit: 'bytes',
    isSet: true,
    passed: 'rows that were not used for long are moved to disk',
    enforced: 'src/engine/state-memory.ts',
  },
  {
    what: 'What the rows of all queries take that memory has no room for, on disk; without a data directory a quarter of the memory, if that is less; 64 GiB at most',
    key: 'leat.limit.state.spill',
    defined: 'src/execution/limits.ts#stateSpillMax',
    unit: 'bytes',
    isSet: true,
    passed: query,
    enforced: 'src/engine/state-memory.ts',
  },
  {
    what: 'Sessions of one key',
    key: 'leat.limit.window.sessions',
    defined: 'src/execution/limits.ts#sessionsMax',
    isSet: true,
    passed: query,
    enforced: 'src/execution/state/session-store.ts',
  },
  {
    what: 'Rows that one record meets in a join of streams',
    key: 'leat.limit.join.matches',
    defined: 'src/execution/limits.ts#joinMatchesMax',
    isSet: true,
    passed: skipped,
    enforced: 'src/execution/join/stream-stream.ts',
  },
  {
    what: 'Rows that a change meets in a foreign-key join',
    key: 'leat.limit.join.matches',
    defined: 'src/execution/limits.ts#joinMatchesMax',
    isSet: true,
    passed: query,
    enforced: 'src/execution/join/foreign-key.ts',
  },
  {
    what: 'Rows that table functions make of one record',
    key: 'leat.limit.explode.rows',
    defined: 'src/execution/limits.ts#explodedRowsMax',
    isSet: true,
    passed: skipped,
    enforced: 'src/execution/operators/flatten.ts',
  },
  {
    what: 'Characters or bytes that a function makes; TRANSFORM: of all elements together',
    key: 'leat.limit.function.bytes',
    defined: 'src/functions/scalar/limits.ts#resultBytesMax',
    unit: 'bytes',
    passed: evaluation,
    enforced: 'src/functions/scalar/limits.ts',
  },
  {
    what: 'Elements that a function makes; values that COLLECT_LIST and COLLECT_SET keep unless a property says otherwise; k of TOPK, n of LATEST_BY_OFFSET',
    key: 'leat.limit.function.elements',
    defined: 'src/functions/scalar/limits.ts#resultElementsMax',
    passed: `${evaluation}; collections stop adding`,
    enforced: 'src/functions/scalar/limits.ts',
  },
  {
    what: 'Characters of a LIKE pattern, a regular expression, a date pattern',
    key: 'leat.limit.pattern.chars',
    defined: 'src/functions/scalar/limits.ts#patternCharsMax',
    passed: evaluation,
    enforced: 'src/functions/scalar/like.ts',
  },
  {
    what: 'Instructions of a compiled regular expression',
    key: 'leat.limit.pattern.program',
    defined: 'src/functions/scalar/limits.ts#patternProgramMax',
    passed: evaluation,
    enforced: 'src/functions/scalar/regex/matcher/compile.ts',
  },
  {
    what: 'Steps of matching a pattern per call',
    key: 'leat.limit.pattern.steps',
    defined: 'src/functions/scalar/limits.ts#patternStepsMax',
    passed: evaluation,
    enforced: 'src/functions/scalar/regex/matcher/run.ts',
  },
];

const data: readonly LimitRow[] = [
  {
    what: 'Nesting of a document',
    key: 'leat.limit.format.depth',
    defined: 'src/formats/limits.ts#NESTING_DEPTH_MAX',
    passed: skipped,
    enforced: 'src/formats/json/parse-json.ts',
  },
  {
    what: 'Nesting of a JSON text in a function',
    key: 'leat.limit.format.depth',
    defined: 'src/functions/scalar/limits.ts#jsonDepthMax',
    passed: evaluation,
    enforced: 'src/functions/scalar/json/exact-json.ts',
  },
  {
    what: 'Digits of a number that becomes a DECIMAL, BIGINT or INTEGER',
    key: null,
    defined: 'src/formats/limits.ts#NUMBER_DIGITS_MAX',
    passed: skipped,
    enforced: 'src/formats/json/convert-node.ts',
  },
  {
    what: 'Characters of a schema',
    key: null,
    defined: 'src/formats/schema-limits.ts#SCHEMA_CHARACTERS_MAX',
    passed: 'the schema is refused',
    enforced: 'src/formats/schema-limits.ts',
  },
  {
    what: 'Nesting of a schema',
    key: null,
    defined: 'src/formats/schema-limits.ts#SCHEMA_DEPTH_MAX',
    passed: 'the schema is refused',
    enforced: 'src/formats/schema-limits.ts',
  },
  {
    what: 'Schema versions of the registry',
    key: 'leat.limit.schemas',
    defined: 'src/registry/registry.ts#VERSIONS_MAX',
    passed: 'the schema is refused',
    enforced: 'src/registry/registry.ts',
  },
  {
    what: 'Key and value of a produced record',
    key: 'message.max.bytes',
    defined: 'src/engine/limits.ts#recordBytesMax',
    unit: 'bytes',
    passed: 'the request is refused',
    enforced: 'src/engine/tick/produce-queue.ts',
  },
  {
    what: 'Records of one produce request',
    key: 'produce.records',
    defined: 'src/engine/limits.ts#produceRecordsMax',
    passed: 'the request is refused',
    enforced: 'src/engine/tick/produce-queue.ts',
  },
  {
    what: 'What must stay free on the disk, for what goes on when it is full: deletes, retention, checkpoints',
    key: null,
    defined: 'src/log/durable/space.ts#RESERVE_BYTES',
    unit: 'bytes',
    passed: 'whatever writes is refused until there is a quarter more',
    enforced: 'src/log/durable/space.ts',
  },
  {
    what: 'Content of a compressed batch',
    key: null,
    defined: 'src/log/compression.ts#INFLATED_BYTES_MAX',
    unit: 'bytes',
    passed: 'the batch is refused',
    enforced: 'src/log/compression.ts',
  },
  {
    what: 'Characters of a topic’s name',
    key: null,
    defined: 'src/log/checks.ts#TOPIC_NAME_CHARACTERS_MAX',
    passed: 'the topic is refused',
    enforced: 'src/log/checks.ts',
  },
  {
    what: 'Partitions of a topic',
    key: null,
    defined: 'src/log/checks.ts#PARTITIONS_PER_TOPIC_MAX',
    passed: 'the topic is refused',
    enforced: 'src/log/checks.ts',
  },
];

const clients: readonly LimitRow[] = [
  {
    what: 'How long a pull query may take',
    key: 'leat.limit.pull.ms',
    defined: 'src/engine/limits.ts#pullMsMax',
    unit: 'ms',
    isSet: true,
    passed: 'the query ends with an error',
    enforced: 'src/engine/pull/pull-limits.ts',
  },
  {
    what: 'Rows that a pull query reads',
    key: 'leat.limit.pull.rows',
    defined: 'src/engine/limits.ts#pullScannedRowsMax',
    isSet: true,
    passed: 'the query ends with an error',
    enforced: 'src/engine/pull/pull-limits.ts',
  },
  {
    what: 'Rows that a pull query returns',
    key: 'leat.limit.pull.result.rows',
    defined: 'src/engine/limits.ts#pullResultRowsMax',
    isSet: true,
    passed: 'the query ends with an error',
    enforced: 'src/engine/pull/pull-limits.ts',
  },
  {
    what: 'Characters of these rows as JSON',
    key: 'leat.limit.pull.result.bytes',
    defined: 'src/engine/limits.ts#pullResultBytesMax',
    unit: 'bytes',
    isSet: true,
    passed: 'the query ends with an error',
    enforced: 'src/engine/pull/pull-limits.ts',
  },
  {
    what: 'Pull queries under way that take more than a moment',
    key: 'ksql.query.pull.max.concurrent.requests',
    defined: 'src/engine/limits.ts#pullConcurrentMax',
    isSet: true,
    passed: 'the query is refused',
    enforced: 'src/engine/pull/pull-limits.ts',
  },
  {
    what: 'Subscriptions that are open',
    key: 'leat.limit.subscriptions',
    defined: 'src/engine/subscribe/limits.ts#subscriptionsMax',
    isSet: true,
    passed: 'the subscription is refused',
    enforced: 'src/engine/subscribe/subscriptions.ts',
  },
  {
    what: 'Changes that wait for a subscriber, of each row the last',
    key: null,
    defined: 'src/engine/subscribe/limits.ts#waitingBytesMax',
    unit: 'bytes',
    passed: 'the subscriber is closed with the token it can go on from',
    enforced: 'src/engine/subscribe/subscriber.ts',
  },
  {
    what: 'Changes that wait for all subscribers',
    key: null,
    defined: 'src/engine/subscribe/limits.ts#allWaitingBytesMax',
    unit: 'bytes',
    passed: 'whoever does not read is closed when its next row changes',
    enforced: 'src/engine/subscribe/subscriber.ts',
  },
  {
    what: 'Rows of a snapshot',
    key: null,
    defined: 'src/engine/subscribe/limits.ts#snapshotRowsMax',
    passed: 'the subscription is refused',
    enforced: 'src/engine/subscribe/table-watch.ts',
  },
  {
    what: 'Rows looked at for a snapshot',
    key: null,
    defined: 'src/engine/subscribe/limits.ts#snapshotScannedRowsMax',
    passed: 'the subscription is refused',
    enforced: 'src/engine/subscribe/table-watch.ts',
  },
  {
    what: 'Rows that may have changed since a token',
    key: null,
    defined: 'src/engine/subscribe/limits.ts#changedKeysMax',
    passed: 'RESUME_EXPIRED: the client starts over with a snapshot',
    enforced: 'src/engine/subscribe/changed-keys.ts',
  },
  {
    what: 'Rows that may have left a condition since a token',
    key: null,
    defined: 'src/engine/subscribe/limits.ts#doubtfulDeletesMax',
    passed: 'RESUME_EXPIRED: the client starts over with a snapshot',
    enforced: 'src/engine/subscribe/table-watch.ts',
  },
  {
    what: 'Age of a token of a table whose topic is compacted',
    key: null,
    defined: 'src/engine/subscribe/limits.ts#tokenAgeMsMax',
    unit: 'ms',
    passed: 'RESUME_EXPIRED: the client starts over with a snapshot',
    enforced: 'src/engine/subscribe/table-subscriptions.ts',
  },
  {
    what: 'Rows that wait for the reader of a push query',
    key: 'push.buffer',
    defined: 'src/engine/limits.ts#pushBufferBytesMax',
    unit: 'bytes',
    passed: 'the query waits for its reader',
    enforced: 'src/engine/push/push-reader.ts',
  },
  {
    what: 'Rows that wait for all of them, and at most a quarter of the heap',
    key: 'leat.limit.push.waiting',
    defined: 'src/engine/limits.ts#pushWaitingBytesMax',
    unit: 'bytes',
    isSet: true,
    passed: 'readers for whom rows wait share it evenly, at least 128 KiB each',
    enforced: 'src/engine/push/waiting-rows.ts',
  },
  {
    what: 'How long it waits',
    key: 'push.buffer',
    defined: 'src/engine/limits.ts#pushStalledMsMax',
    unit: 'ms',
    passed: 'the query ends with an error',
    enforced: 'src/engine/push/push-reader.ts',
  },
  {
    what: 'Lines that one query writes to the processing log at once',
    key: null,
    defined: 'src/engine/limits.ts#loggedRecordsMax',
    passed: 'further ones are counted',
    enforced: 'src/engine/processing-log/processing-log.ts',
  },
  {
    what: 'Body of an HTTP request, inflated',
    key: 'leat.limit.http.body',
    defined: 'src/server/limits.ts#bodyBytesMax',
    unit: 'bytes',
    isSet: true,
    passed: 'the request is refused',
    enforced: 'src/server/listener/body.ts',
  },
  {
    what: 'Head of an HTTP request',
    key: 'leat.limit.http.header.bytes',
    defined: 'src/server/limits.ts#headerBytesMax',
    unit: 'bytes',
    isSet: true,
    passed: 'the request is refused',
    enforced: 'src/server/listener/head.ts',
  },
  {
    what: 'Headers of an HTTP request',
    key: 'leat.limit.http.headers',
    defined: 'src/server/limits.ts#headersMax',
    isSet: true,
    passed: 'the request is refused',
    enforced: 'src/server/listener/head.ts',
  },
  {
    what: 'A line of an insert stream',
    key: null,
    defined: 'src/server/routes/inserts-stream.ts#lineBytesMax',
    unit: 'bytes',
    passed: 'the request is refused',
    enforced: 'src/server/routes/inserts-stream.ts',
  },
  {
    what: 'How long an HTTP request may take to arrive; the first one of an HTTP/2 connection, to begin',
    key: 'leat.limit.timeout.request.ms',
    defined: 'src/server/limits.ts#requestMsMax',
    unit: 'ms',
    isSet: true,
    passed: 'the request is refused',
    enforced: 'src/server/listener/body.ts',
  },
  {
    what: 'How long a connection may take to say what it speaks: handshake and first bytes',
    key: 'leat.limit.timeout.handshake.ms',
    defined: 'src/server/limits.ts#handshakeMsMax',
    unit: 'ms',
    isSet: true,
    passed: 'the connection is closed',
    enforced: 'src/server/listener/port.ts',
  },
  {
    what: 'Seconds that an HTTP/2 connection may be without an open request, an insert stream without a row',
    key: 'ksql.idle.connection.timeout.seconds',
    defined: 'src/server/limits.ts#idleMax',
    isSet: true,
    passed: 'the connection is closed',
    enforced: 'src/server/listener/http2-server.ts',
  },
  {
    what: 'HTTP connections',
    key: 'leat.limit.http.connections',
    defined: 'src/server/limits.ts#connectionsMax',
    isSet: true,
    passed: 'the connection is refused',
    enforced: 'src/server/listener/connections.ts',
  },
  {
    what: 'WebSocket connections',
    key: 'leat.limit.ws.connections',
    defined: 'src/server/limits.ts#webSocketsMax',
    isSet: true,
    passed: 'the connection is refused',
    enforced: 'src/server/listener/connections.ts',
  },
  {
    what: 'Connections of one address',
    key: 'leat.limit.connections.per.ip',
    defined: 'src/server/limits.ts#connectionsPerIpMax',
    isSet: true,
    passed: 'the connection is refused',
    enforced: 'src/server/listener/connections.ts',
  },
  {
    what: 'Connections on which nobody has logged in yet, where users are asked to',
    key: 'leat.limit.connections.unauthenticated',
    defined: 'src/server/limits.ts#unauthenticatedMax',
    isSet: true,
    passed: 'the connection is refused',
    enforced: 'src/server/listener/connections.ts',
  },
  {
    what: 'Failed logins of one address per minute',
    key: 'leat.limit.login.failures',
    defined: 'src/server/limits.ts#loginFailuresMax',
    isSet: true,
    passed: 'the login is refused',
    enforced: 'src/server/security/load.ts',
  },
  {
    what: 'HTTP/2 streams of a connection',
    key: 'leat.limit.http2.streams',
    defined: 'src/server/limits.ts#streamsMax',
    isSet: true,
    passed: 'the stream is refused',
    enforced: 'src/server/listener/http2-server.ts',
  },
  {
    what: 'HTTP/2 streams that the client of a connection takes back per minute',
    key: 'leat.limit.http2.resets',
    defined: 'src/server/limits.ts#resetsMax',
    isSet: true,
    passed: 'the connection is closed (ENHANCE_YOUR_CALM)',
    enforced: 'src/server/listener/http2-server.ts',
  },
  {
    what: 'HTTP/2 pings and settings of a connection per minute',
    key: 'leat.limit.http2.control.frames',
    defined: 'src/server/limits.ts#controlFramesMax',
    isSet: true,
    passed: 'the connection is closed (ENHANCE_YOUR_CALM)',
    enforced: 'src/server/listener/http2-server.ts',
  },
  {
    what: 'A WebSocket message',
    key: 'leat.limit.ws.message',
    defined: 'src/server/limits.ts#messageBytesMax',
    unit: 'bytes',
    isSet: true,
    passed: 'the connection is closed',
    enforced: 'src/server/listener/upgrade.ts',
  },
  {
    what: 'Fragments of a WebSocket message',
    key: 'leat.limit.ws.fragments',
    defined: 'src/server/limits.ts#fragmentsMax',
    isSet: true,
    passed: 'the connection is closed',
    enforced: 'src/server/listener/upgrade.ts',
  },
  {
    what: 'How long a WebSocket may live on one token, if that does not end before',
    key: 'ksql.websocket.connection.max.timeout.ms',
    defined: 'src/server/limits.ts#webSocketLifeMsMax',
    unit: 'ms',
    isSet: true,
    passed: 'the connection is closed',
    enforced: 'src/server/limits.ts',
  },
  {
    what: 'Passwords that are checked at a time',
    key: null,
    defined: 'src/server/limits.ts#passwordChecksMax',
    passed: 'the login waits',
    enforced: 'src/server/security/passwords.ts',
  },
  {
    what: 'Logins that wait for that',
    key: null,
    defined: 'src/server/limits.ts#waitingChecksMax',
    passed: 'the request is refused',
    enforced: 'src/server/security/passwords.ts',
  },
];

export const limitTable: readonly (readonly [area: string, rows: readonly LimitRow[]])[] = [
  ['Statements', sql],
  ['Queries, and what one record causes', state],
  ['Data', data],
  ['Clients', clients],
];

/** Constants of a layer's limits.ts that nobody outside meets: buffers, caches, how work is cut up. */
export const internals: readonly string[] = [
  'grammar/limits.ts#decimalDigitsMax',
  'grammar/limits.ts#completionsMax',
  'grammar/limits.ts#syntaxWalkTokensMax',
  'src/engine/limits.ts#admittedRecordsMax',
  'src/engine/limits.ts#producedBatchBytesMax',
  'src/engine/limits.ts#draftBytesMax',
  'src/engine/limits.ts#pullPlansMax',
  'src/engine/limits.ts#catchUpBytesMax',
  'src/engine/limits.ts#tickReadBytesMax',
  'src/engine/limits.ts#taskBufferedRecordsMax',
  'src/engine/limits.ts#queryErrorsMax',
  'src/engine/subscribe/limits.ts#sentBytesMax',
  'src/engine/subscribe/limits.ts#frameRowsMax',
  'src/engine/subscribe/limits.ts#tuplesMax',
  'src/engine/limits.ts#insertersMax',
  'src/engine/limits.ts#loggedMessageCharsMax',
  'src/engine/limits.ts#loggedRecordBytesMax',
  'src/engine/limits.ts#schemaRetryMsMax',
  'src/engine/limits.ts#schemasAbsentMax',
  'src/execution/limits.ts#batchBytesMax',
  'src/formats/limits.ts#INLINE_COLUMNS_MAX',
  'src/server/limits.ts#knownCredentialsMax',
  'src/server/limits.ts#countedAddressesMax',
  'src/formats/limits.ts#GENERATED_COLUMNS_MAX',
  'src/formats/schema-limits.ts#SCHEMA_ITEMS_MAX',
];

const root = join(import.meta.dirname, '../..');

/** The number that a constant stands for, and the key it has where it is a `Limit`. */
export function definition(place: string): { readonly value: number; readonly key: string | null } {
  const [file = '', name = ''] = place.split('#');
  const text = readFileSync(join(root, file), 'utf8');
  const found = new RegExp(`const ${name}(?::[^=]*)? =\\s*([^;]+);`).exec(text)?.[1];
  if (found === undefined) throw new Error(`${file} has no constant ${name}`);
  const object = /^\{\s*key: '([^']+)',\s*value: ([^}]+?),?\s*\}$/.exec(found);
  return { value: product(object?.[2] ?? found), key: object?.[1] ?? null };
}

function product(expression: string): number {
  if (!/^[\d_* ]+$/.test(expression)) throw new Error(`not a product of numbers: ${expression}`);
  return expression
    .split('*')
    .map((factor) => Number(factor.replaceAll('_', '').trim()))
    .reduce((a, b) => a * b, 1);
}

function shown({ unit, defined }: LimitRow): string {
  const { value } = definition(defined);
  const mebibyte = 1024 * 1024;
  if (unit === 'ms') return `${value / 1000} s`;
  if (unit !== 'bytes') return value.toLocaleString('en-US');
  if (value % (1024 * mebibyte) === 0) return `${value / 1024 / mebibyte} GiB`;
  if (value % mebibyte === 0) return `${value / mebibyte} MiB`;
  return value % 1024 === 0 ? `${value / 1024} KiB` : `${value.toLocaleString('en-US')} bytes`;
}

function line(row: LimitRow): string {
  const code = row.key === null ? '' : `\`${row.key}\``;
  const name = row.isSet === true ? `**${code}**` : code;
  return `| ${row.what} | ${name} | ${shown(row)} | ${row.passed} | \`${row.enforced}\` |`;
}

export function limitsPage(): string {
  const areas = limitTable.map(([area, rows]) => {
    const head = '| limit | key | default | above it | enforced in |\n|---|---|---|---|---|';
    return `## ${area}\n\n${head}\n${rows.map(line).join('\n')}\n`;
  });
  return `# Limits

Everything that grows has a maximum. Passing it is an error, for \`leat.limit.*\` in one shape,
\`LIMIT_EXCEEDED: <what> is <actual>, limit <value> (<key>)\`; or it makes whoever sends wait.

Keys in **bold** are properties of the server (\`leat serve --set leat.limit.state.rows=1000000\`); a session cannot set them. A query
that failed goes on where it was once the server has been started with a higher limit: nothing is lost.

This page is generated: \`UPDATE=1 npm test -- test/docs\` rewrites it.

${areas.join('\n')}`;
}
