/**
 * Statements to SQL (spec §1.3), in one canonical form: what ksqlDB prints where it stores or reports a statement. Parsing the text
 * gives the same tree again, but for spans, texts and `quoted`. Expressions, queries and types have a file each beside this one.
 */
import { unreachable } from '../src/base/assert.ts';
import type {
  AssertSchema,
  AssertTopic,
  CreateSource,
  CreateSourceAs,
  Expression,
  Identifier,
  PrintTopic,
  Property,
  Statement,
} from './ast.ts';
import { printDuration, printElements, printQuery, printWith } from './print-query.ts';
import { printExpression } from './print-expression.ts';
import { printType } from './print-type.ts';
import { quoteName, quoteString } from './text.ts';
import { keywords } from './tokens.ts';

/** Without the `;`. */
export function printStatement(node: Statement): string {
  switch (node.kind) {
    case 'select':
      return printQuery(node.query);
    case 'createSource':
    case 'createSourceAs':
      return printCreate(node);
    case 'insertInto':
      return `INSERT INTO ${name(node.target)}${printWith(node.properties)} ${printQuery(node.query)}`;
    case 'insertValues':
      return `INSERT INTO ${name(node.target)}${columns(node.columns)} VALUES ${values(node.values)}`;
    case 'alterSource': {
      const added = node.columns.map(
        (column) => `ADD COLUMN ${name(column.name)} ${printType(column.type)}`,
      );
      return `ALTER ${node.sourceType} ${name(node.name)} ${added.join(', ')}`;
    }
    case 'alterSystem':
      return `ALTER SYSTEM ${quoteString(node.property)}=${quoteString(node.value)}`;
    case 'createType':
      return `CREATE TYPE ${ifNotExists(node)}${name(node.name)} AS ${printType(node.type)}`;
    case 'createConnector':
      return `CREATE ${node.connectorType} CONNECTOR ${ifNotExists(node)}${name(node.name)} WITH (${exact(node.properties)})`;
    case 'dropSource':
      return `DROP ${node.sourceType} ${ifExists(node)}${name(node.name)}${node.deleteTopic ? ' DELETE TOPIC' : ''}`;
    case 'dropType':
      return `DROP TYPE ${ifExists(node)}${name(node.name)}`;
    case 'dropConnector':
      return `DROP CONNECTOR ${ifExists(node)}${name(node.name)}`;
    case 'terminate':
    case 'pause':
    case 'resume':
      return `${node.kind.toUpperCase()} ${node.queryId === null ? 'ALL' : name(node.queryId)}`;
    case 'set':
      return `SET ${quoteString(node.property)}=${quoteString(node.value)}`;
    case 'unset':
      return `UNSET ${quoteString(node.property)}`;
    case 'define':
      return `DEFINE ${node.name} = ${quoteString(node.value)}`;
    case 'undefine':
      return `UNDEFINE ${node.name}`;
    case 'explainQuery':
      return `EXPLAIN ${name(node.queryId)}`;
    case 'explainStatement':
      return `EXPLAIN ${printStatement(node.statement)}`;
    case 'print':
      return printPrint(node);
    case 'assertTopic':
    case 'assertSchema':
      return printAssert(node);
    case 'assertValues':
      return `ASSERT VALUES ${name(node.source)}${columns(node.columns)} VALUES ${values(node.values)}`;
    case 'assertNullValues':
      return `ASSERT NULL VALUES ${name(node.source)}${columns(node.columns)} KEY ${values(node.values)}`;
    case 'assertSource':
      return `ASSERT ${node.sourceType} ${name(node.name)}${printElements(node.elements)}${printWith(node.properties)}`;
    case 'runScript':
      return `RUN SCRIPT ${quoteString(node.path)}`;
    default:
      return printInspection(node);
  }
}

type Inspection = Extract<Statement, { readonly kind: `show${string}` | `describe${string}` }>;

function printInspection(node: Inspection): string {
  switch (node.kind) {
    case 'showStreams':
      return `SHOW STREAMS${extended(node)}`;
    case 'showTables':
      return `SHOW TABLES${extended(node)}`;
    case 'showQueries':
      return `SHOW QUERIES${extended(node)}`;
    case 'showTopics':
      return `SHOW ${node.all ? 'ALL ' : ''}TOPICS${extended(node)}`;
    case 'showProperties':
      return 'SHOW PROPERTIES';
    case 'showFunctions':
      return 'SHOW FUNCTIONS';
    case 'showTypes':
      return 'SHOW TYPES';
    case 'showVariables':
      return 'SHOW VARIABLES';
    case 'showConnectors':
      return `SHOW ${node.scope === null ? '' : `${node.scope} `}CONNECTORS`;
    case 'showConnectorPlugins':
      return 'SHOW CONNECTOR PLUGINS';
    case 'describeSource':
      // Unquoted, TABLES means all of them.
      return `DESCRIBE ${node.name.name === 'TABLES' ? '`TABLES`' : name(node.name)}${extended(node)}`;
    case 'describeStreams':
      return `DESCRIBE STREAMS${extended(node)}`;
    case 'describeTables':
      return `DESCRIBE TABLES${extended(node)}`;
    case 'describeFunction':
      return `DESCRIBE FUNCTION ${name(node.name)}`;
    case 'describeConnector':
      return `DESCRIBE CONNECTOR ${name(node.name)}`;
    default:
      return unreachable(node);
  }
}

function printCreate(node: CreateSource | CreateSourceAs): string {
  const replace = node.orReplace ? 'OR REPLACE ' : '';
  const source = node.kind === 'createSource' && node.readOnly ? 'SOURCE ' : '';
  const head = `CREATE ${replace}${source}${node.sourceType} ${ifNotExists(node)}${name(node.name)}`;
  if (node.kind === 'createSourceAs') {
    return `${head}${printWith(node.properties)} AS ${printQuery(node.query)}`;
  }
  return `${head}${printElements(node.elements)}${printWith(node.properties)}`;
}

function printPrint(node: PrintTopic): string {
  const parts = [`PRINT ${exactName(node.topic)}`];
  if (node.fromBeginning) parts.push('FROM BEGINNING');
  if (node.interval !== null) parts.push(`INTERVAL ${node.interval}`);
  if (node.limit !== null) parts.push(`LIMIT ${node.limit}`);
  return parts.join(' ');
}

function printAssert(node: AssertTopic | AssertSchema): string {
  const parts = [node.notExists ? 'ASSERT NOT EXISTS' : 'ASSERT'];
  if (node.kind === 'assertTopic') {
    parts.push(`TOPIC ${exactName(node.topic)}${printWith(node.properties)}`);
  } else {
    parts.push('SCHEMA');
    if (node.subject !== null) parts.push(`SUBJECT ${exactName(node.subject)}`);
    if (node.id !== null) parts.push(`ID ${printExpression(node.id)}`);
  }
  if (node.timeout !== null) parts.push(`TIMEOUT ${printDuration(node.timeout)}`);
  return parts.join(' ');
}

/** A name whose case matters though it may stand without quotes. */
function exactName(text: string): string {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !keywords.has(text.toUpperCase());
  return isPlain ? text : quoteString(text);
}

/** Properties whose names keep their case. */
function exact(properties: readonly Property[]): string {
  return properties
    .map((property) => `${quoteString(property.name)}=${printExpression(property.value)}`)
    .join(', ');
}

const name = (identifier: Identifier): string => quoteName(identifier.name);
const extended = (node: { readonly extended: boolean }): string =>
  node.extended ? ' EXTENDED' : '';
const ifNotExists = (node: { readonly ifNotExists: boolean }): string =>
  node.ifNotExists ? 'IF NOT EXISTS ' : '';
const ifExists = (node: { readonly ifExists: boolean }): string =>
  node.ifExists ? 'IF EXISTS ' : '';
const columns = (names: readonly Identifier[] | null): string =>
  names === null ? '' : ` (${names.map(name).join(', ')})`;
const values = (nodes: readonly Expression[]): string =>
  `(${nodes.map(printExpression).join(', ')})`;
