/** For tests: a catalog made from SQL, without statements, formats' rules or a log. */
import type * as ast from '../../../grammar/ast.ts';
import { parse } from '../../../grammar/parse.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { QueryDef, SourceDef } from '../../catalog/command.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import type { FormatSpec } from '../../formats/format.ts';
import type { WindowedKey } from '../../plan/logical.ts';
import type { Field, HeaderColumn, SqlType } from '../../types/type.ts';
import { resolveType } from '../expression/resolve-type.ts';
import { analyzePersistent, analyzeTransient } from './analyze.ts';
import type { PersistentQuery, QueryContext, TransientQuery } from './analyzed.ts';
import { analyzePull, type PullEffect } from './pull.ts';

export type Analyzed = PersistentQuery | TransientQuery | PullEffect;

export interface TestWorld {
  readonly sources: Map<string, SourceDef>;
  readonly queries: Map<string, QueryDef>;
  readonly types: Map<string, SqlType>;
  readonly context: (text: string) => QueryContext;
}

/** A world that knows nothing but functions; every topic has one partition unless `partitions` says otherwise. */
export function testWorld(
  functions: FunctionRegistry,
  options: {
    readonly properties?: Readonly<Record<string, string>>;
    readonly partitions?: Readonly<Record<string, number>>;
  } = {},
): TestWorld {
  const sources = new Map<string, SourceDef>();
  const queries = new Map<string, QueryDef>();
  const types = new Map<string, SqlType>();
  const catalog: Catalog = {
    version: 0,
    sources,
    queries,
    types,
    properties: new Map(),
    connectors: new Map(),
  };
  return {
    sources,
    queries,
    types,
    context: (text) => ({
      catalog,
      functions,
      properties: options.properties ?? {},
      text,
      partitions: (topic) => options.partitions?.[topic] ?? 1,
    }),
  };
}

/** Runs CREATE STREAM, CREATE TABLE, CREATE … AS and CREATE TYPE; gives what the last query came to. */
export function run(world: TestWorld, sql: string): Analyzed | null {
  let last: Analyzed | null = null;
  for (const statement of parse(sql)) last = execute(world, statement, sql) ?? last;
  return last;
}

function execute(world: TestWorld, statement: ast.Statement, text: string): Analyzed | null {
  switch (statement.kind) {
    case 'createSource':
      world.sources.set(statement.name.name, declared(statement, world));
      return null;
    case 'createType':
      world.types.set(statement.name.name, resolveType(statement.type, world.types));
      return null;
    case 'select':
      if (statement.query.emit !== null)
        return analyzeTransient(statement.query, world.context(text));
      return analyzePull(statement.query, world.context(text));
    case 'createSourceAs': {
      const name = statement.name.name;
      const query = analyzePersistent(statement.query, world.context(text), {
        sink: name,
        statement:
          statement.sourceType === 'STREAM' ? 'CREATE STREAM AS SELECT' : 'CREATE TABLE AS SELECT',
      });
      const source = derived(name, query);
      world.sources.set(name, source);
      if (source.query !== null)
        world.queries.set(source.query, materializing(source.query, query));
      return query;
    }
    case 'insertInto':
      return analyzePersistent(statement.query, world.context(text), {
        sink: statement.target.name,
        statement: 'INSERT INTO',
      });
    default:
      throw new Error(`no such statement in tests: ${statement.kind}`);
  }
}

function declared(statement: ast.CreateSource, world: TestWorld): SourceDef {
  const property = (name: string): string | null => {
    const found = statement.properties.find((candidate) => candidate.name === name)?.value;
    return found?.kind === 'string' ? found.value : null;
  };
  const both = property('FORMAT');
  const key: Field[] = [];
  const value: (Field | HeaderColumn)[] = [];
  for (const element of statement.elements) {
    const field = { name: element.name.name, type: resolveType(element.type, world.types) };
    const { constraint } = element;
    if (constraint?.kind === 'key' || constraint?.kind === 'primaryKey') key.push(field);
    else if (constraint?.kind === 'headers') value.push({ ...field, header: { all: true } });
    else if (constraint?.kind === 'header')
      value.push({ ...field, header: { all: false, key: constraint.key } });
    else value.push(field);
  }
  return {
    name: statement.name.name,
    collection: statement.sourceType === 'STREAM' ? 'stream' : 'table',
    schema: { key, value },
    topic: property('KAFKA_TOPIC') ?? statement.name.name,
    keyFormat: format(property('KEY_FORMAT') ?? both ?? 'KAFKA'),
    valueFormat: format(property('VALUE_FORMAT') ?? both ?? 'JSON'),
    window: declaredWindow(property('WINDOW_TYPE'), property('WINDOW_SIZE')),
    timestamp: null,
    isSource: false,
    sql: statement.text,
    query: null,
  };
}

function format(name: string): FormatSpec {
  return { format: name.toUpperCase(), properties: {}, features: [] };
}

function declaredWindow(type: string | null, size: string | null): WindowedKey | null {
  if (type === null) return null;
  const kind = type.toUpperCase() as WindowedKey['kind'];
  const seconds = Number.parseInt(size ?? '', 10);
  return { kind, sizeMs: Number.isNaN(seconds) ? null : seconds * 1000 };
}

function derived(name: string, query: PersistentQuery): SourceDef {
  return {
    name,
    collection: query.collection,
    schema: { key: query.key, value: query.value },
    topic: name,
    keyFormat: query.leftmost.keyFormat,
    valueFormat: query.leftmost.valueFormat,
    window: query.window,
    timestamp: null,
    isSource: false,
    sql: '',
    query: `C${query.collection === 'table' ? 'T' : 'S'}AS_${name}_0`,
  };
}

function materializing(id: string, query: PersistentQuery): QueryDef {
  return {
    id,
    sql: '',
    sink: null,
    sources: query.sources,
    plan: {
      version: 1,
      steps: [],
      internalTopics: [],
      materialized: query.collection === 'table' ? { store: 'Rows', transforms: [] } : null,
    },
    properties: {},
    backlog: {},
    state: 'RUNNING',
  };
}
